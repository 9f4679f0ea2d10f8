//! Samples of a file that a person checks before anything is written: names as read, and the first rows.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::grid::GridRow;
use super::text_encoding::TextEncoding;
use super::{Row, cell, personal};

/// Number of names shown.
pub(super) const NAMES: usize = 10;
/// Maximum rows of a sample.
const ROWS: usize = 12;
/// Maximum columns of a sample.
const COLUMNS: usize = 40;
/// Maximum characters of a cell in a sample.
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

/// The encoding in which a text file was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadEncoding {
    /// The encoding.
    pub encoding: TextEncoding,
    /// The encoding of rows that are invalid in `encoding`, because another program appended them.
    pub other_rows: Option<TextEncoding>,
    /// Whether the encoding is certain. If not, a person must choose one of `candidates` before anything is applied.
    pub is_certain: bool,
    /// The possible encodings, the most likely first; empty when the encoding is certain.
    pub candidates: Vec<EncodingCandidate>,
}

/// An encoding that a file may have, with sample names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncodingCandidate {
    /// The encoding; a caller sends it back in [`super::ReadOptions::encoding`].
    pub encoding: TextEncoding,
    /// Names decoded with it.
    pub names: Vec<SampleName>,
}

/// The first rows of a file, for a person who chooses columns.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// The sheets of a workbook; empty for text.
    pub sheets: Vec<String>,
    /// The sheet of the rows.
    pub sheet: Option<String>,
    /// The rows.
    pub rows: Vec<SampleRow>,
}

/// One row of a sample.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleRow {
    /// The row number as in a spreadsheet.
    pub row: u32,
    /// The cells. A cell's position is its column: the first is `#1` in a mapping.
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
    /// Takes the first rows of a file.
    pub(super) fn of(rows: &[GridRow]) -> Self {
        let rows = rows.iter().take(ROWS).map(SampleRow::from).collect();
        Self { rows, ..Self::default() }
    }
}

impl From<&GridRow> for SampleRow {
    /// Cleans and shortens the cells, and masks unneeded personal data.
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

/// Returns ten names of the rows, those with letters beyond ASCII first.
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
