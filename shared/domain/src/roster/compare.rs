//! What a roster means for the students a school has already: the preview before anything is written.
//!
//! Two records are the same student when their school-issued ids are equal. Where one of the two has no id, they are
//! the same when given name, family name and class are equal (without case and accents) and nobody else in the school
//! has these three. A different class is a different student: to guess here would show a child's photos to another
//! family.

mod verdict;

use std::fmt;

use serde::{Deserialize, Serialize};

use self::verdict::{School, Verdict, Verdicts};
use super::fold::fold;
use super::{Field, RefusedRow, Roster, Row, RowReason};

/// A student the school has, with the caller's key to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Known<K> {
    /// Whatever the caller finds the student by.
    pub key: K,
    /// The name the child is called by.
    pub given_name: String,
    /// The family's name.
    pub family_name: String,
    /// The number the school knows the child by.
    pub school_issued_id: Option<String>,
    /// The class, homeroom or group.
    pub class: Option<String>,
    /// The year the child is in.
    pub grade: Option<String>,
    /// Who teaches the class.
    pub teacher: Option<String>,
}

/// Never prints a child's name.
impl<K: fmt::Debug> fmt::Debug for Known<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Known({:?})", self.key)
    }
}

/// What applying a roster would do. Each row of the file is in exactly one of `added`, `changed`, `unchanged`,
/// `duplicates` and `refused`; each student of the school is in exactly one of `changed`, `unchanged`, `left` and
/// `unsure`.
#[derive(Debug)]
pub struct Preview<'a, K> {
    /// Rows of students the school does not have.
    pub added: Vec<&'a Row>,
    /// Students with something new in the file.
    pub changed: Vec<Changed<'a, K>>,
    /// Students who are in the file as they are.
    pub unchanged: Vec<Unchanged<'a, K>>,
    /// Students who are not in the file. They are never deleted, only no longer enrolled this school year.
    pub left: Vec<&'a K>,
    /// Students of whom only a refused row speaks: nothing is done to them.
    pub unsure: Vec<&'a K>,
    /// Rows of a student of whom another row speaks: that one is used.
    pub duplicates: Vec<Duplicate<'a>>,
    /// Rows that are not used, with what is wrong.
    pub refused: Vec<Refused<'a>>,
}

/// A student with something new in the file.
#[derive(Debug)]
pub struct Changed<'a, K> {
    /// The student.
    pub key: &'a K,
    /// The row.
    pub row: &'a Row,
    /// What is new, in the order of the fields. What is not named here stays as it is.
    pub changes: Vec<Change<'a>>,
    /// Whether given and family name both become others under the same id: more often an id given to another child,
    /// or a column that slipped, than a change of name. A person should look at it.
    pub is_another_name: bool,
}

/// One field of one student, before and after. Without a column in the file a field does not change; an empty cell
/// empties grade, class and teacher, never the id.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Change<'a> {
    /// The field.
    pub field: Field,
    /// What the school has.
    pub before: Option<&'a str>,
    /// What the file says.
    pub after: Option<&'a str>,
}

/// Never prints what a child is called.
impl fmt::Debug for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Change({:?})", self.field)
    }
}

/// A student who is in the file as they are.
#[derive(Debug)]
pub struct Unchanged<'a, K> {
    /// The student.
    pub key: &'a K,
    /// The row.
    pub row: &'a Row,
}

/// A row of a student of whom another row speaks.
#[derive(Debug)]
pub struct Duplicate<'a> {
    /// The row that is not used.
    pub row: &'a Row,
    /// The number of the row that is used.
    pub same_as: u32,
    /// Why the two are taken for the same student.
    pub reason: DuplicateReason,
}

/// Why two rows are taken for the same student.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateReason {
    /// Both have the same school-issued id.
    SameId,
    /// Same names and class, and not both have an id.
    SameName,
}

impl DuplicateReason {
    /// The stable code on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::SameId => "same_id",
            Self::SameName => "same_name",
        }
    }
}

/// A row that is not used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Refused<'a> {
    /// The row as a spreadsheet shows it.
    pub row: u32,
    /// The field at fault; `None` when it is the row as a whole.
    pub field: Option<Field>,
    /// What is wrong.
    pub reason: RowReason,
    /// The given name, when that cell was in order.
    pub given_name: Option<&'a str>,
    /// The family name, when that cell was in order.
    pub family_name: Option<&'a str>,
}

/// Never prints a child's name.
impl fmt::Debug for Refused<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Refused({}, {:?}, {:?})", self.row, self.field, self.reason)
    }
}

/// How many of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows of students the school does not have.
    pub added: usize,
    /// Students with something new in the file.
    pub changed: usize,
    /// Students who are in the file as they are.
    pub unchanged: usize,
    /// Students who are not in the file.
    pub left: usize,
    /// Rows of a student of whom another row speaks.
    pub duplicates: usize,
    /// Rows that are not used.
    pub refused: usize,
}

impl<K> Preview<'_, K> {
    /// How many of each.
    pub fn counts(&self) -> Counts {
        Counts {
            added: self.added.len(),
            changed: self.changed.len(),
            unchanged: self.unchanged.len(),
            left: self.left.len(),
            duplicates: self.duplicates.len(),
            refused: self.refused.len(),
        }
    }
}

/// Compares a roster with the students the school has. The order of the rows does not matter for the answer, except
/// that of two rows of the same student the first is used; one with an id comes before one without.
pub fn compare<'a, K>(existing: &'a [Known<K>], roster: &'a Roster) -> Preview<'a, K> {
    let school = School::new(existing);
    let verdicts = Verdicts::reach(&school, &roster.rows);

    let mut preview = Preview {
        added: Vec::new(),
        changed: Vec::new(),
        unchanged: Vec::new(),
        left: Vec::new(),
        unsure: Vec::new(),
        duplicates: Vec::new(),
        refused: roster.refused.iter().map(Refused::from).collect(),
    };
    for (row, verdict) in roster.rows.iter().zip(&verdicts.of_rows) {
        match *verdict {
            Verdict::Added => preview.added.push(row),
            Verdict::Same(at) => {
                let Some(student) = existing.get(at) else { continue };
                let changes = changes(student, row, roster);
                let key = &student.key;
                if changes.is_empty() {
                    preview.unchanged.push(Unchanged { key, row });
                } else {
                    let is_another_name = fold(&student.given_name) != fold(&row.given_name)
                        && fold(&student.family_name) != fold(&row.family_name);
                    preview.changed.push(Changed { key, row, changes, is_another_name });
                }
            }
            Verdict::Duplicate(same_as, reason) => {
                preview.duplicates.push(Duplicate { row, same_as, reason });
            }
            Verdict::Ambiguous => preview.refused.push(Refused {
                row: row.row,
                field: None,
                reason: RowReason::Ambiguous,
                given_name: Some(&row.given_name),
                family_name: Some(&row.family_name),
            }),
        }
    }
    preview.refused.sort_by_key(|refused| refused.row);

    let unsure = school.spoken_of(&roster.refused, &verdicts.ambiguous_names);
    for (at, student) in existing.iter().enumerate() {
        if verdicts.claimed_by.contains_key(&at) {
            continue;
        }
        let list = if unsure.contains(&at) { &mut preview.unsure } else { &mut preview.left };
        list.push(&student.key);
    }
    preview
}

impl<'a> From<&'a RefusedRow> for Refused<'a> {
    fn from(refused: &'a RefusedRow) -> Self {
        Self {
            row: refused.row,
            field: refused.field,
            reason: refused.reason,
            given_name: refused.given_name.as_deref(),
            family_name: refused.family_name.as_deref(),
        }
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
