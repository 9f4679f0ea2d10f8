//! An HTML page with a table, saved as `.xls`: many school systems offer it as "Excel".

use std::collections::BTreeMap;

use html5gum::{StartTag, Token, Tokenizer};

use super::sheet::{MergedArea, SheetCell, SheetCells};
use crate::roster::grid::GridRow;
use crate::roster::text_encoding::TextEncoding;
use crate::roster::{MAX_ROWS, RosterError, encoding};

/// Number of bytes in which a page declares its encoding.
const START_BYTES: usize = 2_048;
/// Maximum depth of nested tables.
const MOST_NESTED: usize = 16;

/// Returns the tables of a page with their rows. Rows and columns count from 0.
pub(super) fn sheets(
    bytes: &[u8],
    forced: Option<TextEncoding>,
) -> Result<Vec<(String, Vec<GridRow>)>, RosterError> {
    let decoded = match encoding::decode(bytes, forced.or_else(|| said_encoding(bytes))) {
        // Decode a page that declares a wrong encoding by its bytes instead.
        Ok(decoded) if decoded.text.contains(char::REPLACEMENT_CHARACTER) => {
            encoding::decode(bytes, None)?
        }
        decoded => decoded?,
    };
    let mut page = Page::default();
    for Ok(token) in Tokenizer::new(decoded.text.as_ref()) {
        match token {
            Token::StartTag(tag) => page.start(&tag),
            Token::EndTag(tag) => page.end(&tag.name),
            Token::String(text) => page.text(&String::from_utf8_lossy(&text)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    while !page.open.is_empty() {
        page.end(b"table");
    }
    Ok(page.done)
}

/// Returns the encoding that the page declares in its `<meta>`.
fn said_encoding(bytes: &[u8]) -> Option<TextEncoding> {
    let start = bytes.get(..bytes.len().min(START_BYTES)).unwrap_or_default();
    let text = String::from_utf8_lossy(start).to_lowercase();
    let (_, after) = text.split_once("charset=")?;
    let label: String = after
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    // UTF-8 needs no declaration: valid UTF-8 is detected, and invalid UTF-8 was not written as UTF-8.
    TextEncoding::for_web_label(label.as_bytes()).filter(|found| *found != TextEncoding::Utf8)
}

#[derive(Default)]
struct Page {
    done: Vec<(String, Vec<GridRow>)>,
    open: Vec<OpenTable>,
}

/// A table that is being read.
#[derive(Default)]
struct OpenTable {
    cells: SheetCells,
    areas: Vec<MergedArea>,
    next_row: u32,
    row: u32,
    /// The column of the next cell.
    column: usize,
    /// The first column of the open cell.
    start: usize,
    cell: Option<String>,
    /// Columns that a cell above still covers, with the first row that it does not cover.
    covered: BTreeMap<usize, u32>,
}

impl Page {
    fn start(&mut self, tag: &StartTag<()>) {
        let name: &[u8] = &tag.name;
        if name == b"table" && self.open.len() < MOST_NESTED {
            self.open.push(OpenTable::default());
        }
        let Some(table) = self.open.last_mut() else { return };
        match name {
            b"tr" => table.start_row(),
            b"td" | b"th" => table.start_cell(tag),
            b"br" | b"p" | b"div" => table.text(" "),
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        let Some(table) = self.open.last_mut() else { return };
        match name {
            b"td" | b"th" | b"tr" => table.end_cell(),
            b"table" => {
                table.end_cell();
                if let Some(mut table) = self.open.pop() {
                    table.cells.fill(std::mem::take(&mut table.areas).into_iter());
                    let number = self.done.len() + 1;
                    self.done.push((format!("Table {number}"), table.cells.into_rows()));
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(table) = self.open.last_mut() {
            table.text(text);
        }
    }
}

impl OpenTable {
    fn start_row(&mut self) {
        self.end_cell();
        self.row = self.next_row;
        self.next_row = self.next_row.saturating_add(1);
        self.column = 0;
    }

    fn start_cell(&mut self, tag: &StartTag<()>) {
        self.end_cell();
        let span = |name: &[u8]| {
            let value =
                tag.attributes.get(name).map(|value| String::from_utf8_lossy(value).into_owned());
            value
                .and_then(|value| value.trim().parse::<u32>().ok())
                .unwrap_or(1)
                .clamp(1, 1_000_000)
        };
        while self.covered.get(&self.column).is_some_and(|end| *end > self.row) {
            self.column += 1;
        }
        let (across, down) = (span(b"colspan").min(256), span(b"rowspan"));
        if down > 1 {
            let bottom = self.row.saturating_add(down - 1);
            self.areas.push(MergedArea { top: self.row, bottom, left: self.column });
            for at in 0..usize::try_from(across).unwrap_or(1) {
                self.covered.insert(self.column + at, bottom.saturating_add(1));
            }
        }
        // The cell is stored at its first column; the next cell comes after its last one.
        self.cell = Some(String::new());
        self.start = self.column;
        self.column += usize::try_from(across).unwrap_or(1);
    }

    fn text(&mut self, text: &str) {
        if let Some(cell) = &mut self.cell {
            cell.push_str(text);
        }
    }

    fn end_cell(&mut self) {
        let Some(text) = self.cell.take() else { return };
        if self.cells.height() <= MAX_ROWS + 100 {
            let text: Vec<&str> = text.split_whitespace().collect();
            self.cells.put(self.row, self.start, SheetCell::text(text.join(" ")));
        }
    }
}
