//! Reads a roster file: bytes to a table, and its rows to students.

use super::grid::GridRow;
use super::plan::{Plan, ReadRow};
use super::records::Records;
use super::table::{self, Table};
use super::text_encoding::TextEncoding;
use super::{
    ColumnUse, EncodingCandidate, Field, FileFormat, MAX_BYTES, MAX_ROWS, ReadEncoding,
    ReadOptions, Roster, RosterError, Sample, encoding, workbook,
};

/// Number of lines that are decoded again in each possible encoding.
const CANDIDATE_LINES: usize = 60;
/// Maximum size of such a line, in bytes.
const CANDIDATE_LINE_BYTES: usize = 4_000;

/// Reads a roster file. Format, encoding, separator, header and columns are detected; each option overrides one.
///
/// # Errors
///
/// Says what is wrong with the whole file. Problems of single rows are in [`Roster::refused`].
pub fn read(bytes: &[u8], options: &ReadOptions) -> Result<Roster, RosterError> {
    if bytes.len() > MAX_BYTES {
        return Err(RosterError::TooLarge { limit_bytes: MAX_BYTES });
    }
    match workbook::format_of(bytes)? {
        Some(format) => workbook::read(bytes, format, options),
        None => read_text(bytes, options),
    }
}

/// Reads a text file.
fn read_text(bytes: &[u8], options: &ReadOptions) -> Result<Roster, RosterError> {
    let decoded = encoding::decode(bytes, options.encoding)?;
    let (separator, table) = table::find_in_text(&decoded.text, options)?;
    let mut rows = Vec::new();
    let mut other_lines = Marks::new(&decoded.other_lines);
    let mut repaired_lines = Marks::new(&decoded.repaired_lines);
    for record in Records::with_width(&decoded.text, separator, table.columns.len()) {
        let end = record.end;
        let mut row = GridRow::from(record);
        row.is_other_encoding = other_lines.is_before(end);
        row.is_repaired = repaired_lines.is_before(end);
        if row.number > table.header_row {
            rows.push(row);
        }
        if rows.len() > MAX_ROWS {
            return Err(RosterError::TooManyRows { limit: MAX_ROWS });
        }
    }
    fill_down(&table, &mut rows);
    let mut roster = read_rows(table, &rows, Some(separator))?;
    roster.encoding = Some(ReadEncoding {
        encoding: decoded.encoding,
        other_rows: decoded.other_rows,
        is_certain: decoded.candidates.is_empty(),
        candidates: candidates(bytes, options, &decoded.candidates),
    });
    Ok(roster)
}

/// Positions in a text in ascending order, for queries in ascending order.
struct Marks<'a> {
    rest: std::iter::Peekable<std::slice::Iter<'a, usize>>,
}

impl<'a> Marks<'a> {
    fn new(places: &'a [usize]) -> Self {
        Self { rest: places.iter().peekable() }
    }

    /// Returns whether a position lies before `end` and not before the `end` of the previous query.
    fn is_before(&mut self, end: usize) -> bool {
        let mut is_found = false;
        while self.rest.next_if(|place| **place < end).is_some() {
            is_found = true;
        }
        is_found
    }
}

/// Reads the students from the rows of a table.
pub(super) fn read_rows(
    table: Table,
    rows: &[GridRow],
    separator: Option<u8>,
) -> Result<Roster, RosterError> {
    let plan = Plan::new(&table.columns, separator, rows);
    let mut roster = Roster {
        format: FileFormat::Text,
        encoding: None,
        sheets: Vec::new(),
        sheet: None,
        header_row: table.header_row,
        columns: table.columns,
        rows: Vec::new(),
        refused: Vec::new(),
        skipped: Vec::new(),
        first_rows: Sample::of(rows).rows,
    };
    for row in rows {
        match plan.read(row) {
            ReadRow::Student(student) => roster.rows.push(student),
            ReadRow::Refused(refused) => roster.refused.push(refused),
            ReadRow::Skipped(skipped) => roster.skipped.push(skipped),
        }
    }
    if roster.rows.is_empty() && roster.refused.is_empty() {
        return Err(RosterError::NoRows);
    }
    Ok(roster)
}

/// Fills down the class where a spreadsheet with merged cells was saved as text.
///
/// Only in a clear case: the first column has a class, grade or teacher in its first row, each value occurs once, and
/// at least half of the rows are blank.
fn fill_down(table: &Table, rows: &mut [GridRow]) {
    const GROUPS: [Field; 3] = [Field::Class, Field::Grade, Field::Teacher];
    let is_group = table.columns.first().is_some_and(|column| {
        GROUPS.iter().any(|field| column.becomes == ColumnUse::Field(*field))
    });
    let value = |row: &GridRow| row.cell(0).trim().to_owned();
    let filled: Vec<String> = rows.iter().map(value).filter(|cell| !cell.is_empty()).collect();
    let different: std::collections::BTreeSet<&String> = filled.iter().collect();
    let starts_filled = rows.first().is_some_and(|row| !row.cell(0).trim().is_empty());
    let is_merged = filled.len() >= 2
        && different.len() == filled.len()
        && rows.len() >= filled.len().saturating_mul(2);
    if !(is_group && starts_filled && is_merged) {
        return;
    }
    let mut current = String::new();
    for row in rows {
        if row.cell(0).trim().is_empty() {
            let rest = row.cells.iter().skip(1);
            row.cells = std::iter::once(current.as_str()).chain(rest).collect();
            row.merged.push(0);
        } else {
            row.cell(0).clone_into(&mut current);
        }
    }
}

/// Returns sample names in each encoding that the file may have.
fn candidates(
    bytes: &[u8],
    options: &ReadOptions,
    encodings: &[TextEncoding],
) -> Vec<EncodingCandidate> {
    if encodings.is_empty() {
        return Vec::new();
    }
    let is_line_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let start = bytes.split_inclusive(is_line_end).take(table::HEADER_WITHIN + 1);
    let odd = bytes
        .split_inclusive(is_line_end)
        .skip(table::HEADER_WITHIN + 1)
        .filter(|line| !line.is_ascii())
        .take(CANDIDATE_LINES);
    let short = |line: &&[u8]| line.len() <= CANDIDATE_LINE_BYTES;
    let excerpt: Vec<u8> = start.chain(odd).filter(short).flatten().copied().collect();
    let names = |encoding: &TextEncoding| {
        let options = ReadOptions { encoding: Some(*encoding), ..options.clone() };
        let roster = read_text(&excerpt, &options).ok()?;
        Some(EncodingCandidate { encoding: *encoding, names: roster.sample_names() })
    };
    encodings.iter().filter_map(names).collect()
}
