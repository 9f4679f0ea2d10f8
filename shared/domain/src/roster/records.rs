//! The rows of the file, numbered as a spreadsheet shows them.

use std::io::{Chain, Read as _};

use csv::StringRecord;

use super::RosterError;

/// Follows the text, so that a quote which is never closed is noticed: it swallows this row.
const END: &[u8] = b"\n\x04";
const END_CELL: &str = "\u{4}";

/// Reads rows one after the other, each with its number: the first row of the file is row 1.
///
/// Blank rows (no cell, or only empty ones) are counted, as a spreadsheet does, and not given out.
pub(super) struct Records<'text> {
    text: &'text str,
    reader: csv::Reader<Chain<&'text [u8], &'static [u8]>>,
    record: StringRecord,
    next_row: u32,
}

impl<'text> Records<'text> {
    pub(super) fn new(text: &'text str, separator: u8) -> Self {
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .from_reader(text.as_bytes().chain(END));
        Self { text, reader, record: StringRecord::new(), next_row: 1 }
    }

    /// The next row that holds something, or `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<(u32, &StringRecord)>, RosterError> {
        loop {
            let start = offset(self.reader.position().byte());
            let row = self.next_row.saturating_add(blank_lines(self.text, start));
            // Cells are cut at ASCII bytes out of valid UTF-8, and reading memory does not fail.
            let more =
                self.reader.read_record(&mut self.record).map_err(|_| RosterError::NotText)?;
            let end = offset(self.reader.position().byte());
            if !more {
                return Ok(None);
            }
            if end > self.text.len() + 1 {
                let is_end = self.record.len() == 1 && self.record.get(0) == Some(END_CELL);
                return if is_end { Ok(None) } else { Err(RosterError::UnclosedQuote { row }) };
            }
            self.next_row = row.saturating_add(1);
            if self.record.iter().any(|cell| !cell.trim().is_empty()) {
                return Ok(Some((row, &self.record)));
            }
        }
    }
}

fn offset(byte: u64) -> usize {
    usize::try_from(byte).unwrap_or(usize::MAX)
}

/// Empty lines from `start` on: the CSV reader skips them without a word.
fn blank_lines(text: &str, start: usize) -> u32 {
    let bytes = text.as_bytes();
    let mut rest = bytes.get(start..).unwrap_or_default();
    // The reader ends a row at `\r` and leaves the `\n` of that same line end behind.
    let after_return = start > 0 && bytes.get(start - 1) == Some(&b'\r');
    if let (true, [b'\n', more @ ..]) = (after_return, rest) {
        rest = more;
    }
    let mut lines = 0;
    loop {
        rest = match rest {
            [b'\r', b'\n', more @ ..] | [b'\r' | b'\n', more @ ..] => more,
            _ => return lines,
        };
        lines += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<Vec<(u32, Vec<String>)>, RosterError> {
        let mut records = Records::new(text, b',');
        let mut rows = Vec::new();
        while let Some((number, record)) = records.next()? {
            rows.push((number, record.iter().map(ToOwned::to_owned).collect()));
        }
        Ok(rows)
    }

    fn numbers(text: &str) -> Vec<u32> {
        rows(text).unwrap().into_iter().map(|(number, _)| number).collect()
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
        let read = rows("\"a,\"\"b\"\"\r\nc\",d\r\n").unwrap();
        assert_eq!(read, [(1, vec!["a,\"b\"\r\nc".to_owned(), "d".to_owned()])]);
    }

    #[test]
    fn a_quote_that_is_never_closed_is_noticed_with_its_row() {
        for text in ["a,b\nc,\"d\ne,f\n", "a,b\nc,\"d", "a\n\"\n"] {
            assert_eq!(rows(text).unwrap_err(), RosterError::UnclosedQuote { row: 2 }, "{text:?}");
        }
        // Only a quote at the start of a cell opens one.
        assert_eq!(numbers("a,b\nc,5\" d\ne,O\"Brien"), [1, 2, 3]);
    }

    #[test]
    fn the_end_mark_inside_a_file_ends_nothing() {
        assert_eq!(numbers("a\n\u{4}\nb"), [1, 2, 3]);
    }
}
