//! A roster: the file of students a school hands over, read into rows that can be trusted.
//!
//! The file is text in any of the encodings and separators spreadsheets write. Only six columns are ever read:
//! given name, family name, the id the school issued, grade, class and teacher. What is personal beyond need (a birth
//! date, a social security number, an address …) is refused by the column's name and its cells are never looked at.
//! Every row of the file ends in exactly one place: in [`Roster::rows`] or, with a reason, in [`Roster::refused`];
//! [`compare`] then says what each row means for the students the school has already.
//!
//! Cells are kept as they are: `=cmd()` is a strange name, but not ours to change. Whoever writes a spreadsheet
//! escapes such values on the way out.

mod cell;
mod columns;
mod compare;
mod encoding;
pub(crate) mod fold;
mod personal;
mod records;
mod row;
mod table;

use serde::{Deserialize, Serialize};

pub use self::columns::{Column, ColumnUse, MapTo, Mapping, RefusedColumnReason};
pub use self::compare::{
    Change, Changed, Counts, Duplicate, DuplicateReason, Known, Preview, Refused, Unchanged,
    compare,
};
pub use self::row::{RefusedRow, Row, RowReason};

/// Bytes a roster file may have: 4 MiB, what one request may carry (`design.md`, the wire).
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Students in one file. The largest high schools have about 8,000.
pub const MAX_ROWS: usize = 20_000;

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

    /// Whether a row without this field is refused.
    pub fn is_required(self) -> bool {
        match self {
            Self::GivenName | Self::FamilyName => true,
            Self::SchoolIssuedId | Self::Grade | Self::Class | Self::Teacher => false,
        }
    }
}

/// A roster file, read: what each column became, the rows, and the rows that were refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    /// Every column of the file in its order, and what became of it.
    pub columns: Vec<Column>,
    /// The rows that may be used, in the order of the file.
    pub rows: Vec<Row>,
    /// The rows that may not, in the order of the file.
    pub refused: Vec<RefusedRow>,
}

impl Roster {
    /// How many rows of the file hold something below the header: each is in `rows` or in `refused`.
    pub fn data_rows(&self) -> usize {
        self.rows.len() + self.refused.len()
    }

    /// Whether the file has a column for this field. A field without a column is not changed by the file.
    pub fn has_field(&self, field: Field) -> bool {
        self.columns.iter().any(|column| column.becomes == ColumnUse::Field(field))
    }

    /// The columns that are personal beyond need, each with the reason.
    pub fn refused_columns(&self) -> impl Iterator<Item = (&str, RefusedColumnReason)> {
        self.columns.iter().filter_map(|column| match column.becomes {
            ColumnUse::Refused(reason) => Some((column.name.as_str(), reason)),
            ColumnUse::Field(_) | ColumnUse::Ignored => None,
        })
    }

    /// The columns nobody here knows: not read, not refused.
    pub fn ignored_columns(&self) -> impl Iterator<Item = &str> {
        self.columns
            .iter()
            .filter(|column| column.becomes == ColumnUse::Ignored)
            .map(|column| column.name.as_str())
    }

    /// The mapping that was used, in the form a caller may change and send back.
    pub fn mapping(&self) -> Mapping {
        Mapping::used(&self.columns)
    }
}

/// Why a whole file is not read. The caller words it; `code` is stable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// More bytes than a roster may have.
    #[error("the file has more than {limit_bytes} bytes")]
    TooLarge {
        /// The most bytes a file may have.
        limit_bytes: usize,
    },
    /// More rows than a roster may have.
    #[error("the file has more than {limit} rows")]
    TooManyRows {
        /// The most rows a file may have.
        limit: usize,
    },
    /// Nothing but space.
    #[error("the file is empty")]
    Empty,
    /// A header and no student: read as a full roster it would mean that every child left.
    #[error("there is no row below the header")]
    NoRows,
    /// An Excel, `LibreOffice` or Numbers workbook: it must be saved as CSV first.
    #[error("this is a workbook, not CSV")]
    SpreadsheetNotCsv,
    /// A picture, a PDF or text in an encoding that is not recognised.
    #[error("this is not text")]
    NotText,
    /// No row names the columns that every roster needs.
    #[error("no header with both name columns; the first row says {found:?}")]
    NoHeader {
        /// The required fields for which the best row has no column.
        missing: Vec<Field>,
        /// The columns of the most likely header, for the message.
        found: Vec<String>,
    },
    /// A quote is opened and never closed, so that all that follows is one cell.
    #[error("a quote opened in row {row} is never closed")]
    UnclosedQuote {
        /// The row as a spreadsheet shows it.
        row: u32,
    },
    /// The caller's mapping names a column the file does not have.
    #[error("the file has no column {column:?}")]
    MappingUnknownColumn {
        /// The name as the caller wrote it.
        column: String,
    },
    /// The caller's mapping gives one field to two columns.
    #[error("two columns for {field:?}")]
    MappingTwice {
        /// The field that was given away twice.
        field: Field,
    },
}

impl RosterError {
    /// The stable code for programs and for the sentence shown to a person.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "roster_too_large",
            Self::TooManyRows { .. } => "roster_too_many_rows",
            Self::Empty => "roster_empty",
            Self::NoRows => "roster_no_rows",
            Self::SpreadsheetNotCsv => "spreadsheet_not_csv",
            Self::NotText => "roster_not_text",
            Self::NoHeader { .. } => "roster_no_header",
            Self::UnclosedQuote { .. } => "roster_unclosed_quote",
            Self::MappingUnknownColumn { .. } => "roster_mapping_unknown_column",
            Self::MappingTwice { .. } => "roster_mapping_twice",
        }
    }
}

/// Reads a roster file. The encoding, the separator and the header row are found; a mapping overrides the columns.
///
/// # Errors
///
/// Says what is wrong with the file as a whole. What is wrong with one row is in [`Roster::refused`].
pub fn read(bytes: &[u8], mapping: Option<&Mapping>) -> Result<Roster, RosterError> {
    if bytes.len() > MAX_BYTES {
        return Err(RosterError::TooLarge { limit_bytes: MAX_BYTES });
    }
    let text = encoding::decode(bytes)?;
    let table = table::find(&text, mapping)?;
    let plan = row::Plan::new(&table.columns, table.separator);

    let mut rows = Vec::new();
    let mut refused = Vec::new();
    let mut records = records::Records::new(&text, table.separator);
    while let Some((number, record)) = records.next()? {
        if number <= table.header_row {
            continue;
        }
        if rows.len() + refused.len() == MAX_ROWS {
            return Err(RosterError::TooManyRows { limit: MAX_ROWS });
        }
        match plan.read(number, record) {
            Ok(row) => rows.push(row),
            Err(refusal) => refused.push(refusal),
        }
    }
    if rows.is_empty() && refused.is_empty() {
        return Err(RosterError::NoRows);
    }
    Ok(Roster { columns: table.columns, rows, refused })
}

#[cfg(test)]
mod tests;
