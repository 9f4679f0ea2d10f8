//! What a person sees of a file before its rows: what became of the columns, the names as read, the first cells.

use domain::roster::{Mapping, RefusedColumnReason, Roster};
use serde::{Deserialize, Serialize};

/// What became of the columns of the file. Sealed: a header may hold anything.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns {
    /// The mapping that was used.
    pub mapping: Mapping,
    /// Columns that are personal beyond need, each with the reason.
    pub refused: Vec<(String, RefusedColumnReason)>,
    /// Columns with an unknown header.
    pub ignored: Vec<String>,
    /// Whether the columns are those a person chose at the school's last import.
    pub is_remembered: bool,
    /// Whether the letters of the file can be read in one way only.
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
    /// What became of the columns of a file that was read.
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
