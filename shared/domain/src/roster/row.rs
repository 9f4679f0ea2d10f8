//! One row of the roster: cleaned and checked, or refused with a reason.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Field;

/// A student as in the file. Each text is cleaned and fits [`Field::max_chars`]; an optional text is not empty.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// The row number as in a spreadsheet; a header in the first row is row 1.
    pub row: u32,
    /// Given name. Empty when the student has only a family name.
    pub given_name: String,
    /// Family name. Empty when the student has only a given name.
    pub family_name: String,
    /// The number that the school issued, with leading zeros.
    pub school_issued_id: Option<String>,
    /// The grade.
    pub grade: Option<String>,
    /// The class, homeroom or group.
    pub class: Option<String>,
    /// The teacher of the class.
    pub teacher: Option<String>,
    /// The id as in the file when a spreadsheet rounded it. It cannot identify a student alone.
    pub damaged_id: Option<String>,
    /// Changes made on reading, and suspicious values.
    pub warnings: Vec<RowWarning>,
}

/// Never prints a child's name.
impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Row({})", self.row)
    }
}

/// A row that is not used, and why.
///
/// Only its valid cells are kept, so that the row can be shown and its student is not counted as having left.
#[derive(Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// The row number as in a spreadsheet.
    pub row: u32,
    /// The invalid field; `None` for the row as a whole.
    pub field: Option<Field>,
    /// The reason.
    pub reason: RowReason,
    /// The given name, when that cell was valid.
    pub given_name: Option<String>,
    /// The family name, when that cell was valid.
    pub family_name: Option<String>,
    /// The school-issued id, when that cell was valid.
    pub school_issued_id: Option<String>,
    /// The class, when that cell was valid.
    pub class: Option<String>,
}

/// Never prints a child's name.
impl fmt::Debug for RefusedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RefusedRow({}, {:?}, {:?})", self.row, self.field, self.reason)
    }
}

/// A warning about a row for a person to check. The row is used anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowWarning {
    /// The field; `None` for the row as a whole.
    pub field: Option<Field>,
    /// The reason.
    pub reason: WarningReason,
}

/// A change made on reading, or a suspicious value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarningReason {
    /// The id means "none" (`0`, `NULL`, `N/A`): the student is read without an id.
    IdMeansNone,
    /// A spreadsheet's mark was removed from the id: an apostrophe before it, or `.0` after it.
    IdCleaned,
    /// A spreadsheet rounded the id: the student is found by name, or the row is refused.
    IdRounded,
    /// An earlier conversion broke the text (`JosÃ©`); it was repaired (`José`).
    Repaired,
    /// The row is in another encoding than the file.
    OtherEncoding,
    /// Characters that hide text or change its direction were removed.
    HiddenCharactersRemoved,
    /// Markup was removed (`Annie <Ann>`): a person should check the rest.
    MarkupRemoved,
    /// One word mixes similar letters of several scripts: `Аnn` with a Cyrillic A.
    MixedScripts,
    /// The fonts of cards and letters lack characters of the name.
    WillNotPrint,
    /// The quotes of the row do not follow the standard; its cells were found anyway.
    QuotesRepaired,
    /// The value was filled in: the cell is merged, or empty below a value that applies to it.
    FilledDown,
}

impl WarningReason {
    /// Returns the stable code in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::IdMeansNone => "id_means_none",
            Self::IdCleaned => "id_cleaned",
            Self::IdRounded => "id_rounded",
            Self::Repaired => "repaired",
            Self::OtherEncoding => "other_encoding",
            Self::HiddenCharactersRemoved => "hidden_characters_removed",
            Self::MarkupRemoved => "markup_removed",
            Self::MixedScripts => "mixed_scripts",
            Self::WillNotPrint => "will_not_print",
            Self::QuotesRepaired => "quotes_repaired",
            Self::FilledDown => "filled_down",
        }
    }
}

/// A row without a student.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedRow {
    /// The row number as in a spreadsheet.
    pub row: u32,
    /// The reason.
    pub reason: SkipReason,
}

/// Why a row contains no student.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// The header again, as at the top of a second page.
    RepeatedHeader,
    /// A total, a count or a page note among the students: `Total, 500`.
    Footer,
    /// A person who is not a student: a teacher, a guardian, an administrator or another.
    NotAStudent,
    /// A record that the school's system marks as deleted or inactive.
    NotActive,
    /// A person decided in the preview to leave the row out.
    LeftOut,
}

impl SkipReason {
    /// Returns the stable code in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::RepeatedHeader => "repeated_header",
            Self::Footer => "footer",
            Self::NotAStudent => "not_a_student",
            Self::NotActive => "not_active",
            Self::LeftOut => "left_out",
        }
    }
}

/// Why a row is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowReason {
    /// The row has no name.
    Missing,
    /// The cell is longer than the field allows.
    TooLong,
    /// The cell contains what looks like a social security number.
    LooksLikeSocialSecurityNumber,
    /// The cell contains what looks like a date of birth.
    LooksLikeBirthDate,
    /// The cell contains a replacement character: an earlier conversion lost the original.
    UnreadableCharacters,
    /// A spreadsheet turned the cell into a number or a date (`1.23457E+11`, `2-Jan`): the original is lost.
    DamagedBySpreadsheet,
    /// The cell contains a formula error: `#REF!`, `#NAME?`.
    FormulaError,
    /// The person's role at the school is not a known word.
    UnknownRole,
    /// The cell with the whole name cannot be split like the others.
    NameNotSplit,
    /// The cell of a name has no letter: the cells of this row are shifted.
    NotAName,
    /// The row has more cells than the header has columns, so their meaning is unclear.
    TooManyCells,
    /// A quote is missing: the row's quotes are broken, or a cell contains a line break and a separator.
    BrokenQuotes,
    /// Without an id, the row may mean either of two students with the same name and class.
    Ambiguous,
}

impl RowReason {
    /// Returns the stable code in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooLong => "too_long",
            Self::LooksLikeSocialSecurityNumber => "looks_like_social_security_number",
            Self::LooksLikeBirthDate => "looks_like_birth_date",
            Self::UnreadableCharacters => "unreadable_characters",
            Self::DamagedBySpreadsheet => "damaged_by_spreadsheet",
            Self::FormulaError => "formula_error",
            Self::UnknownRole => "unknown_role",
            Self::NameNotSplit => "name_not_split",
            Self::NotAName => "not_a_name",
            Self::TooManyCells => "too_many_cells",
            Self::BrokenQuotes => "broken_quotes",
            Self::Ambiguous => "ambiguous",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_row_names_no_child() {
        let row = Row {
            row: 7,
            given_name: "Ann".into(),
            family_name: "Lee".into(),
            school_issued_id: None,
            grade: None,
            class: None,
            teacher: None,
            damaged_id: None,
            warnings: Vec::new(),
        };
        assert_eq!(format!("{row:?}"), "Row(7)");
    }
}
