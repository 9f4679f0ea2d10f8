//! Facts about a file's columns, shown before its rows.

use domain::roster::{Mapping, RefusedColumnReason, Roster};
use serde::{Deserialize, Serialize};

/// Which columns of the file were mapped, refused or ignored. Sealed: a header may contain anything.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns {
    /// The column mapping that was used.
    pub mapping: Mapping,
    /// Columns with personal data that is not needed, each with the reason.
    pub refused: Vec<(String, RefusedColumnReason)>,
    /// Columns with an unknown header.
    pub ignored: Vec<String>,
    /// Whether the columns are those a person chose at the school's last import.
    pub is_remembered: bool,
    /// Whether the file's text encoding is unambiguous.
    pub is_encoding_certain: bool,
}

impl Default for Columns {
    fn default() -> Self {
        Self {
            mapping: Mapping::default(),
            refused: Vec::new(),
            ignored: Vec::new(),
            is_remembered: false,
            is_encoding_certain: true,
        }
    }
}

impl Columns {
    /// Collects the column facts of a file that was read.
    pub(super) fn of(roster: &Roster, is_remembered: bool) -> Self {
        Self {
            mapping: roster.mapping(),
            refused: roster.refused_columns().map(|(name, why)| (name.to_owned(), why)).collect(),
            ignored: roster.ignored_columns().map(str::to_owned).collect(),
            is_remembered,
            is_encoding_certain: roster.encoding.as_ref().is_none_or(|read| read.is_certain),
        }
    }
}
