//! Compares a roster with a school's students: the preview before anything is written.
//!
//! Two records are the same student when their school-issued ids are equal. Where one of them has no id, given name,
//! family name and class must be equal (ignoring case and accents), and no other student of the school may have the
//! same three. A different class is a different student: a wrong guess would show a child's photos to another family.
//!
//! Ids that differ only by damage from a spreadsheet (`00123` and `123`) are the same id where the names are the same
//! too. Two rows with one id and different names are a conflict that a person decides.

mod options;
mod preview;
mod school;
mod verdict;

use self::school::School;
use self::verdict::{RowVerdict, Verdicts};
use super::fold::fold;
use super::{Field, Roster, Row, RowReason, SkipReason, SkippedRow};

pub use self::options::{CompareOptions, RosterScope, RowDecision};
pub use self::preview::{
    Change, Changed, Conflict, ConflictReason, Counts, Duplicate, DuplicateReason, IdRewrite,
    IdRewriteKind, Known, LeftShare, Preview, Refused, Unchanged,
};

/// Compares a roster with the school's students.
///
/// The order of the rows does not matter, except that the first of two rows of one student is used. A row with an id
/// comes before one without.
pub fn compare<'a, K>(
    existing: &'a [Known<K>],
    roster: &'a Roster,
    options: &CompareOptions,
) -> Preview<'a, K> {
    let school = School::new(existing);
    let verdicts = Verdicts::reach(&school, &roster.rows, options);
    let mut preview = Preview {
        added: Vec::new(),
        changed: Vec::new(),
        unchanged: Vec::new(),
        left: Vec::new(),
        stays: Vec::new(),
        unsure: Vec::new(),
        duplicates: Vec::new(),
        conflicts: Vec::new(),
        refused: roster.refused.iter().map(Refused::from).collect(),
        skipped: roster.skipped.clone(),
        id_rewrites: Vec::new(),
    };
    // Rows that are not used, although they may mean a student.
    let mut unused = Vec::new();
    for (at, (row, verdict)) in roster.rows.iter().zip(&verdicts.of_rows).enumerate() {
        match *verdict {
            RowVerdict::Added => preview.added.push(row),
            RowVerdict::Same(student) => preview.put_same(existing, student, row, roster, None),
            RowVerdict::SameWithOtherId(student, kind) => {
                let is_kept = match kind {
                    IdRewriteKind::LostZeros => options.keep_known_ids,
                    IdRewriteKind::GainedZeros => false,
                    IdRewriteKind::Rounded => true,
                };
                preview.put_same(existing, student, row, roster, Some((kind, is_kept)));
            }
            RowVerdict::Duplicate(same_as, reason) => {
                preview.duplicates.push(Duplicate { row, same_as, reason });
            }
            RowVerdict::Conflict(reason, student) => {
                unused.push(row);
                let others = verdicts.others(at, row.row);
                let student = student.and_then(|at| existing.get(at)).map(|known| &known.key);
                preview.conflicts.push(Conflict { row, others, student, reason });
            }
            RowVerdict::Ambiguous => {
                preview.refused.push(Refused::of_row(row, None, RowReason::Ambiguous));
            }
            RowVerdict::RoundedId => {
                unused.push(row);
                let field = Some(Field::SchoolIssuedId);
                preview.refused.push(Refused::of_row(row, field, RowReason::DamagedBySpreadsheet));
            }
            RowVerdict::LeftOut => {
                unused.push(row);
                let reason = SkipReason::LeftOut;
                preview.skipped.push(SkippedRow { row: row.row, reason });
            }
        }
    }
    preview.refused.sort_by_key(|refused| refused.row);
    preview.skipped.sort_by_key(|skipped| skipped.row);

    let unsure = school.meant_by(&roster.refused, &unused, &verdicts.ambiguous_names);
    for (at, student) in existing.iter().enumerate() {
        if verdicts.claimed_by.contains_key(&at) {
            continue;
        }
        let list = match (unsure.contains(&at), options.scope) {
            (true, _) => &mut preview.unsure,
            (false, RosterScope::Whole) => &mut preview.left,
            (false, RosterScope::Partial) => &mut preview.stays,
        };
        list.push(&student.key);
    }
    preview
}

impl<'a, K> Preview<'a, K> {
    /// Adds a row of a known student, changed or unchanged.
    fn put_same(
        &mut self,
        existing: &'a [Known<K>],
        at: usize,
        row: &'a Row,
        roster: &Roster,
        rewrite: Option<(IdRewriteKind, bool)>,
    ) {
        let Some(student) = existing.get(at) else { return };
        let key = &student.key;
        let mut changes = changes(student, row, roster);
        if let Some((kind, is_kept)) = rewrite {
            self.id_rewrites.push(IdRewrite { key, row, kind, is_kept });
            if is_kept {
                changes.retain(|change| change.field != Field::SchoolIssuedId);
            }
        }
        if changes.is_empty() {
            self.unchanged.push(Unchanged { key, row });
            return;
        }
        let is_another_name = fold(&student.given_name) != fold(&row.given_name)
            && fold(&student.family_name) != fold(&row.family_name);
        self.changed.push(Changed { key, row, changes, is_another_name });
    }
}

fn changes<'a, K>(student: &'a Known<K>, row: &'a Row, roster: &Roster) -> Vec<Change<'a>> {
    Field::ALL
        .into_iter()
        .filter_map(|field| {
            let (before, after) = match field {
                Field::GivenName => (Some(&student.given_name), Some(&row.given_name)),
                Field::FamilyName => (Some(&student.family_name), Some(&row.family_name)),
                Field::SchoolIssuedId => {
                    (student.school_issued_id.as_ref(), row.school_issued_id.as_ref())
                }
                Field::Grade => (student.grade.as_ref(), row.grade.as_ref()),
                Field::Class => (student.class.as_ref(), row.class.as_ref()),
                Field::Teacher => (student.teacher.as_ref(), row.teacher.as_ref()),
            };
            let is_lost_id = field == Field::SchoolIssuedId && after.is_none();
            let is_change = before != after && roster.has_field(field) && !is_lost_id;
            is_change.then_some(Change {
                field,
                before: before.map(String::as_str),
                after: after.map(String::as_str),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests;
