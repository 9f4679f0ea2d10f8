//! Workbooks, and files that claim to be one: detects the format and the sheet with the roster.

mod container;
mod excel;
mod html;
mod number;
mod ods;
mod sheet;
mod xml_spreadsheet;

use self::excel::Excel;
use super::grid::GridRow;
use super::reading::read_rows;
use super::table::{self, HeaderFailure, Table};
use super::{FileFormat, MAX_ROWS, ReadOptions, Roster, RosterError, encoding};

/// Maximum number of sheets to search for a header.
const MOST_SHEETS: usize = 50;

/// Returns the format of a file; `None` for plain text.
///
/// # Errors
///
/// When it is a container of another kind, such as a Numbers or Word document.
pub(super) fn format_of(bytes: &[u8]) -> Result<Option<FileFormat>, RosterError> {
    container::format_of(bytes)
}

/// Reads the roster in a file of this format.
pub(super) fn read(
    bytes: &[u8],
    format: FileFormat,
    options: &ReadOptions,
) -> Result<Roster, RosterError> {
    let mut book = match format {
        FileFormat::Xlsx => Book::Excel(Excel::open_xlsx(bytes)?),
        FileFormat::Xls => Book::Excel(Excel::open_xls(bytes)?),
        FileFormat::Ods => Book::Read(ods::sheets(bytes)?),
        FileFormat::Html => Book::Read(html::sheets(bytes, options.encoding)?),
        FileFormat::XmlSpreadsheet => Book::Read(xml_spreadsheet::sheets(bytes)?),
        FileFormat::Text => return Err(RosterError::NotText),
    };
    let sheets = book.names();
    let (sheet, table) = find_sheet(&mut book, &sheets, options)?;
    let mut rows = book.rows(&sheet, MAX_ROWS + table::HEADER_WITHIN)?;
    rows.retain(|row| row.number > table.header_row);
    if rows.len() > MAX_ROWS {
        return Err(RosterError::TooManyRows { limit: MAX_ROWS });
    }
    rows.iter_mut().for_each(repair);
    let roster = read_rows(table, &rows, None)?;
    Ok(Roster { format, sheets, sheet: Some(sheet), ..roster })
}

/// Repairs cells that were broken before they came into the workbook.
fn repair(row: &mut GridRow) {
    let cell = |cell: &str| {
        encoding::repaired_cell(cell).map_or((cell.to_owned(), false), |cell| (cell, true))
    };
    if row.cells.iter().all(str::is_ascii) {
        return;
    }
    let cells: Vec<(String, bool)> = row.cells.iter().map(cell).collect();
    if cells.iter().any(|(_, is_repaired)| *is_repaired) {
        row.is_repaired = true;
        row.cells = cells.into_iter().map(|(cell, _)| cell).collect();
    }
}

/// Returns the caller's sheet, or the first sheet with the header of a roster.
fn find_sheet(
    book: &mut Book<'_>,
    sheets: &[String],
    options: &ReadOptions,
) -> Result<(String, Table), RosterError> {
    if let Some(wanted) = &options.sheet
        && !sheets.contains(wanted)
    {
        return Err(RosterError::UnknownSheet { sheet: wanted.clone(), sheets: sheets.to_vec() });
    }
    let mut likeliest: Option<(HeaderFailure, &String)> = None;
    let candidates =
        sheets.iter().filter(|name| options.sheet.as_ref().is_none_or(|wanted| wanted == *name));
    for name in candidates.take(MOST_SHEETS) {
        let rows = book.rows(name, table::rows_to_look_at(options))?;
        match table::find(&rows, options) {
            Ok(table) => return Ok((name.clone(), table)),
            Err(failure) => {
                if likeliest.as_ref().is_none_or(|(best, _)| failure.is_likelier_than(best)) {
                    likeliest = Some((failure, name));
                }
            }
        }
    }
    let Some((failure, name)) = likeliest else { return Err(RosterError::Empty) };
    let mut error = failure.error;
    error.set_sheet(sheets, name);
    Err(error)
}

/// An open workbook.
enum Book<'bytes> {
    Excel(Excel<'bytes>),
    /// All sheets with their names, already read.
    Read(Vec<(String, Vec<GridRow>)>),
}

impl Book<'_> {
    fn names(&self) -> Vec<String> {
        match self {
            Self::Excel(excel) => excel.names(),
            Self::Read(sheets) => sheets.iter().map(|(name, _)| name.clone()).collect(),
        }
    }

    /// Returns the first non-empty rows of a sheet, at most `most` plus one.
    fn rows(&mut self, name: &str, most: usize) -> Result<Vec<GridRow>, RosterError> {
        match self {
            Self::Excel(excel) => excel.rows(name, most),
            Self::Read(sheets) => {
                let sheet = sheets.iter().find(|(found, _)| found == name);
                let rows = sheet.map(|(_, rows)| rows.as_slice()).unwrap_or_default();
                Ok(rows.iter().take(most.saturating_add(1)).cloned().collect())
            }
        }
    }
}

#[cfg(test)]
mod tests;
