//! Rosters: parses the file of students that a school provides into validated rows.
//!
//! The file is a workbook, or text in any encoding and with any separator that office software writes. Only six fields
//! are read: given name, family name, school-issued id, grade, class and teacher. Columns with unneeded personal data
//! (a birth date, a social security number, an address …) are refused by their name, and their cells are never read.
//! Every row of the file is in exactly one list: [`Roster::rows`], [`Roster::refused`] or [`Roster::skipped`]. Then
//! [`compare`] says what each row means for the students the school already has.
//!
//! Cells are not escaped: `=cmd()` is a strange name, but this code does not change it. A program that writes a
//! spreadsheet escapes such values on output.

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

/// Maximum size of a roster file: 64 MiB. Source: issue 8, section 2.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Maximum unpacked size of a workbook: 256 MiB. Source: issue 8, section 2.
pub const MAX_UNPACKED_BYTES: u64 = 256 * 1024 * 1024;

/// Maximum number of rows in one file. Source: issue 8, section 2.
pub const MAX_ROWS: usize = 100_000;

/// The data that a school provides about a student. There is no other field, on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The student's given name.
    GivenName,
    /// The student's family name.
    FamilyName,
    /// The number that the school issued, with leading zeros.
    SchoolIssuedId,
    /// The student's grade.
    Grade,
    /// The class, homeroom or group.
    Class,
    /// The teacher of the class.
    Teacher,
}

impl Field {
    /// Every field, in the order in which a row is checked.
    pub const ALL: [Self; 6] = [
        Self::GivenName,
        Self::FamilyName,
        Self::SchoolIssuedId,
        Self::Grade,
        Self::Class,
        Self::Teacher,
    ];

    /// Returns the field's name in the API.
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

    /// Returns the maximum length of a value, in characters after cleaning.
    pub fn max_chars(self) -> usize {
        match self {
            Self::GivenName | Self::FamilyName | Self::Class | Self::Teacher => 100,
            Self::SchoolIssuedId | Self::Grade => 40,
        }
    }

    /// Returns whether the field is a name. A row needs only one of the two, because some people have one name.
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
    /// Delimited text.
    Text,
    /// Excel 2007 and later, with or without macros.
    Xlsx,
    /// Excel 97 to 2003.
    Xls,
    /// A workbook of `LibreOffice` or Google.
    Ods,
    /// An HTML page with a table, which many programs save as `.xls`.
    Html,
    /// The XML format of Excel 2002 and 2003.
    XmlSpreadsheet,
}

/// A parsed roster file: the use of each column, the valid rows, and the unused rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    /// The file format.
    pub format: FileFormat,
    /// The encoding of a text file; `None` for a workbook.
    pub encoding: Option<ReadEncoding>,
    /// The sheet names of a workbook; empty for text.
    pub sheets: Vec<String>,
    /// The sheet that was read; `None` for text.
    pub sheet: Option<String>,
    /// The header's row number as in a spreadsheet; 0 when the file has no header.
    pub header_row: u32,
    /// Every column of the file in its order, with its use.
    pub columns: Vec<Column>,
    /// The valid rows, in the order of the file.
    pub rows: Vec<Row>,
    /// The refused rows, in the order of the file.
    pub refused: Vec<RefusedRow>,
    /// The rows without a student, in the order of the file.
    pub skipped: Vec<SkippedRow>,
    /// The first rows below the header, cell by cell. A person looks at them to choose columns.
    pub first_rows: Vec<SampleRow>,
}

impl Roster {
    /// Returns the number of non-empty rows below the header.
    pub fn data_rows(&self) -> usize {
        self.rows.len() + self.refused.len() + self.skipped.len()
    }

    /// Returns whether the file has a column for this field. Without one, the file does not change the field.
    pub fn has_field(&self, field: Field) -> bool {
        self.columns.iter().any(|column| match column.becomes {
            ColumnUse::Field(found) => found == field,
            ColumnUse::FullName(_) => field.is_name(),
            ColumnUse::Role | ColumnUse::Status | ColumnUse::Refused(_) | ColumnUse::Ignored => {
                false
            }
        })
    }

    /// Returns the columns with unneeded personal data, each with the reason.
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

    /// Returns the columns with an unknown header: neither read nor refused.
    pub fn ignored_columns(&self) -> impl Iterator<Item = &str> {
        self.columns
            .iter()
            .filter(|column| column.becomes == ColumnUse::Ignored)
            .map(|column| column.name.as_str())
    }

    /// Returns the mapping that was used. A caller may change it and send it back.
    pub fn mapping(&self) -> Mapping {
        Mapping::used(&self.columns, self.header_row == 0)
    }

    /// Returns ten names as they were read, those with letters beyond ASCII first, for a person to check.
    pub fn sample_names(&self) -> Vec<SampleName> {
        sample::names_of(&self.rows)
    }
}

#[cfg(test)]
mod tests;
