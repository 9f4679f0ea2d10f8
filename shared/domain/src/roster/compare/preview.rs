//! What applying a roster would do, row by row and student by student.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::roster::{Field, RefusedRow, Row, RowReason, SkippedRow};

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
/// `duplicates`, `conflicts`, `refused` and `skipped`; each student of the school is in exactly one of `changed`,
/// `unchanged`, `left`, `stays` and `unsure`.
#[derive(Debug)]
pub struct Preview<'a, K> {
    /// Rows of students the school does not have.
    pub added: Vec<&'a Row>,
    /// Students with something new in the file.
    pub changed: Vec<Changed<'a, K>>,
    /// Students who are in the file as they are.
    pub unchanged: Vec<Unchanged<'a, K>>,
    /// Students who are not in a whole file. They are never deleted, only no longer enrolled this school year.
    pub left: Vec<&'a K>,
    /// Students who are not in a partial file: nothing is done to them.
    pub stays: Vec<&'a K>,
    /// Students whom only a refused row or a conflict may mean: nothing is done to them.
    pub unsure: Vec<&'a K>,
    /// Rows of a student who has another row: that one is used.
    pub duplicates: Vec<Duplicate<'a>>,
    /// Rows that a person must decide about: none of them is used.
    pub conflicts: Vec<Conflict<'a, K>>,
    /// Rows that are not used, with what is wrong.
    pub refused: Vec<Refused<'a>>,
    /// Rows that hold no student, and rows that a person left out.
    pub skipped: Vec<SkippedRow>,
    /// Rows in `changed` and `unchanged` whose id differs from the school's by what a spreadsheet does to ids.
    pub id_rewrites: Vec<IdRewrite<'a, K>>,
}

/// A row that a person must decide about.
#[derive(Debug)]
pub struct Conflict<'a, K> {
    /// The row.
    pub row: &'a Row,
    /// The numbers of the other rows of the same conflict.
    pub others: Vec<u32>,
    /// The student of the school whom the row may mean.
    pub student: Option<&'a K>,
    /// Why a person must decide.
    pub reason: ConflictReason,
}

/// Why a person must decide about a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictReason {
    /// Another row has the same id and another name.
    SameIdOtherName,
    /// The id is a known one without its leading zeros, as others in the file are, and the names differ.
    LikeKnownIdOtherName,
}

impl ConflictReason {
    /// The stable code on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::SameIdOtherName => "same_id_other_name",
            Self::LikeKnownIdOtherName => "like_known_id_other_name",
        }
    }
}

/// A row whose id differs from the school's by what a spreadsheet does to ids; the names are the same.
#[derive(Debug)]
pub struct IdRewrite<'a, K> {
    /// The student.
    pub key: &'a K,
    /// The row.
    pub row: &'a Row,
    /// What differs.
    pub kind: IdRewriteKind,
    /// Whether the school's id is kept.
    pub is_kept: bool,
}

/// What a spreadsheet did to an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdRewriteKind {
    /// The school has leading zeros, the file has none.
    LostZeros,
    /// The file has the id whole: an earlier file had lost its zeros, or had a mark of a spreadsheet on it.
    GainedZeros,
    /// The file has the id rounded: `1.23457E+11`.
    Rounded,
}

impl IdRewriteKind {
    /// The stable code on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::LostZeros => "lost_zeros",
            Self::GainedZeros => "gained_zeros",
            Self::Rounded => "rounded",
        }
    }
}

/// How large a part of a school a whole file would take out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftShare {
    /// Students who would leave.
    pub left: usize,
    /// Students the school has this year.
    pub students: usize,
}

impl LeftShare {
    /// Percent of the school above which applying asks again. Source: issue 8, section 2.
    pub const ASK_ABOVE_PERCENT: usize = 5;

    /// Whether so many would leave that a person must confirm the number.
    pub fn must_be_confirmed(self) -> bool {
        self.left.saturating_mul(100) > self.students.saturating_mul(Self::ASK_ABOVE_PERCENT)
    }
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

/// A row of a student who has another row.
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
    /// Rows of a student who has another row.
    pub duplicates: usize,
    /// Rows that a person must decide about.
    #[serde(default)]
    pub conflicts: usize,
    /// Rows that are not used.
    pub refused: usize,
    /// Rows that hold no student or were left out.
    #[serde(default)]
    pub skipped: usize,
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
            conflicts: self.conflicts.len(),
            refused: self.refused.len(),
            skipped: self.skipped.len(),
        }
    }

    /// How large a part of the compared students would leave.
    pub fn left_share(&self) -> LeftShare {
        let stay = self.changed.len() + self.unchanged.len() + self.stays.len() + self.unsure.len();
        LeftShare { left: self.left.len(), students: self.left.len() + stay }
    }
}

impl<'a> Refused<'a> {
    /// A row that was in order and is refused when it is compared.
    pub(super) fn of_row(row: &'a Row, field: Option<Field>, reason: RowReason) -> Self {
        Self {
            row: row.row,
            field,
            reason,
            given_name: Some(&row.given_name),
            family_name: Some(&row.family_name),
        }
    }
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
