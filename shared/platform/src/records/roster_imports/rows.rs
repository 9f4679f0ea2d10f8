//! The rows of a preview as the API returns them.

use domain::audit::Action;
use domain::roster::{Field, RowDecision};
use domain::student::{Enrolment, StudentDetails};

use crate::access::stores::StudioStore;
use crate::http::texts;
use crate::records::roster_imports::import::RosterImport;
use crate::records::roster_imports::line::{
    Line, LineWarning, Placed, RowKind, ShownStudent, Target,
};
use crate::store::error::StoreError;
use crate::store::page::{List, Paging, cursor};
use crate::store::{audit, keys, student_keys};

/// Which rows the caller requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowList {
    /// Every row, kind by kind.
    All,
    /// The rows of one kind.
    Of(RowKind),
    /// Rows that were not applied or not undone.
    ///
    /// Their student was changed in the meantime, is in use, or is gone.
    Kept,
}

impl RowList {
    /// Parses the name used in the API.
    pub fn parse(name: &str) -> Option<Self> {
        if name == "kept" { Some(Self::Kept) } else { RowKind::parse(name).map(Self::Of) }
    }

    fn prefix(self, reading: &str) -> String {
        match self {
            Self::All => format!("ROW#{reading}#"),
            Self::Of(kind) => format!("ROW#{reading}#{}#", kind.name()),
            Self::Kept => format!("KEPT#{reading}#"),
        }
    }
}

/// One row of a preview.
#[derive(Clone)]
pub struct ImportRow {
    /// Row number as a spreadsheet shows it; a student who left has none.
    pub row: Option<u32>,
    /// Kind of the row.
    pub kind: RowKind,
    /// The field that caused the reason.
    pub field: Option<Field>,
    /// Stable code of the reason why the row is refused, skipped, a duplicate or a conflict.
    pub reason: Option<String>,
    /// Text of the reason for the user.
    pub reason_text: Option<&'static str>,
    /// For a duplicate: the row that is used instead.
    pub same_as: Option<u32>,
    /// Whether both given and family name change under the same id.
    pub is_another_name: bool,
    /// The row's content.
    pub student: ShownStudent,
    /// Warnings about the row.
    pub warnings: Vec<LineWarning>,
    /// For a conflict: the affected student and rows, and the decision.
    pub conflict: Option<RowConflict>,
    /// The changed fields.
    pub changes: Vec<RowChange>,
}

/// What a person needs to decide about a row.
#[derive(Clone)]
pub struct RowConflict {
    /// The other rows with the same id.
    pub others: Vec<u32>,
    /// The school's student that the row may refer to.
    pub known: Option<ShownStudent>,
    /// The decision, if any.
    pub decision: Option<RowDecision>,
}

/// One field of one student, before and after.
#[derive(Clone, PartialEq, Eq)]
pub struct RowChange {
    /// The field.
    pub field: Field,
    /// Value at the school.
    pub before: Option<String>,
    /// Value in the file.
    pub after: Option<String>,
}

impl From<Line> for ImportRow {
    fn from(line: Line) -> Self {
        let is_changed = line.kind == RowKind::Changed;
        Self {
            row: line.row,
            kind: line.kind,
            field: line.field,
            reason_text: line.reason.as_deref().map(texts::sentence),
            reason: line.reason,
            same_as: line.same_as,
            is_another_name: line.is_another_name,
            student: line.shown,
            warnings: line.warnings,
            conflict: line.conflict.map(|conflict| RowConflict {
                others: conflict.others,
                known: conflict.known,
                decision: conflict.decision,
            }),
            changes: line.target.filter(|_| is_changed).map(changes).unwrap_or_default(),
        }
    }
}

/// Returns the fields that differ, in the order of [`Field::ALL`].
fn changes(target: Target) -> Vec<RowChange> {
    let before = fields(target.details.before, target.place.before);
    let after = fields(target.details.after, target.place.after);
    Field::ALL
        .into_iter()
        .zip(before.into_iter().zip(after))
        .filter(|(_, (before, after))| before != after)
        .map(|(field, (before, after))| RowChange { field, before, after })
        .collect()
}

/// Returns the values in the order of [`Field::ALL`].
fn fields(details: Option<StudentDetails>, place: Option<Enrolment>) -> [Option<String>; 6] {
    let (given, family, id) = details.map_or((None, None, None), |details| {
        let named = |name: String| (!name.is_empty()).then_some(name);
        (named(details.given_name), named(details.family_name), details.school_issued_id)
    });
    let place = place.unwrap_or_default();
    [given, family, id, place.grade, place.class, place.teacher]
}

impl StudioStore {
    /// Returns a page of a preview's rows. Reading them is an audit event, because they name students.
    ///
    /// # Errors
    ///
    /// When the store fails, or the cursor is of another list.
    pub async fn import_rows(
        &self,
        import: &RosterImport,
        list: RowList,
        paging: Paging,
    ) -> Result<List<ImportRow>, StoreError> {
        let is_over = import.rows_end() <= self.app.now().as_second();
        let Some(reading) = import.reading.as_deref().filter(|_| !is_over) else {
            return Ok(List::whole(Vec::new()));
        };
        let prefix = list.prefix(reading);
        let partition = keys::import_partition(&self.studio, &import.id);
        let event = self.event(Action::StudentsListed, import.id.as_str());
        let table = self.app.records()?;
        let (key, page, ()) = futures_util::try_join!(
            student_keys::of_studio(self.app, &self.studio),
            table.page(&partition, &prefix, paging.after, paging.limit),
            audit::record(self.app, &event),
        )?;
        let read =
            |item| Placed::read(item, &key, &import.id).map(|placed| ImportRow::from(placed.line));
        let items = page.items.iter().map(read).collect::<Result<_, _>>()?;
        Ok(List { items, next_cursor: page.next.as_deref().map(cursor) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_stands_in_its_place() {
        let details = StudentDetails {
            given_name: "given_name".into(),
            family_name: "family_name".into(),
            school_issued_id: Some("school_issued_id".into()),
        };
        let place = Enrolment {
            class: Some("class".into()),
            grade: Some("grade".into()),
            teacher: Some("teacher".into()),
        };
        let values = fields(Some(details), Some(place));
        for (field, value) in Field::ALL.into_iter().zip(values) {
            assert_eq!(value.as_deref(), Some(field.code()));
        }
    }
}
