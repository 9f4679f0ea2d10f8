//! Pieces of a file that a person looks at before anything is written: names as read, and the first rows.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::grid::GridRow;
use super::text_encoding::TextEncoding;
use super::{Row, cell, personal};

/// Names that are shown.
pub(super) const NAMES: usize = 10;
/// Rows of a sample.
const ROWS: usize = 12;
/// Columns of a sample.
const COLUMNS: usize = 40;
/// Characters of a cell in a sample.
const CELL_CHARS: usize = 60;

/// A name as it was read.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleName {
    /// The given name; may be empty.
    pub given_name: String,
    /// The family name; may be empty.
    pub family_name: String,
}

/// Never prints a child's name.
impl fmt::Debug for SampleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SampleName(..)")
    }
}

/// The encoding a text file was read in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadEncoding {
    /// The encoding.
    pub encoding: TextEncoding,
    /// The encoding of the rows that are not valid in `encoding`: one program wrote into the file of another.
    pub other_rows: Option<TextEncoding>,
    /// Whether the file leaves no doubt. If `false`, a person chooses one of `candidates` before anything is applied.
    pub is_certain: bool,
    /// The encodings the file may have, the likeliest first; empty when it leaves no doubt.
    pub candidates: Vec<EncodingCandidate>,
}

/// An encoding that a file may have, with the names it gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncodingCandidate {
    /// The encoding; a caller sends it back in [`super::ReadOptions::encoding`].
    pub encoding: TextEncoding,
    /// Names as they read under it.
    pub names: Vec<SampleName>,
}

/// The first rows of a file, for a person who chooses columns by looking at them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// The sheets of a workbook; empty for text.
    pub sheets: Vec<String>,
    /// The sheet the rows are from.
    pub sheet: Option<String>,
    /// The rows.
    pub rows: Vec<SampleRow>,
}

/// One row of a sample.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleRow {
    /// The row as a spreadsheet shows it.
    pub row: u32,
    /// The cells. The column of a cell is its place: the first is `#1` in a mapping.
    pub cells: Vec<String>,
}

/// Never prints a child's name.
impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sample({} rows)", self.rows.len())
    }
}

/// Never prints a child's name.
impl fmt::Debug for SampleRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SampleRow({})", self.row)
    }
}

impl Sample {
    /// The first rows of a file.
    pub(super) fn of(rows: &[GridRow]) -> Self {
        let rows = rows.iter().take(ROWS).map(SampleRow::from).collect();
        Self { rows, ..Self::default() }
    }
}

impl From<&GridRow> for SampleRow {
    /// The cells as they are shown: cleaned, shortened, and without what is personal beyond need.
    fn from(row: &GridRow) -> Self {
        Self { row: row.number, cells: row.cells.iter().take(COLUMNS).map(shown).collect() }
    }
}

fn shown(raw: &str) -> String {
    let start: String = raw.chars().take(2 * CELL_CHARS).collect();
    let value = cell::clean(&start);
    if personal::holds_social_security_number(&value) || personal::holds_date(&value) {
        return "•••".to_owned();
    }
    value.chars().take(CELL_CHARS).collect()
}

/// Ten names of the rows, those with letters beyond ASCII first.
pub(super) fn names_of(rows: &[Row]) -> Vec<SampleName> {
    let is_plain = |row: &&Row| row.given_name.is_ascii() && row.family_name.is_ascii();
    rows.iter()
        .filter(|row| !is_plain(row))
        .chain(rows.iter().filter(is_plain))
        .take(NAMES)
        .map(|row| SampleName {
            given_name: row.given_name.clone(),
            family_name: row.family_name.clone(),
        })
        .collect()
}
