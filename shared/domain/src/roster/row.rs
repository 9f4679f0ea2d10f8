//! One row of the roster: cleaned and checked, or refused with a reason.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Field;

/// A student as the file has them. Each text was cleaned and fits [`Field::max_chars`]; an optional one is not empty.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// The row as a spreadsheet shows it; a header in the first row is row 1.
    pub row: u32,
    /// The name the child is called by. Empty when the child has a family name only.
    pub given_name: String,
    /// The family's name. Empty when the child has one name only.
    pub family_name: String,
    /// The number the school knows the child by, with its leading zeros.
    pub school_issued_id: Option<String>,
    /// The year the child is in.
    pub grade: Option<String>,
    /// The class, homeroom or group.
    pub class: Option<String>,
    /// Who teaches the class.
    pub teacher: Option<String>,
    /// The id as it stands in the file where a spreadsheet has rounded it: no student can be told by it.
    pub damaged_id: Option<String>,
    /// What was changed on reading, or looks odd.
    pub warnings: Vec<RowWarning>,
}

/// Never prints a child's name.
impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Row({})", self.row)
    }
}

/// A row that is not used, and why. Of its cells only those that were in order are kept, so that it can be shown and
/// the student it speaks of is not taken for one who left.
#[derive(Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// The row as a spreadsheet shows it.
    pub row: u32,
    /// The field at fault; `None` when it is the row as a whole.
    pub field: Option<Field>,
    /// What is wrong.
    pub reason: RowReason,
    /// The given name, when that cell was in order.
    pub given_name: Option<String>,
    /// The family name, when that cell was in order.
    pub family_name: Option<String>,
    /// The school-issued id, when that cell was in order.
    pub school_issued_id: Option<String>,
    /// The class, when that cell was in order.
    pub class: Option<String>,
}

/// Never prints a child's name.
impl fmt::Debug for RefusedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RefusedRow({}, {:?}, {:?})", self.row, self.field, self.reason)
    }
}

/// Something about a row that a person should see. The row is used all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowWarning {
    /// The field; `None` when it is the row as a whole.
    pub field: Option<Field>,
    /// What was changed or looks odd.
    pub reason: WarningReason,
}

/// What was changed on reading, or looks odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarningReason {
    /// The id means none (`0`, `NULL`, `N/A`): the student is read without an id.
    IdMeansNone,
    /// A mark of a spreadsheet was taken off the id: an apostrophe before it, `.0` after it.
    IdCleaned,
    /// The id was rounded by a spreadsheet: the student is found by name, or the row is refused.
    IdRounded,
    /// The text was broken by an earlier conversion (`JosÃ©`) and is repaired (`José`).
    Repaired,
    /// The row is in another encoding than the file.
    OtherEncoding,
    /// Characters that hide or turn the text were taken out.
    HiddenCharactersRemoved,
    /// Markup was taken out (`Annie <Ann>`): a person should see what is left.
    MarkupRemoved,
    /// Letters of more than one script look alike in one word: `Аnn` with a Cyrillic A.
    MixedScripts,
    /// Characters of the name are missing in the fonts of cards and letters.
    WillNotPrint,
    /// The quotes of the row are odd; its cells were found all the same.
    QuotesRepaired,
    /// The cell is part of a merged one, or empty under one that holds for the rows below; its value was filled in.
    FilledDown,
}

impl WarningReason {
    /// The stable code on the wire.
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

/// A row that holds no student.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedRow {
    /// The row as a spreadsheet shows it.
    pub row: u32,
    /// Why it holds no student.
    pub reason: SkipReason,
}

/// Why a row holds no student.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// The header again, as at the top of a second page.
    RepeatedHeader,
    /// A sum or a count below the students: `Total, 500`.
    Footer,
    /// A teacher, a guardian, an administrator or another person who is no student.
    NotAStudent,
    /// A record that the school's system marks as deleted or no longer in use.
    NotActive,
    /// A person decided on the preview that the row is left out.
    LeftOut,
}

impl SkipReason {
    /// The stable code on the wire.
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

/// Why one row is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowReason {
    /// The row has no name.
    Missing,
    /// The cell has more characters than the field takes.
    TooLong,
    /// The cell holds what looks like a social security number.
    LooksLikeSocialSecurityNumber,
    /// The cell holds what looks like a date of birth.
    LooksLikeBirthDate,
    /// The cell holds the sign for a character that was lost in an earlier conversion.
    UnreadableCharacters,
    /// A spreadsheet turned the cell into a number or a date (`1.23457E+11`, `2-Jan`): what it said is gone.
    DamagedBySpreadsheet,
    /// The cell holds the error of a formula: `#REF!`, `#NAME?`.
    FormulaError,
    /// What the person is at the school is not one of the words that are known.
    UnknownRole,
    /// The whole name in one cell cannot be split as the others are.
    NameNotSplit,
    /// The cell of a name has no letter: the columns of this row have slipped.
    NotAName,
    /// The row has more cells than the header has columns, so that it is unclear which is which.
    TooManyCells,
    /// A cell holds a line break and a separator: a quote is missing somewhere before.
    BrokenQuotes,
    /// Without an id it could be either of two students of the same name in the same class.
    Ambiguous,
}

impl RowReason {
    /// The stable code on the wire.
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
