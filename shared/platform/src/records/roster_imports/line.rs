//! One line of a preview: what a row of the file says, and what applying it would write.

use domain::ids::{ImportId, StudentId};
use domain::roster::{Field, RowDecision};
use domain::student::{Enrolment, StudentDetails};
use serde::{Deserialize, Serialize};

use crate::base::crypto::data_key::DataKey;
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::keys::Key;

/// Kind of a preview row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// A student the school does not have this year.
    Added,
    /// A student with changed fields.
    Changed,
    /// A row that a person must decide about.
    Conflict,
    /// A student whose data in the file is unchanged.
    Unchanged,
    /// A student who is not in the file.
    Left,
    /// A second row of a student who has another row.
    Duplicate,
    /// A row that cannot be used.
    Refused,
    /// A row that contains no student.
    Skipped,
    /// A row that a person should review, listed a second time.
    Warned,
}

impl RowKind {
    /// The kinds that applying and undoing process, in this order.
    ///
    /// Their names sort in the same order, so the place of the last processed row determines which rows come after
    /// it.
    pub(super) const WRITTEN: [Self; 4] = [Self::Added, Self::Changed, Self::Conflict, Self::Left];

    /// Parses the name used in the API.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "added" => Some(Self::Added),
            "changed" => Some(Self::Changed),
            "conflict" => Some(Self::Conflict),
            "unchanged" => Some(Self::Unchanged),
            "left" => Some(Self::Left),
            "duplicate" => Some(Self::Duplicate),
            "refused" => Some(Self::Refused),
            "skipped" => Some(Self::Skipped),
            "warned" => Some(Self::Warned),
            _ => None,
        }
    }

    /// Returns the name used in the API and in keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Conflict => "conflict",
            Self::Unchanged => "unchanged",
            Self::Left => "left",
            Self::Duplicate => "duplicate",
            Self::Refused => "refused",
            Self::Skipped => "skipped",
            Self::Warned => "warned",
        }
    }
}

/// One line of a preview. All of it is sealed under the studio's key.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) kind: RowKind,
    /// Row number as a spreadsheet shows it; a student who left has none.
    pub(super) row: Option<u32>,
    pub(super) field: Option<Field>,
    /// Stable code of the reason why the row is refused, skipped, a duplicate or a conflict.
    pub(super) reason: Option<String>,
    pub(super) same_as: Option<u32>,
    pub(super) is_another_name: bool,
    /// The row's content, for a person who reviews it.
    pub(super) shown: ShownStudent,
    pub(super) warnings: Vec<LineWarning>,
    pub(super) conflict: Option<LineConflict>,
    pub(super) target: Option<Target>,
}

/// A student's data from a row of the file or from the school.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownStudent {
    /// The given name.
    pub given_name: Option<String>,
    /// The family name.
    pub family_name: Option<String>,
    /// The number that the school issued.
    pub school_issued_id: Option<String>,
    /// The grade.
    pub grade: Option<String>,
    /// The class or homeroom.
    pub class: Option<String>,
    /// The teacher.
    pub teacher: Option<String>,
}

/// A warning about a row that a person should see.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineWarning {
    /// The affected field; `None` for the row as a whole.
    pub field: Option<Field>,
    /// Stable code of the warning.
    pub reason: String,
}

/// A conflict: what each decision would write.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct LineConflict {
    /// The other rows of the same conflict.
    pub(super) others: Vec<u32>,
    /// The school's student that the row may refer to.
    pub(super) known: Option<ShownStudent>,
    /// Shared by the rows of one conflict: the student's id, or `row n` with the lowest row number.
    pub(super) claim: String,
    /// What is written when the school-issued id belongs to this row.
    pub(super) used: Target,
    /// What is written when the row is another child, without the id.
    pub(super) separate: Target,
    /// The person's decision, if any.
    pub(super) decision: Option<RowDecision>,
}

impl Line {
    /// Returns the same line for the list of rows to review; there it writes nothing.
    pub(super) fn to_look_at(&self) -> Self {
        Self { kind: RowKind::Warned, conflict: None, target: None, ..self.clone() }
    }
}

