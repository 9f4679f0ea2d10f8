//! A row of cells before it is known what they mean, whether it comes from a text or from a workbook.

use csv::StringRecord;

use super::records::{Quotes, Record};

/// What a program did to one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CellFault {
    /// It is a date now.
    Date,
    /// It is a number that lost digits.
    Rounded,
    /// It is the error of a formula.
    FormulaError,
}

/// One row that holds something.
#[derive(Debug, Clone)]
pub(super) struct GridRow {
    /// The row as a spreadsheet shows it.
    pub(super) number: u32,
    pub(super) cells: StringRecord,
    pub(super) quotes: Quotes,
    /// The row is in another encoding than the file.
    pub(super) is_other_encoding: bool,
    /// The row was broken by an earlier conversion and is repaired.
    pub(super) is_repaired: bool,
    /// Cells that a program has damaged, by their place.
    pub(super) faults: Vec<(usize, CellFault)>,
    /// Cells below the first one of a merged area, by their place: they hold its value.
    pub(super) merged: Vec<usize>,
}

impl GridRow {
    /// A row of a workbook.
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

    /// The cell at a place; empty where the row has none.
    pub(super) fn cell(&self, at: usize) -> &str {
        self.cells.get(at).unwrap_or_default()
    }

    /// What a program did to the cell at a place.
    pub(super) fn fault(&self, at: usize) -> Option<CellFault> {
        self.faults.iter().find(|(place, _)| *place == at).map(|(_, fault)| *fault)
    }
}

impl From<Record> for GridRow {
    fn from(record: Record) -> Self {
        Self { quotes: record.quotes, ..Self::new(record.number, record.cells) }
    }
}
