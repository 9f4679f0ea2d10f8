//! The preview: what applying a roster would do, by row and by student.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::roster::{Field, RefusedRow, Row, RowReason, SkippedRow};

/// A student of the school, with the caller's key.
#[derive(Clone, PartialEq, Eq)]
pub struct Known<K> {
    /// The caller's key of the student.
    pub key: K,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// The number that the school issued.
    pub school_issued_id: Option<String>,
    /// The class, homeroom or group.
    pub class: Option<String>,
    /// The grade.
    pub grade: Option<String>,
    /// The teacher of the class.
    pub teacher: Option<String>,
}

/// Never prints a child's name.
impl<K: fmt::Debug> fmt::Debug for Known<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Known({:?})", self.key)
    }
}

/// The effect of applying a roster.
///
/// Each row of the file is in exactly one of `added`, `changed`, `unchanged`, `duplicates`, `conflicts`, `refused` and
/// `skipped`. Each student of the school is in exactly one of `changed`, `unchanged`, `left`, `stays` and `unsure`.
#[derive(Debug)]
pub struct Preview<'a, K> {
    /// Rows of students that are new at the school.
    pub added: Vec<&'a Row>,
    /// Students with changes in the file.
    pub changed: Vec<Changed<'a, K>>,
    /// Students whose data in the file is the same.
    pub unchanged: Vec<Unchanged<'a, K>>,
    /// Students missing from a whole file. They are never deleted, only no longer enrolled this school year.
    pub left: Vec<&'a K>,
    /// Students missing from a partial file: they stay unchanged.
    pub stays: Vec<&'a K>,
    /// Students whom only unused rows (refused, in conflict, left out) may mean: they stay unchanged.
    pub unsure: Vec<&'a K>,
    /// Rows of a student who has another row, which is used.
    pub duplicates: Vec<Duplicate<'a>>,
    /// Rows that a person must decide about. None of them is used.
    pub conflicts: Vec<Conflict<'a, K>>,
    /// Rows that are not used, with the reason.
    pub refused: Vec<Refused<'a>>,
    /// Rows without a student, and rows that a person left out.
    pub skipped: Vec<SkippedRow>,
    /// Rows in `changed` and `unchanged` whose id differs from the school's by damage from a spreadsheet.
    pub id_rewrites: Vec<IdRewrite<'a, K>>,
}

/// A row that a person must decide about.
#[derive(Debug)]
pub struct Conflict<'a, K> {
    /// The row.
    pub row: &'a Row,
    /// Row numbers of the other rows in the same conflict, at most ten.
    pub others: Vec<u32>,
    /// The student of the school that the row may mean.
    pub student: Option<&'a K>,
    /// Why a person must decide.
    pub reason: ConflictReason,
}

/// Why a person must decide about a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictReason {
    /// Another row has the same id but another name.
    SameIdOtherName,
    /// The id equals a known one after removing damage by a spreadsheet, but the names differ.
    ///
    /// Other rows of the file have such ids too.
    LikeKnownIdOtherName,
}

impl ConflictReason {
    /// Returns the stable code in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::SameIdOtherName => "same_id_other_name",
            Self::LikeKnownIdOtherName => "like_known_id_other_name",
        }
    }
}

/// A row with the school's names, whose id differs from the school's by damage from a spreadsheet.
#[derive(Debug)]
pub struct IdRewrite<'a, K> {
    /// The student.
    pub key: &'a K,
    /// The row.
    pub row: &'a Row,
    /// The difference.
    pub kind: IdRewriteKind,
    /// Whether the school's id is kept.
    pub is_kept: bool,
}

/// The damage of a spreadsheet to an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdRewriteKind {
    /// The school's id has leading zeros, the file's has none.
    LostZeros,
    /// The file's id is complete. An earlier file had lost its zeros or had a spreadsheet's mark on it.
    GainedZeros,
    /// The file's id is rounded: `1.23457E+11`.
    Rounded,
}

impl IdRewriteKind {
    /// Returns the stable code in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::LostZeros => "lost_zeros",
            Self::GainedZeros => "gained_zeros",
            Self::Rounded => "rounded",
        }
    }
}

/// The share of a school's students that a whole file would remove.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftShare {
    /// Number of students who would leave.
    pub left: usize,
    /// Number of students that the school has this year.
    pub students: usize,
}

impl LeftShare {
    /// Percentage of the school above which a person must confirm. Source: issue 8, section 2.
    pub const ASK_ABOVE_PERCENT: usize = 5;

    /// Returns whether so many students would leave that a person must confirm the number.
    pub fn must_be_confirmed(self) -> bool {
        self.left.saturating_mul(100) > self.students.saturating_mul(Self::ASK_ABOVE_PERCENT)
    }
}

/// A student with changes in the file.
#[derive(Debug)]
pub struct Changed<'a, K> {
    /// The student.
    pub key: &'a K,
    /// The row.
    pub row: &'a Row,
    /// The changes, in the order of the fields. Other fields stay as they are.
    pub changes: Vec<Change<'a>>,
    /// Whether both given and family name change under the same id. A person should check it.
    ///
    /// It is more often an id given to another student, or a shifted column, than a change of name.
    pub is_another_name: bool,
}

/// One changed field of one student.
///
/// A field without a column in the file does not change. An empty cell empties grade, class, teacher or one of the
/// names, but never the id.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Change<'a> {
    /// The field.
    pub field: Field,
    /// The school's value.
    pub before: Option<&'a str>,
    /// The file's value.
    pub after: Option<&'a str>,
}

/// Never prints a child's name.
impl fmt::Debug for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Change({:?})", self.field)
    }
}

/// A student whose data in the file is the same.
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
    /// Why both rows mean the same student.
    pub reason: DuplicateReason,
}

/// Why two rows mean the same student.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateReason {
    /// Both have the same school-issued id.
    SameId,
    /// Both have the same names and class, and at most one has an id.
    SameName,
}

impl DuplicateReason {
    /// Returns the stable code in the API.
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
    /// The row number as in a spreadsheet.
    pub row: u32,
    /// The invalid field; `None` for the row as a whole.
    pub field: Option<Field>,
    /// The reason.
    pub reason: RowReason,
    /// The given name, when that cell was valid.
    pub given_name: Option<&'a str>,
    /// The family name, when that cell was valid.
    pub family_name: Option<&'a str>,
}

/// Never prints a child's name.
impl fmt::Debug for Refused<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Refused({}, {:?}, {:?})", self.row, self.field, self.reason)
    }
}

/// The number of rows or students in each list of a preview.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows of students that are new at the school.
    pub added: usize,
    /// Students with changes in the file.
    pub changed: usize,
    /// Students whose data in the file is the same.
    pub unchanged: usize,
    /// Students missing from a whole file.
    pub left: usize,
    /// Rows of a student who has another row.
    pub duplicates: usize,
    /// Rows that a person must decide about.
    #[serde(default)]
    pub conflicts: usize,
    /// Rows that are not used.
    pub refused: usize,
    /// Rows without a student, or left out.
    #[serde(default)]
    pub skipped: usize,
}

impl<K> Preview<'_, K> {
    /// Returns the number in each list.
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

    /// Returns the share of the compared students who would leave.
    pub fn left_share(&self) -> LeftShare {
        let stay = self.changed.len() + self.unchanged.len() + self.stays.len() + self.unsure.len();
        LeftShare { left: self.left.len(), students: self.left.len() + stay }
    }
}

impl<'a> Refused<'a> {
    /// Creates a refused row from a valid one that the comparison refuses.
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
