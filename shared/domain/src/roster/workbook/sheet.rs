//! The rows of one sheet while its cells arrive in any order.

use std::collections::BTreeMap;

use csv::StringRecord;

use crate::roster::grid::{CellFault, GridRow};

/// Maximum number of columns that are kept.
const MAX_COLUMNS: usize = 256;
/// Maximum number of cells that are filled from merged ones.
const MOST_FILLED: usize = 500_000;

/// One cell as text.
#[derive(Debug, Clone, Default)]
pub(super) struct SheetCell {
    pub(super) text: String,
    pub(super) fault: Option<CellFault>,
    is_merged: bool,
}

impl SheetCell {
    pub(super) fn text(text: String) -> Self {
        Self { text, fault: None, is_merged: false }
    }

    pub(super) fn fault(text: String, fault: CellFault) -> Self {
        Self { text, fault: Some(fault), is_merged: false }
    }
}

/// The left column of a merged area. Rows and columns count from 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct MergedArea {
    pub(super) top: u32,
    pub(super) bottom: u32,
    pub(super) left: usize,
}

/// The cells of one sheet.
#[derive(Debug, Default)]
pub(super) struct SheetCells {
    rows: BTreeMap<u32, BTreeMap<usize, SheetCell>>,
}

impl SheetCells {
    /// Stores a non-empty cell. Row and column count from 0.
    pub(super) fn put(&mut self, row: u32, column: usize, cell: SheetCell) {
        if column < MAX_COLUMNS && !cell.text.trim().is_empty() {
            self.rows.entry(row).or_default().insert(column, cell);
        }
    }

    /// Returns the number of non-empty rows.
    pub(super) fn height(&self) -> usize {
        self.rows.len()
    }

    /// Copies the first cell of each merged area into the cells below it.
    pub(super) fn fill(&mut self, areas: impl Iterator<Item = MergedArea>) {
        let mut filled = 0;
        for area in areas.filter(|area| area.bottom > area.top) {
            let first = self.rows.get(&area.top).and_then(|row| row.get(&area.left));
            let Some(first) = first.cloned() else { continue };
            for (_, row) in self.rows.range_mut(area.top + 1..=area.bottom) {
                row.entry(area.left)
                    .or_insert_with(|| SheetCell { is_merged: true, ..first.clone() });
                filled += 1;
                if filled > MOST_FILLED {
                    return;
                }
            }
        }
    }

    /// Returns the non-empty rows, numbered from 1.
    pub(super) fn into_rows(self) -> Vec<GridRow> {
        self.rows.into_iter().map(|(number, cells)| row(number, cells)).collect()
    }
}

fn row(number: u32, cells: BTreeMap<usize, SheetCell>) -> GridRow {
    let mut record = StringRecord::new();
    let mut faults = Vec::new();
    let mut merged = Vec::new();
    for (column, cell) in cells {
        while record.len() < column {
            record.push_field("");
        }
        record.push_field(&cell.text);
        faults.extend(cell.fault.map(|fault| (column, fault)));
        if cell.is_merged {
            merged.push(column);
        }
    }
    GridRow { faults, merged, ..GridRow::new(number.saturating_add(1), record) }
}
