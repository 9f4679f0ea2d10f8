//! Why a whole file cannot be read.

use super::{Field, Sample};

/// Why a whole file cannot be read. The caller chooses the words; `code` is stable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// The file is larger than a roster may be.
    #[error("the file has more than {limit_bytes} bytes")]
    TooLarge {
        /// Maximum size in bytes.
        limit_bytes: usize,
    },
    /// The unpacked workbook is larger than a roster may be.
    #[error("the workbook unpacks to more than {limit_bytes} bytes")]
    UnpacksTooLarge {
        /// Maximum unpacked size in bytes.
        limit_bytes: u64,
    },
    /// The file has more rows than a roster may have.
    #[error("the file has more than {limit} rows")]
    TooManyRows {
        /// Maximum number of rows.
        limit: usize,
    },
    /// The file contains only white space.
    #[error("the file is empty")]
    Empty,
    /// A header without a student. Read as a whole roster, it would mean that every student left.
    #[error("the file has no row below the header")]
    NoRows,
    /// A container of another kind: Numbers, Word, a plain ZIP archive.
    #[error("the file is neither text nor a supported workbook")]
    SpreadsheetNotCsv,
    /// The workbook needs a password.
    #[error("the workbook is protected by a password")]
    PasswordProtected,
    /// Parts of the workbook are missing or cut off.
    #[error("the workbook is damaged")]
    SpreadsheetDamaged,
    /// The caller requests a sheet that the workbook does not have.
    #[error("the workbook has no sheet {sheet:?}")]
    UnknownSheet {
        /// The name as the caller wrote it.
        sheet: String,
        /// The existing sheets.
        sheets: Vec<String>,
    },
    /// A picture, a PDF, or bytes in no text encoding.
    #[error("the file is not text")]
    NotText,
    /// No row has the name columns that every roster needs. A person chooses the columns with the sample.
    #[error("no header with a name column; the most likely header is {found:?}")]
    NoHeader {
        /// The name fields for which the most likely header has no column.
        missing: Vec<Field>,
        /// The columns of the most likely header, for the message.
        found: Vec<String>,
        /// The first rows of the file.
        sample: Box<Sample>,
    },
    /// Several columns may be one field, and the header does not decide. A person chooses.
    #[error("more than one column may be {field:?}: {columns:?}")]
    ChooseColumn {
        /// The field.
        field: Field,
        /// The headers of the columns, with their positions: `#2 First Name`.
        columns: Vec<String>,
        /// The first rows of the file.
        sample: Box<Sample>,
    },
    /// One column has the whole name, and the order of its parts is unclear. A person chooses.
    #[error("the order of the names in {column:?} is not clear")]
    ChooseNameOrder {
        /// The header of the column.
        column: String,
        /// The first rows of the file.
        sample: Box<Sample>,
    },
    /// The caller's mapping names a column that the file does not have.
    #[error("the mapping names column {column:?}, which the file does not have")]
    MappingUnknownColumn {
        /// The name as the caller wrote it.
        column: String,
    },
    /// The caller's mapping assigns one field to two columns.
    #[error("the mapping assigns {field:?} to two columns")]
    MappingTwice {
        /// The field that was assigned twice.
        field: Field,
    },
}

impl RosterError {
    /// Returns the stable code, for programs and for choosing the sentence shown to a person.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "roster_too_large",
            Self::UnpacksTooLarge { .. } => "roster_unpacks_too_large",
            Self::TooManyRows { .. } => "roster_too_many_rows",
            Self::Empty => "roster_empty",
            Self::NoRows => "roster_no_rows",
            Self::SpreadsheetNotCsv => "spreadsheet_not_csv",
            Self::PasswordProtected => "roster_password_protected",
            Self::SpreadsheetDamaged => "roster_spreadsheet_damaged",
            Self::UnknownSheet { .. } => "roster_unknown_sheet",
            Self::NotText => "roster_not_text",
            Self::NoHeader { .. } => "roster_no_header",
            Self::ChooseColumn { .. } => "roster_choose_column",
            Self::ChooseNameOrder { .. } => "roster_choose_name_order",
            Self::MappingUnknownColumn { .. } => "roster_mapping_unknown_column",
            Self::MappingTwice { .. } => "roster_mapping_twice",
        }
    }

    /// Returns the first rows of the file, where a person must choose columns.
    pub fn sample(&self) -> Option<&Sample> {
        match self {
            Self::NoHeader { sample, .. }
            | Self::ChooseColumn { sample, .. }
            | Self::ChooseNameOrder { sample, .. } => Some(sample),
            Self::TooLarge { .. }
            | Self::UnpacksTooLarge { .. }
            | Self::TooManyRows { .. }
            | Self::Empty
            | Self::NoRows
            | Self::SpreadsheetNotCsv
            | Self::PasswordProtected
            | Self::SpreadsheetDamaged
            | Self::UnknownSheet { .. }
            | Self::NotText
            | Self::MappingUnknownColumn { .. }
            | Self::MappingTwice { .. } => None,
        }
    }

    /// Sets the sheet names of the sample, and the sheet it comes from.
    pub(super) fn set_sheet(&mut self, sheets: &[String], sheet: &str) {
        if let Self::NoHeader { sample, .. }
        | Self::ChooseColumn { sample, .. }
        | Self::ChooseNameOrder { sample, .. } = self
        {
            sample.sheets = sheets.to_vec();
            sample.sheet = Some(sheet.to_owned());
        }
    }
}
