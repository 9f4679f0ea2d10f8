//! Excel workbooks: the XML formats since 2007 and the binary format before. Macros are never run.

use std::io::{Cursor, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, Reader as _, SheetVisible, Xls, XlsError, Xlsx, XlsxError};

use super::container::open_archive;
use super::number::{self, DigitPattern};
use super::sheet::{MergedArea, SheetCell, SheetCells};
use crate::roster::RosterError;
use crate::roster::grid::{CellFault, GridRow};

/// Maximum number of cells in the used ranges of an `.xls`, over all sheets. Memory is allocated for them.
const MOST_XLS_CELLS: u64 = 8_000_000;

/// An open Excel workbook.
pub(super) enum Excel<'bytes> {
    Xlsx(Box<Xlsx<Cursor<&'bytes [u8]>>>),
    Xls(Box<Xls<Cursor<&'bytes [u8]>>>),
}

/// Runs a parser for untrusted files. A panic in it means a damaged file, not an error of this program.
fn guarded<T>(parse: impl FnOnce() -> Result<T, RosterError>) -> Result<T, RosterError> {
    catch_unwind(AssertUnwindSafe(parse)).unwrap_or(Err(RosterError::SpreadsheetDamaged))
}

impl<'bytes> Excel<'bytes> {
    /// Opens an `.xlsx` or `.xlsm`.
    pub(super) fn open_xlsx(bytes: &'bytes [u8]) -> Result<Self, RosterError> {
        drop(open_archive(bytes)?);
        guarded(|| Ok(Self::Xlsx(Box::new(Xlsx::new(Cursor::new(bytes)).map_err(of_xlsx)?))))
    }

    /// Opens an `.xls`.
    pub(super) fn open_xls(bytes: &'bytes [u8]) -> Result<Self, RosterError> {
        if cells_of_xls(bytes)? > MOST_XLS_CELLS {
            return Err(RosterError::UnpacksTooLarge {
                limit_bytes: crate::roster::MAX_UNPACKED_BYTES,
            });
        }
        guarded(|| {
            let opened = Xls::new(Cursor::new(bytes)).map_err(|error| {
                if matches!(error, XlsError::Password) {
                    RosterError::PasswordProtected
                } else {
                    RosterError::SpreadsheetDamaged
                }
            });
            Ok(Self::Xls(Box::new(opened?)))
        })
    }

    /// Returns the sheet names, visible sheets first.
    pub(super) fn names(&self) -> Vec<String> {
        let sheets = match self {
            Self::Xlsx(book) => book.sheets_metadata(),
            Self::Xls(book) => book.sheets_metadata(),
        };
        let is_seen = |sheet: &&calamine::Sheet| sheet.visible == SheetVisible::Visible;
        let seen = sheets.iter().filter(is_seen);
        let hidden = sheets.iter().filter(|sheet| !is_seen(sheet));
        seen.chain(hidden).map(|sheet| sheet.name.clone()).collect()
    }

    /// Returns the first rows of a sheet, at most `most` plus one. A chart or macro sheet has none.
    pub(super) fn rows(&mut self, name: &str, most: usize) -> Result<Vec<GridRow>, RosterError> {
        guarded(|| match self {
            Self::Xlsx(book) => rows_of_xlsx(book, name, most),
            Self::Xls(book) => rows_of_xls(book, name, most),
        })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "an error is mapped by value")]
fn of_xlsx(error: XlsxError) -> RosterError {
    if matches!(error, XlsxError::Password) {
        RosterError::PasswordProtected
    } else {
        RosterError::SpreadsheetDamaged
    }
}

fn rows_of_xlsx(
    book: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    most: usize,
) -> Result<Vec<GridRow>, RosterError> {
    let mut sheet = SheetCells::default();
    {
        let mut cells = match book.worksheet_cells_reader(name) {
            Ok(cells) => cells,
            Err(XlsxError::NotAWorksheet(_)) => return Ok(Vec::new()),
            Err(error) => return Err(of_xlsx(error)),
        };
        let patterns: Vec<Option<DigitPattern>> = cells
            .styles()
            .iter()
            .map(|style| DigitPattern::parse(&style.number_format.as_ref()?.format_code))
            .collect();
        while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(of_xlsx)? {
            let (row, column) = cell.get_position();
            let pattern = patterns.get(style).and_then(Option::as_ref);
            let text = match cell.get_value() {
                DataRef::SharedString(text) => SheetCell::text((*text).to_owned()),
                DataRef::String(text) => SheetCell::text(text.clone()),
                DataRef::Empty => continue,
                DataRef::Int(number) => of_data(&Data::Int(*number), pattern),
                DataRef::Float(number) => of_data(&Data::Float(*number), pattern),
                DataRef::Bool(value) => of_data(&Data::Bool(*value), pattern),
                DataRef::DateTime(time) => of_data(&Data::DateTime(*time), pattern),
                DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                    SheetCell::fault(text.clone(), CellFault::Date)
                }
                DataRef::Error(error) => {
                    SheetCell::fault(error.to_string(), CellFault::FormulaError)
                }
            };
            sheet.put(row, usize::try_from(column).unwrap_or(usize::MAX), text);
            if sheet.height() > most {
                break;
            }
        }
    }
    // Merged cells are optional: when they cannot be read, the sheet is read without them.
    if let Ok(areas) = book.merge_cells_by_sheet_name(name) {
        sheet.fill(areas.iter().map(area));
    }
    Ok(sheet.into_rows())
}

