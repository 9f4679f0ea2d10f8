//! The rows of a text file, numbered as in a spreadsheet.
//!
//! Programs write quotes in more ways than the CSV standard allows. A row with invalid quotes is parsed again on its
//! own line with looser rules, so that one wrong quote never swallows the rows below it.

use csv::StringRecord;

/// Maximum size of a quoted cell, in bytes. Source: a cell of Excel takes at most 32,767 characters.
const MAX_QUOTED_BYTES: usize = 32 * 1024;

/// How the quotes of a row were parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// By the standard.
    Standard,
    /// By looser rules; the cells are still clear.
    Repaired,
    /// A quote is opened and never closed on its line.
    Broken,
}

/// One row of a text file.
#[derive(Debug)]
pub(super) struct Record {
    /// The row number as in a spreadsheet.
    pub(super) number: u32,
    pub(super) cells: StringRecord,
    /// The position in the text where the row ends.
    pub(super) end: usize,
    pub(super) quotes: Quotes,
}

/// Iterates over the rows. The first row of the file is row 1.
///
/// Blank rows (no cell, or only empty ones) are counted, as in a spreadsheet, but not returned.
pub(super) struct Records<'text> {
    text: &'text str,
    separator: u8,
    /// The header's number of cells, once known. A row with line breaks must have as many.
    width: Option<usize>,
    at: usize,
    next_row: u32,
}

impl<'text> Records<'text> {
    pub(super) fn new(text: &'text str, separator: u8) -> Self {
        Self { text, separator, width: None, at: 0, next_row: 1 }
    }

    pub(super) fn with_width(text: &'text str, separator: u8, width: usize) -> Self {
        Self { width: Some(width), ..Self::new(text, separator) }
    }

    /// Parses one row by the standard, or on its own line by looser rules.
    fn read(&self) -> (StringRecord, usize, Quotes) {
        if let Some((cells, end)) = self.read_standard() {
            let line_end = self.line_end(self.at);
            let is_one_line = end <= line_end;
            if is_one_line || self.width.is_none_or(|width| width == cells.len()) {
                return (cells, end, Quotes::Standard);
            }
        }
        self.read_line()
    }

    /// Returns the cells and the end of the row; `None` when a quote is invalid.
    fn read_standard(&self) -> Option<(StringRecord, usize)> {
        let bytes = self.text.as_bytes();
        let mut cells = StringRecord::new();
        let mut at = self.at;
        loop {
            let start = self.after_spaces(at);
            if bytes.get(start) == Some(&b'"') {
                let (cell, after) = self.read_quoted(start + 1)?;
                cells.push_field(&cell);
                at = after;
            } else {
                let rest = bytes.get(at..).unwrap_or_default();
                let length = rest.iter().position(|byte| self.ends_cell(*byte));
                let end = at + length.unwrap_or(rest.len());
                cells.push_field(self.text.get(at..end).unwrap_or_default());
                at = end;
            }
            if bytes.get(at) != Some(&self.separator) {
                return Some((cells, at));
            }
            at += 1;
        }
    }

    /// Parses the quoted cell that begins at `start`. Returns its text and the position after it.
    fn read_quoted(&self, start: usize) -> Option<(String, usize)> {
        let bytes = self.text.as_bytes();
        let window = bytes.get(start..bytes.len().min(start + MAX_QUOTED_BYTES))?;
        let mut cell = String::new();
        let mut from = start;
        let mut offset = 0;
        while let Some(found) = window.get(offset..)?.iter().position(|byte| *byte == b'"') {
            let quote = start + offset + found;
            cell.push_str(self.text.get(from..quote)?);
            if bytes.get(quote + 1) == Some(&b'"') {
                cell.push('"');
                from = quote + 2;
                offset = from - start;
                continue;
            }
            let after = self.after_spaces(quote + 1);
            let is_end = bytes.get(after).is_none_or(|byte| self.ends_cell(*byte));
            return is_end.then_some((cell, after));
        }
        None
    }

    /// Parses only this line. A quote ends a cell only before a separator or the end of the line.
    fn read_line(&self) -> (StringRecord, usize, Quotes) {
        let end = self.line_end(self.at);
        let mut rest = self.text.get(self.at..end).unwrap_or_default();
        let separator = char::from(self.separator);
        let mut cells = StringRecord::new();
        let mut quotes = Quotes::Repaired;
        loop {
            let cell = rest.trim_start_matches(' ');
            if let Some(inside) = cell.strip_prefix('"') {
                let Some((text, after)) = quoted_loosely(inside, separator) else {
                    cells.push_field(cell);
                    quotes = Quotes::Broken;
                    break;
                };
                cells.push_field(&text);
                match after.strip_prefix(separator) {
                    Some(more) => rest = more,
                    None => break,
                }
            } else if let Some((text, more)) = rest.split_once(separator) {
                cells.push_field(text);
                rest = more;
            } else {
                cells.push_field(rest);
                break;
            }
        }
        (cells, end, quotes)
    }

