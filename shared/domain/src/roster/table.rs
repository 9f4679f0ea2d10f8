//! Where the table is in the text: which separator, which row is the header.

use super::columns::{self, Column, ColumnUse, Mapping};
use super::records::Records;
use super::{Field, RosterError};

/// Rows in which the header is looked for: exports put a title and a date above it.
const HEADER_WITHIN: usize = 20;

/// The separators spreadsheets write.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// The table of a file.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) separator: u8,
    /// The header's row as a spreadsheet shows it.
    pub(super) header_row: u32,
    pub(super) columns: Vec<Column>,
}

/// Finds separator and header together: the row that names both names of a student, read with the separator under
/// which most columns are known. Cells are cut by a CSV reader, so a separator inside quotes counts for nothing.
pub(super) fn find(text: &str, mapping: Option<&Mapping>) -> Result<Table, RosterError> {
    let mut best: Option<(usize, Table)> = None;
    let mut failures = Vec::new();
    for separator in SEPARATORS {
        match header(text, separator, mapping) {
            Ok(table) => {
                let known = known_columns(&table.columns);
                if best.as_ref().is_none_or(|(most, _)| known > *most) {
                    best = Some((known, table));
                }
            }
            Err(failure) => failures.push(failure),
        }
    }
    if let Some((_, table)) = best {
        return Ok(table);
    }
    // The failure under the separator that cut the most columns is the one that tells the most.
    failures.sort_by_key(|failure| std::cmp::Reverse(failure.width));
    let most_likely = failures.into_iter().next();
    Err(most_likely.map_or(RosterError::Empty, |failure| failure.error))
}

fn known_columns(columns: &[Column]) -> usize {
    columns.iter().filter(|column| column.becomes != ColumnUse::Ignored).count()
}

/// Why no header was found under one separator, and how many columns its most likely row has.
struct Failure {
    width: usize,
    error: RosterError,
}

fn header(text: &str, separator: u8, mapping: Option<&Mapping>) -> Result<Table, Failure> {
    let failed = |width, error| Failure { width, error };
    let mut likeliest: Option<(usize, Failure)> = None;
    let mut records = Records::new(text, separator);
    for _ in 0..HEADER_WITHIN {
        let (row, record) = match records.next() {
            Ok(Some(found)) => found,
            Ok(None) => break,
            Err(error) => return Err(failed(1, error)),
        };
        // A row that does not fit the mapping may still be the title above the header.
        let (known, failure) = match columns::recognise(record, mapping) {
            Ok(columns) => {
                let missing: Vec<Field> = Field::ALL
                    .into_iter()
                    .filter(|field| field.is_name())
                    .filter(|field| !columns.iter().any(|c| c.becomes == ColumnUse::Field(*field)))
                    .collect();
                if missing.is_empty() {
                    return Ok(Table { separator, header_row: row, columns });
                }
                let found = columns.iter().map(|column| column.name.clone()).collect();
                (
                    known_columns(&columns),
                    RosterError::NoHeader { missing, found, sample: Box::default() },
                )
            }
            Err(error) => {
                let known =
                    columns::recognise(record, None).map_or(0, |columns| known_columns(&columns));
                (known, error)
            }
        };
        if likeliest.as_ref().is_none_or(|(most, _)| known > *most) {
            likeliest = Some((known, failed(record.len(), failure)));
        }
    }
    Err(likeliest.map_or_else(|| failed(0, RosterError::Empty), |(_, failure)| failure))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (char, u32, usize) {
        let table = find(text, None).unwrap();
        (char::from(table.separator), table.header_row, table.columns.len())
    }

    #[test]
    fn the_separator_is_found_whatever_stands_inside_quotes() {
        assert_eq!(found("First,Last\nAnn,Lee"), (',', 1, 2));
        assert_eq!(found("First;Last;\"Class, room; wing\"\n"), (';', 1, 3));
        assert_eq!(found("First\tLast\tNotes, if any, or; so\n"), ('\t', 1, 3));
        assert_eq!(found("\"First\",\"Last\",\"a;b;c;d;e\"\n"), (',', 1, 3));
    }

    #[test]
    fn the_header_may_stand_below_a_title() {
        assert_eq!(found("Oak School, roster\n\nsep=;\nFirst;Last\nAnn;Lee\n"), (';', 4, 2));
    }

    #[test]
    fn without_a_header_the_likeliest_row_is_shown() {
        let error =
            find("Oak School\nFirst;Surname of child;Grade\nAnn;Lee;3\n", None).unwrap_err();
        assert_eq!(
            error,
            RosterError::NoHeader {
                missing: vec![Field::FamilyName],
                found: vec!["First".into(), "Surname of child".into(), "Grade".into()],
                sample: Box::default(),
            }
        );
    }
}
