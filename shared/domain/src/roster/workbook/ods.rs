//! Workbooks of `LibreOffice` and Google: the text of each cell as a person sees it.

use std::io::Read as _;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::container::open_archive;
use super::number;
use super::sheet::{MergedArea, SheetCell, SheetCells};
use super::xml_spreadsheet::{attribute, count_of, push_reference};
use crate::roster::grid::{CellFault, GridRow};
use crate::roster::{MAX_ROWS, RosterError};

/// Maximum number of rows that are kept per sheet: more than a roster may have.
const MOST_ROWS: usize = MAX_ROWS + 100;
/// Maximum number of repeats of one cell. Columns beyond are not read.
const MOST_REPEATS: u32 = 256;

/// Returns the sheets of a workbook with their rows.
pub(super) fn sheets(bytes: &[u8]) -> Result<Vec<(String, Vec<GridRow>)>, RosterError> {
    let mut archive = open_archive(bytes)?;
    let mut text_of = |name: &str| -> Option<String> {
        let mut text = String::new();
        archive.by_name(name).ok()?.read_to_string(&mut text).ok()?;
        Some(text)
    };
    // The manifest declares encryption and is itself never encrypted.
    let manifest = text_of("META-INF/manifest.xml").ok_or(RosterError::SpreadsheetDamaged)?;
    if manifest.contains("encryption-data") {
        return Err(RosterError::PasswordProtected);
    }
    let content = text_of("content.xml").ok_or(RosterError::SpreadsheetDamaged)?;
    let mut sheets = Sheets::default();
    let mut reader = Reader::from_str(&content);
    loop {
        match reader.read_event().map_err(|_| RosterError::SpreadsheetDamaged)? {
            Event::Start(tag) => sheets.start(&tag),
            Event::Empty(tag) => {
                sheets.start(&tag);
                sheets.end(tag.name().as_ref());
            }
            Event::End(tag) => sheets.end(tag.name().as_ref()),
            Event::Text(text) => sheets.text(&text.xml10_content()),
            Event::CData(text) => sheets.text(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let mut text = String::new();
                push_reference(&reference, &mut text);
                sheets.text(&text);
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof => break,
        }
    }
    Ok(sheets.done)
}

/// The finished sheets, and the sheet that is being read.
#[derive(Default)]
struct Sheets {
    done: Vec<(String, Vec<GridRow>)>,
    name: String,
    cells: SheetCells,
    areas: Vec<MergedArea>,
    row: u32,
    row_repeats: u32,
    row_cells: Vec<(usize, SheetCell)>,
    column: usize,
    cell: Option<OpenCell>,
    /// Number of open notes and shapes. Their text does not belong to the cell.
    aside: u32,
}

/// The cell that is being read.
#[derive(Default)]
struct OpenCell {
    repeats: u32,
    text: String,
    value: Option<f64>,
    is_date: bool,
    is_in_paragraph: bool,
}

impl Sheets {
    fn start(&mut self, tag: &BytesStart<'_>) {
        match tag.name().as_ref() {
            "table:table" => {
                self.name = attribute(tag, "table:name").unwrap_or_default();
                self.row = 0;
            }
            "table:table-row" => {
                self.row_repeats = count_of(tag, "table:number-rows-repeated");
                self.column = 0;
                self.row_cells.clear();
            }
            "table:table-cell" | "table:covered-table-cell" => self.start_cell(tag),
            "office:annotation" | "draw:frame" | "draw:custom-shape" => self.aside += 1,
            "text:p" => {
                if let (0, Some(cell)) = (self.aside, &mut self.cell) {
                    if !cell.text.is_empty() {
                        cell.text.push('\n');
                    }
                    cell.is_in_paragraph = true;
                }
            }
            "text:s" | "text:tab" => self.text(" "),
            "text:line-break" => self.text("\n"),
            _ => {}
        }
    }

    fn start_cell(&mut self, tag: &BytesStart<'_>) {
        let kind = attribute(tag, "office:value-type").unwrap_or_default();
        let spanned = count_of(tag, "table:number-rows-spanned");
        if spanned > 1 {
            let bottom = self.row.saturating_add(spanned - 1);
            self.areas.push(MergedArea { top: self.row, bottom, left: self.column });
        }
        self.cell = Some(OpenCell {
            repeats: count_of(tag, "table:number-columns-repeated"),
            value: attribute(tag, "office:value").and_then(|value| value.parse().ok()),
            is_date: matches!(kind.as_str(), "date" | "time"),
            ..OpenCell::default()
        });
    }

    fn text(&mut self, text: &str) {
        if let (0, Some(cell)) = (self.aside, &mut self.cell)
            && cell.is_in_paragraph
        {
            cell.text.push_str(text);
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "text:p" => {
                if let (0, Some(cell)) = (self.aside, &mut self.cell) {
                    cell.is_in_paragraph = false;
                }
            }
            "office:annotation" | "draw:frame" | "draw:custom-shape" => {
                self.aside = self.aside.saturating_sub(1);
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let Some(cell) = self.cell.take() else { return };
                let repeats = cell.repeats;
                let read = cell.read();
                if !read.text.trim().is_empty() {
                    for at in 0..repeats.min(MOST_REPEATS) {
                        let column = self.column.saturating_add(usize::try_from(at).unwrap_or(0));
                        self.row_cells.push((column, read.clone()));
                    }
                }
                let repeats = usize::try_from(repeats).unwrap_or(usize::MAX);
                self.column = self.column.saturating_add(repeats);
            }
            "table:table-row" => self.end_row(),
            "table:table" => {
                let mut cells = std::mem::take(&mut self.cells);
                cells.fill(std::mem::take(&mut self.areas).into_iter());
                self.done.push((std::mem::take(&mut self.name), cells.into_rows()));
            }
            _ => {}
        }
    }

    fn end_row(&mut self) {
        let is_filled = !self.row_cells.is_empty();
        let mut at = 0;
        while is_filled && at < self.row_repeats && self.cells.height() < MOST_ROWS {
            for (column, cell) in &self.row_cells {
                self.cells.put(self.row.saturating_add(at), *column, cell.clone());
            }
            at += 1;
        }
        self.row = self.row.saturating_add(self.row_repeats);
    }
}

impl OpenCell {
    /// Returns the shown text. A number is formatted from its value, unless its text has only digits, hyphens and
    /// spaces.
    fn read(self) -> SheetCell {
        if self.is_date {
            return SheetCell::fault(self.text, CellFault::Date);
        }
        let is_plain = self.text.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | ' '));
        match self.value {
            Some(value) if !is_plain || self.text.is_empty() => number::shown(value, None),
            Some(_) | None => SheetCell::text(self.text),
        }
    }
}