fn rows_of_xls(
    book: &mut Xls<Cursor<&[u8]>>,
    name: &str,
    most: usize,
) -> Result<Vec<GridRow>, RosterError> {
    let range = book.worksheet_range(name).map_err(|_| RosterError::SpreadsheetDamaged)?;
    let (top, left) = range.start().unwrap_or_default();
    let mut sheet = SheetCells::default();
    for (row, column, value) in range.used_cells() {
        let number = u32::try_from(row).unwrap_or(u32::MAX).saturating_add(top);
        let column = column.saturating_add(usize::try_from(left).unwrap_or(usize::MAX));
        sheet.put(number, column, of_data(value, None));
        if sheet.height() > most {
            break;
        }
    }
    if let Ok(areas) = book.merge_cells_by_sheet_name(name) {
        sheet.fill(areas.iter().map(area));
    }
    Ok(sheet.into_rows())
}

fn area(area: &calamine::Dimensions) -> MergedArea {
    MergedArea {
        top: area.start.0,
        bottom: area.end.0,
        left: usize::try_from(area.start.1).unwrap_or(usize::MAX),
    }
}

fn of_data(value: &Data, pattern: Option<&DigitPattern>) -> SheetCell {
    match value {
        Data::Int(number) => SheetCell::text(match pattern {
            Some(_) => return whole(*number, pattern),
            None => number.to_string(),
        }),
        Data::Float(number) => number::shown(*number, pattern),
        Data::String(text) => SheetCell::text(text.clone()),
        Data::Bool(value) => SheetCell::text(if *value { "TRUE" } else { "FALSE" }.to_owned()),
        Data::DateTime(time) => number::date(time.as_f64()),
        Data::DateTimeIso(text) | Data::DurationIso(text) => {
            SheetCell::fault(text.clone(), CellFault::Date)
        }
        Data::Error(error) => SheetCell::fault(error.to_string(), CellFault::FormulaError),
        Data::Empty => SheetCell::default(),
    }
}

/// Formats an integer with its pattern. Below 10^15, a float holds it exactly.
fn whole(number: i64, pattern: Option<&DigitPattern>) -> SheetCell {
    match number.to_string().parse::<f64>() {
        Ok(value) => number::shown(value, pattern),
        Err(_) => SheetCell::text(number.to_string()),
    }
}

/// Returns the number of cells in the used ranges of all sheets of an `.xls`.
///
/// It reads rows and columns from the cell records of the workbook. Source: MS-XLS, sections 2.3 and 2.4.
fn cells_of_xls(bytes: &[u8]) -> Result<u64, RosterError> {
    let damaged = |_| RosterError::SpreadsheetDamaged;
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(damaged)?;
    let name = if file.exists("/Workbook") { "/Workbook" } else { "/Book" };
    let mut stream = Vec::new();
    file.open_stream(name).map_err(damaged)?.read_to_end(&mut stream).map_err(damaged)?;
    let mut cells: u64 = 0;
    let mut outermost: Option<Outermost> = None;
    let mut rest = stream.as_slice();
    while let (Some(kind), Some(length)) = (number_at(rest, 0), number_at(rest, 2)) {
        let Some((body, after)) =
            rest.get(4..).and_then(|rest| rest.split_at_checked(usize::from(length)))
        else {
            break;
        };
        rest = after;
        if kind == BEGIN_OF_SHEET {
            cells = cells.saturating_add(outermost.take().map_or(0, Outermost::area));
        }
        if let (true, Some(row), Some(first)) =
            (CELL_RECORDS.contains(&kind), number_at(body, 0), number_at(body, 2))
        {
            // A record of several cells ends with its last column.
            let last = number_at(body, body.len().saturating_sub(2))
                .filter(|_| SEVERAL_CELLS.contains(&kind))
                .map_or(first, |last| last.max(first));
            let before =
                outermost.unwrap_or(Outermost { top: row, left: first, bottom: row, right: last });
            outermost = Some(Outermost {
                top: before.top.min(row),
                left: before.left.min(first),
                bottom: before.bottom.max(row),
                right: before.right.max(last),
            });
        }
    }
    Ok(cells.saturating_add(outermost.map_or(0, Outermost::area)))
}

/// Record type of the start of a sheet.
const BEGIN_OF_SHEET: u16 = 0x0809;
/// Record types of cells. They begin with row and column.
const CELL_RECORDS: [u16; 11] =
    [0x0201, 0x0203, 0x0204, 0x0205, 0x0006, 0x027E, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0406];
/// Record types of several cells in one row.
const SEVERAL_CELLS: [u16; 2] = [0x00BD, 0x00BE];

/// The used range of a sheet.
#[derive(Clone, Copy)]
struct Outermost {
    top: u16,
    left: u16,
    bottom: u16,
    right: u16,
}

impl Outermost {
    fn area(self) -> u64 {
        let rows = u64::from(self.bottom.saturating_sub(self.top)) + 1;
        rows * (u64::from(self.right.saturating_sub(self.left)) + 1)
    }
}

/// Reads a little-endian number of two bytes.
fn number_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|two| u16::from_le_bytes(*two))
}
