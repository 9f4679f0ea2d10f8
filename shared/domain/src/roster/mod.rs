//! A roster: the file of students a school hands over, read into rows that can be trusted.
//!
//! The file is text in any encoding and with any separator an office's computer writes, or a workbook. Only six fields
//! are ever read: given name, family name, the id the school issued, grade, class and teacher. What is personal beyond
//! need (a birth date, a social security number, an address …) is refused by the column's name and its cells are never
//! looked at. Every row of the file is in exactly one place: [`Roster::rows`], [`Roster::refused`] or
//! [`Roster::skipped`]; [`compare`] then says what each row means for the students the school has already.
//!
//! Cells are kept as they are: `=cmd()` is a strange name, but not ours to change. A program that writes a spreadsheet
//! escapes such values on the way out.

mod cell;
mod columns;
mod compare;
mod encoding;
mod error;
pub(crate) mod fold;
mod full_name;
mod grid;
mod options;
mod personal;
mod plan;
mod reading;
mod records;
mod row;
mod sample;
mod school_id;
mod table;
mod text_encoding;
mod who;
mod workbook;

use serde::{Deserialize, Serialize};

pub use self::columns::{Column, ColumnUse, MapTo, Mapping, NameOrder, RefusedColumnReason};
pub use self::compare::{
    Change, Changed, CompareOptions, Conflict, ConflictReason, Counts, Duplicate, DuplicateReason,
    IdRewrite, IdRewriteKind, Known, LeftShare, Preview, Refused, RosterScope, RowDecision,
    Unchanged, compare,
};
pub use self::error::RosterError;
pub use self::options::ReadOptions;
pub use self::reading::read;
pub use self::row::{
    RefusedRow, Row, RowReason, RowWarning, SkipReason, SkippedRow, WarningReason,
};
pub use self::sample::{EncodingCandidate, ReadEncoding, Sample, SampleName, SampleRow};
pub use self::text_encoding::{TextEncoding, UnknownEncoding};

/// Bytes a roster file may have: 64 MiB. Source: issue 8, section 2.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Bytes a workbook may have once it is unpacked: 256 MiB. Source: issue 8, section 2.
pub const MAX_UNPACKED_BYTES: u64 = 256 * 1024 * 1024;

/// Rows in one file. Source: issue 8, section 2.
pub const MAX_ROWS: usize = 100_000;

/// What a school tells us about a student. There is nothing else, on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The name the child is called by.
    GivenName,
    /// The family's name.
    FamilyName,
    /// The number the school knows the child by, with its leading zeros.
    SchoolIssuedId,
    /// The year the child is in.
    Grade,
    /// The class, homeroom or group.
    Class,
    /// Who teaches the class.
    Teacher,
}

impl Field {
    /// Every field, in the order a row is checked.
    pub const ALL: [Self; 6] = [
        Self::GivenName,
        Self::FamilyName,
        Self::SchoolIssuedId,
        Self::Grade,
        Self::Class,
        Self::Teacher,
    ];

    /// The field's name on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::SchoolIssuedId => "school_issued_id",
            Self::Grade => "grade",
            Self::Class => "class",
            Self::Teacher => "teacher",
        }
    }

    /// Characters a value may have, counted after cleaning.
    pub fn max_chars(self) -> usize {
        match self {
            Self::GivenName | Self::FamilyName | Self::Class | Self::Teacher => 100,
            Self::SchoolIssuedId | Self::Grade => 40,
        }
    }

    /// Whether the field is one of a person's names. A row needs one of the two: one name only is a name.
    pub fn is_name(self) -> bool {
        match self {
            Self::GivenName | Self::FamilyName => true,
            Self::SchoolIssuedId | Self::Grade | Self::Class | Self::Teacher => false,
        }
    }
}

/// The kind of file a roster was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// Text with separators.
    Text,
    /// Excel 2007 and later, with or without macros.
    Xlsx,
    /// Excel 97 to 2003.
    Xls,
    /// `LibreOffice` and Google.
    Ods,
    /// A page with a table, which many programs save as `.xls`.
    Html,
    /// The XML format of Excel 2002 and 2003.
    XmlSpreadsheet,
}

/// A roster file, read: what each column became, the rows, and the rows that are not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    /// The kind of file.
    pub format: FileFormat,
    /// The encoding of a text file; `None` for a workbook.
    pub encoding: Option<ReadEncoding>,
    /// The names of the sheets of a workbook; empty for text.
    pub sheets: Vec<String>,
    /// The sheet that was read; `None` for text.
    pub sheet: Option<String>,
    /// The header's row as a spreadsheet shows it; 0 when the file has none.
    pub header_row: u32,
    /// Every column of the file in its order, and what became of it.
    pub columns: Vec<Column>,
    /// The rows that may be used, in the order of the file.
    pub rows: Vec<Row>,
    /// The rows that may not, in the order of the file.
    pub refused: Vec<RefusedRow>,
    /// The rows that hold no student, in the order of the file.
    pub skipped: Vec<SkippedRow>,
    /// The first rows below the header, cell by cell: for a person who chooses columns by looking at them.
    pub first_rows: Vec<SampleRow>,
}

impl Roster {
    /// How many rows of the file hold something below the header.
    pub fn data_rows(&self) -> usize {
        self.rows.len() + self.refused.len() + self.skipped.len()
    }

    /// Whether the file has a column for this field. A field without a column is not changed by the file.
    pub fn has_field(&self, field: Field) -> bool {
        self.columns.iter().any(|column| match column.becomes {
            ColumnUse::Field(found) => found == field,
            ColumnUse::FullName(_) => field.is_name(),
            ColumnUse::Role | ColumnUse::Status | ColumnUse::Refused(_) | ColumnUse::Ignored => {
                false
            }
        })
    }

    /// The columns that are personal beyond need, each with the reason.
    pub fn refused_columns(&self) -> impl Iterator<Item = (&str, RefusedColumnReason)> {
        self.columns.iter().filter_map(|column| match column.becomes {
            ColumnUse::Refused(reason) => Some((column.name.as_str(), reason)),
            ColumnUse::Field(_)
            | ColumnUse::FullName(_)
            | ColumnUse::Role
            | ColumnUse::Status
            | ColumnUse::Ignored => None,
        })
    }

    /// The columns with an unknown header: not read, not refused.
    pub fn ignored_columns(&self) -> impl Iterator<Item = &str> {
        self.columns
            .iter()
            .filter(|column| column.becomes == ColumnUse::Ignored)
            .map(|column| column.name.as_str())
    }

    /// The mapping that was used, in the form a caller may change and send back.
    pub fn mapping(&self) -> Mapping {
        Mapping::used(&self.columns, self.header_row == 0)
    }

    /// Ten names as they were read, those with letters beyond ASCII first, for a person to look at.
    pub fn sample_names(&self) -> Vec<SampleName> {
        sample::names_of(&self.rows)
    }
}

#[cfg(test)]
mod tests;
