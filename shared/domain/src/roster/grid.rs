//! A row of cells from a text file or a workbook, before the meaning of its columns is known.

use csv::StringRecord;

use super::records::{Quotes, Record};

/// Damage that a program did to one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CellFault {
    /// The cell became a date.
    Date,
    /// The cell became a number that lost digits.
    Rounded,
    /// The cell is a formula error.
    FormulaError,
}

/// One non-empty row.
#[derive(Debug, Clone)]
pub(super) struct GridRow {
    /// The row number as in a spreadsheet.
    pub(super) number: u32,
    pub(super) cells: StringRecord,
    pub(super) quotes: Quotes,
    /// Whether the row has another encoding than the file.
    pub(super) is_other_encoding: bool,
    /// Whether an earlier conversion broke the row and it was repaired.
    pub(super) is_repaired: bool,
    /// Cells that a program damaged, by their position.
    pub(super) faults: Vec<(usize, CellFault)>,
    /// Cells of a merged area below its first row, by their position; they have its value.
    pub(super) merged: Vec<usize>,
}

impl GridRow {
    /// Creates a row of a workbook.
    pub(super) fn new(number: u32, cells: StringRecord) -> Self {
        Self {
            number,
            cells,
            quotes: Quotes::Standard,
            is_other_encoding: false,
            is_repaired: false,
            faults: Vec::new(),
            merged: Vec::new(),
        }
    }

    /// Returns the cell at a position; empty where the row has none.
    pub(super) fn cell(&self, at: usize) -> &str {
        self.cells.get(at).unwrap_or_default()
    }

    /// Returns the damage to the cell at a position.
    pub(super) fn fault(&self, at: usize) -> Option<CellFault> {
        self.faults.iter().find(|(place, _)| *place == at).map(|(_, fault)| *fault)
    }
}

impl From<Record> for GridRow {
    fn from(record: Record) -> Self {
        Self { quotes: record.quotes, ..Self::new(record.number, record.cells) }
    }
}
