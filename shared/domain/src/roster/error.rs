//! Why a file as a whole is not read.

use super::{Field, Sample};

/// Why a whole file is not read. The caller words it; `code` is stable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// More bytes than a roster may have.
    #[error("the file has more than {limit_bytes} bytes")]
    TooLarge {
        /// The most bytes a file may have.
        limit_bytes: usize,
    },
    /// A workbook that has more bytes than it may once it is unpacked.
    #[error("the workbook unpacks to more than {limit_bytes} bytes")]
    UnpacksTooLarge {
        /// The most bytes an unpacked workbook may have.
        limit_bytes: u64,
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
    /// A container of another kind: Numbers, Word, a plain ZIP archive.
    #[error("this is neither text nor a workbook that can be read")]
    SpreadsheetNotCsv,
    /// A workbook that opens with a password only.
    #[error("the workbook is protected by a password")]
    PasswordProtected,
    /// A workbook whose parts are missing or cut off.
    #[error("the workbook is damaged")]
    SpreadsheetDamaged,
    /// The caller asks for a sheet the workbook does not have.
    #[error("the workbook has no sheet {sheet:?}")]
    UnknownSheet {
        /// The name as the caller wrote it.
        sheet: String,
        /// The sheets there are.
        sheets: Vec<String>,
    },
    /// A picture, a PDF or bytes in no encoding of text.
    #[error("this is not text")]
    NotText,
    /// No row names the columns that every roster needs. A person chooses the columns by looking at the sample.
    #[error("no header with a column of names; the likeliest row says {found:?}")]
    NoHeader {
        /// The name fields for which the likeliest row has no column.
        missing: Vec<Field>,
        /// The columns of the likeliest header, for the message.
        found: Vec<String>,
        /// The first rows of the file.
        sample: Box<Sample>,
    },
    /// Several columns may be one field, and the header does not say which. A person chooses.
    #[error("more than one column may be {field:?}: {columns:?}")]
    ChooseColumn {
        /// The field.
        field: Field,
        /// The headers of the columns, with their places: `#2 First Name`.
        columns: Vec<String>,
        /// The first rows of the file.
        sample: Box<Sample>,
    },
    /// One column holds the whole name, and the order of its parts is not clear. A person chooses.
    #[error("the order of the names in {column:?} is not clear")]
    ChooseNameOrder {
        /// The header of the column.
        column: String,
        /// The first rows of the file.
        sample: Box<Sample>,
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

    /// The first rows of the file, where a person has to choose columns.
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

    /// Names the sheet that the sample is from.
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