/// The stored rows that a line changes.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Target {
    pub(super) student: StudentId,
    /// Page of the student's key; a new student gets one when the line is applied.
    pub(super) page: Option<String>,
    pub(super) details: Turn<StudentDetails>,
    pub(super) place: Turn<Enrolment>,
}

impl Target {
    /// Combines details and enrolment for the row that class lists are read from.
    pub(super) fn listed(&self) -> Turn<(StudentDetails, Enrolment)> {
        let Self { details, place, .. } = self;
        Turn {
            before: details.before.clone().zip(place.before.clone()),
            after: details.after.clone().zip(place.after.clone()),
            by: place.by.clone(),
        }
    }
}

/// One stored row, before and after.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Turn<T> {
    pub(super) before: Option<T>,
    pub(super) after: Option<T>,
    /// The import that wrote the state before; an undo gives the row back to it.
    pub(super) by: Option<String>,
}

impl<T: PartialEq> Turn<T> {
    /// Returns what applying does to the row.
    pub(super) fn step(&self) -> Step<'_, T> {
        match (&self.before, &self.after) {
            (None, Some(after)) => Step::Create(after),
            (Some(before), None) => Step::Remove(before),
            (Some(before), Some(after)) if before != after => Step::Rewrite { before, after },
            (Some(_), Some(_)) | (None, None) => Step::Leave,
        }
    }
}

/// What applying does to a stored row; an undo does the opposite.
pub(super) enum Step<'a, T> {
    Create(&'a T),
    Rewrite { before: &'a T, after: &'a T },
    Remove(&'a T),
    Leave,
}

/// A line with its place, for example `added#000001`.
pub(super) struct Placed {
    pub(super) place: String,
    pub(super) line: Line,
}

impl Placed {
    /// Creates the `n`th line of its kind.
    pub(super) fn new(line: Line, n: usize) -> Self {
        Self { place: Self::place(line.kind, n), line }
    }

    /// Returns the place of the `n`th line of a kind.
    pub(super) fn place(kind: RowKind, n: usize) -> String {
        format!("{}#{n:06}", kind.name())
    }

    /// Builds the stored row at a key; the store removes it at `ttl`, in seconds since 1970.
    pub(super) fn item(&self, at: &Key, key: &DataKey, import: &ImportId, ttl: i64) -> Item {
        let plain = serde_json::to_vec(&self.line).unwrap_or_default();
        let item = Item::at(at)
            .with_text("place", self.place.clone())
            .with_bytes("sealed", key.seal(&context(import, &self.place), &plain))
            .with_number("ttl", ttl);
        match &self.line.conflict {
            Some(conflict) => item.with_text("decision", decision_name(conflict.decision)),
            None => item,
        }
    }

    pub(super) fn read(item: &Item, key: &DataKey, import: &ImportId) -> Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt("roster row");
        let place = item.text("place").ok_or_else(corrupt)?;
        let sealed = item.bytes("sealed").ok_or_else(corrupt)?;
        let plain = key.open(&context(import, &place), sealed)?;
        let line = serde_json::from_slice(&plain).map_err(|_| corrupt())?;
        Ok(Self { place, line })
    }
}

/// Returns a decision's name for the row's attribute and the audit log; a later decision expects to find it.
pub(super) const fn decision_name(decision: Option<RowDecision>) -> &'static str {
    match decision {
        None => "none",
        Some(RowDecision::Use) => "use",
        Some(RowDecision::UseWithoutId) => "use_without_id",
        Some(RowDecision::LeaveOut) => "leave_out",
    }
}

fn context<'a>(import: &'a ImportId, place: &'a str) -> [&'a str; 4] {
    ["records", import.as_str(), "row", place]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kinds_that_are_written_sort_in_the_order_they_are_written() {
        let names = RowKind::WRITTEN.map(RowKind::name);
        assert!(names.is_sorted());
    }

    #[test]
    fn a_kind_reads_back_from_its_name() {
        for kind in [
            RowKind::Added,
            RowKind::Changed,
            RowKind::Conflict,
            RowKind::Unchanged,
            RowKind::Left,
            RowKind::Duplicate,
            RowKind::Refused,
            RowKind::Skipped,
            RowKind::Warned,
        ] {
            assert_eq!(RowKind::parse(kind.name()), Some(kind));
        }
        assert_eq!(RowKind::parse("kept"), None);
    }
}
