//! The XML format of Excel 2002 and 2003, which many programs still save as `.xls`.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::number;
use super::sheet::{MergedArea, SheetCell, SheetCells};
use crate::roster::grid::{CellFault, GridRow};
use crate::roster::{MAX_ROWS, RosterError, encoding};

/// Returns the sheets of a workbook with their rows.
pub(super) fn sheets(bytes: &[u8]) -> Result<Vec<(String, Vec<GridRow>)>, RosterError> {
    let text = encoding::decode(bytes, None)?.text;
    let mut reader = Reader::from_str(&text);
    reader.config_mut().check_end_names = false;
    let mut book = Book::default();
    loop {
        match reader.read_event().map_err(|_| RosterError::SpreadsheetDamaged)? {
            Event::Start(tag) => book.start(&tag),
            Event::Empty(tag) => {
                book.start(&tag);
                book.end(tag.local_name().as_ref());
            }
            Event::End(tag) => book.end(tag.local_name().as_ref()),
            Event::Text(text) => book.text(&text.xml10_content()),
            Event::CData(text) => book.text(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let mut text = String::new();
                push_reference(&reference, &mut text);
                book.text(&text);
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof => break,
        }
    }
    Ok(book.done)
}

/// The finished sheets, and the sheet that is being read. Rows and columns count from 0.
#[derive(Default)]
struct Book {
    done: Vec<(String, Vec<GridRow>)>,
    name: String,
    cells: SheetCells,
    areas: Vec<MergedArea>,
    next_row: u32,
    row: u32,
    next_column: usize,
    column: usize,
    kind: Option<String>,
    value: String,
}

impl Book {
    fn start(&mut self, tag: &BytesStart<'_>) {
        match tag.local_name().as_ref() {
            "Worksheet" => {
                self.name = attribute(tag, "ss:Name").unwrap_or_default();
                self.next_row = 0;
            }
            "Row" => {
                self.row = index(tag).unwrap_or(self.next_row);
                self.next_row = self.row.saturating_add(1);
                self.next_column = 0;
            }
            "Cell" => {
                let said = index(tag).and_then(|index| usize::try_from(index).ok());
                self.column = said.unwrap_or(self.next_column);
                let across = number_of(tag, "ss:MergeAcross").unwrap_or(0);
                self.next_column = self
                    .column
                    .saturating_add(1)
                    .saturating_add(usize::try_from(across).unwrap_or(0));
                let down = number_of(tag, "ss:MergeDown").unwrap_or(0);
                if down > 0 {
                    let bottom = self.row.saturating_add(down);
                    self.areas.push(MergedArea { top: self.row, bottom, left: self.column });
                }
            }
            "Data" => {
                self.kind = Some(attribute(tag, "ss:Type").unwrap_or_default());
                self.value.clear();
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.kind.is_some() {
            self.value.push_str(text);
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "Data" => {
                let Some(kind) = self.kind.take() else { return };
                let value = std::mem::take(&mut self.value);
                let cell = match (kind.as_str(), value.trim().parse::<f64>()) {
                    ("Number", Ok(number)) => number::shown(number, None),
                    ("DateTime", _) => SheetCell::fault(value, CellFault::Date),
                    ("Error", _) => SheetCell::fault(value, CellFault::FormulaError),
                    _ => SheetCell::text(value),
                };
                if self.cells.height() <= MAX_ROWS + 100 {
                    self.cells.put(self.row, self.column, cell);
                }
            }
            "Worksheet" => {
                let mut cells = std::mem::take(&mut self.cells);
                cells.fill(std::mem::take(&mut self.areas).into_iter());
                self.done.push((std::mem::take(&mut self.name), cells.into_rows()));
            }
            _ => {}
        }
    }
}

/// Returns the declared position of a row or cell, from 0; `None` where the file declares none.
fn index(tag: &BytesStart<'_>) -> Option<u32> {
    number_of(tag, "ss:Index")?.checked_sub(1)
}

fn number_of(tag: &BytesStart<'_>, name: &str) -> Option<u32> {
    attribute(tag, name)?.trim().parse().ok()
}

/// Returns an attribute of a tag, unescaped.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.try_get_attribute(name).ok()??;
    let value = found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?;
    Some(value.into_owned())
}

/// Returns a count attribute, or 1 where it is absent.
pub(super) fn count_of(tag: &BytesStart<'_>, name: &str) -> u32 {
    number_of(tag, name).unwrap_or(1)
}

/// Appends the character of `&amp;` or `&#233;`; a space for an unknown entity.
pub(super) fn push_reference(reference: &BytesRef<'_>, text: &mut String) {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        text.push(c);
    } else {
        let name = reference.xml10_content();
        text.push_str(quick_xml::escape::resolve_predefined_entity(&name).unwrap_or(" "));
    }
}