    fn ends_cell(&self, byte: u8) -> bool {
        byte == self.separator || matches!(byte, b'\n' | b'\r')
    }

    fn after_spaces(&self, at: usize) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        at + rest.iter().take_while(|byte| **byte == b' ').count()
    }

    fn line_end(&self, at: usize) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        let length = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        at + length.unwrap_or(rest.len())
    }

    /// Skips one line end; `false` where there is none.
    fn skip_line_end(&mut self) -> bool {
        let bytes = self.text.as_bytes();
        self.at += match (bytes.get(self.at), bytes.get(self.at + 1)) {
            (Some(b'\r'), Some(b'\n')) => 2,
            (Some(b'\r' | b'\n'), _) => 1,
            _ => return false,
        };
        true
    }
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        while self.at < self.text.len() {
            let (cells, end, quotes) = self.read();
            let number = self.next_row;
            self.next_row = number.saturating_add(1);
            self.at = end;
            // A row is followed by a line end or by the end of the text.
            let is_at_end = !self.skip_line_end();
            if cells.iter().any(|cell| !cell.trim().is_empty()) {
                return Some(Record { number, cells, end, quotes });
            }
            if is_at_end {
                return None;
            }
        }
        None
    }
}

/// Returns the text of a cell after its opening quote, and the rest after its closing quote; `None` without one.
///
/// `Robert "Bob"",` is `Robert "Bob"`: the doubled quote closes the inner quote and then the cell.
fn quoted_loosely(inside: &str, separator: char) -> Option<(String, &str)> {
    let is_end = |text: &str| {
        let after = text.trim_start_matches(' ');
        after.is_empty() || after.starts_with(separator)
    };
    let mut cell = String::new();
    let mut rest = inside;
    let mut is_open_inside = false;
    while let Some((before, after)) = rest.split_once('"') {
        cell.push_str(before);
        if let Some(after_two) = after.strip_prefix('"') {
            cell.push('"');
            if is_open_inside && is_end(after_two) {
                return Some((cell, after_two.trim_start_matches(' ')));
            }
            rest = after_two;
        } else if is_end(after) {
            return Some((cell, after.trim_start_matches(' ')));
        } else {
            cell.push('"');
            is_open_inside = !is_open_inside;
            rest = after;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
        let cells = |record: Record| record.cells.iter().map(ToOwned::to_owned).collect();
        Records::new(text, b',').map(|record| (record.number, cells(record))).collect()
    }

    fn numbers(text: &str) -> Vec<u32> {
        rows(text).into_iter().map(|(number, _)| number).collect()
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_shows_them() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "", "c,d", ",", "\"e\nf\",g", "", "", "h"].join(end);
            assert_eq!(numbers(&text), [1, 3, 5, 8], "{end:?}");
            assert_eq!(numbers(&format!("{end}{end}{text}{end}{end}")), [3, 5, 7, 10], "{end:?}");
        }
    }

    #[test]
    fn a_quoted_cell_keeps_its_separators_line_breaks_and_quotes() {
        let read = rows("\"a,\"\"b\"\"\r\nc\", \"d\" \r\n");
        assert_eq!(read, [(1, vec!["a,\"b\"\r\nc".to_owned(), "d".to_owned()])]);
    }

    #[test]
    fn a_quote_that_is_never_closed_breaks_its_own_row_only() {
        for text in ["a,b\nc,\"d\ne,f\n", "a,b\nc,\"d\ne,\"\"\n"] {
            let read: Vec<Quotes> = Records::new(text, b',').map(|row| row.quotes).collect();
            assert_eq!(read, [Quotes::Standard, Quotes::Broken, Quotes::Standard], "{text:?}");
        }
        // Only a quote at the start of a cell opens a quoted cell.
        assert_eq!(numbers("a,b\nc,5\" d\ne,O\"Brien"), [1, 2, 3]);
    }

    #[test]
    fn quotes_inside_quotes_are_read_without_their_doubles() {
        for (line, name) in [
            ("\"Robert \"Bob\"\",Smith", "Robert \"Bob\""),
            ("\"William \"Bill\" J\",Smith", "William \"Bill\" J"),
            ("\"Ann \"\"Annie\"\"\",Smith", "Ann \"Annie\""),
        ] {
            assert_eq!(rows(line), [(1, vec![name.to_owned(), "Smith".to_owned()])], "{line}");
        }
    }

    #[test]
    fn a_stray_quote_swallows_no_row_of_another_width() {
        let text = "a,b,c\nd,\"e,f\ng,\"h\",i\n";
        let read: Vec<usize> =
            Records::with_width(text, b',', 3).map(|row| row.cells.len()).collect();
        assert_eq!(read.len(), 3);
    }

    #[test]
    fn many_open_quotes_take_no_long_time() {
        let text = "\"a,b\n".repeat(20_000);
        let start = std::time::Instant::now();
        assert_eq!(Records::new(&text, b',').count(), 20_000);
        assert!(start.elapsed() < std::time::Duration::from_secs(10));
    }
}
