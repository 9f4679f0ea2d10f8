//! Finds the table in a file: its separator, its header row and its columns.

use super::columns::{self, Column, ColumnUse, ColumnsError, Mapping};
use super::grid::GridRow;
use super::records::Records;
use super::{Field, ReadOptions, RosterError, Sample};

/// Maximum number of rows to search for the header. Exports put a title and a date above it.
pub(super) const HEADER_WITHIN: usize = 20;

/// Maximum number of rows to read when the caller names the header row.
const HEADER_SAID_WITHIN: usize = 1_000;

/// The separators that programs write.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The table in a file.
#[derive(Debug)]
pub(super) struct Table {
    /// The header's row number as in a spreadsheet; 0 when there is none.
    pub(super) header_row: u32,
    pub(super) columns: Vec<Column>,
}

/// Why no header was found, with the number of known and of filled columns in the most likely row.
#[derive(Debug)]
pub(super) struct HeaderFailure {
    known: usize,
    width: usize,
    pub(super) error: RosterError,
}

impl HeaderFailure {
    /// Returns whether this row is more likely the header than another one.
    pub(super) fn is_likelier_than(&self, other: &Self) -> bool {
        (self.known, self.width) > (other.known, other.width)
    }
}

/// Finds the separator and the header together: the separator for which most columns are known.
///
/// Cells are split exactly as they are read later, so a separator inside quotes does not count.
pub(super) fn find_in_text(text: &str, options: &ReadOptions) -> Result<(u8, Table), RosterError> {
    let mut best: Option<(usize, u8, Table)> = None;
    let mut failures = Vec::new();
    for separator in separators(text) {
        let rows: Vec<GridRow> = Records::new(text, separator)
            .take(rows_to_look_at(options))
            .map(GridRow::from)
            .collect();
        match find(&rows, options) {
            Ok(table) => {
                let known = known_columns(&table.columns);
                if best.as_ref().is_none_or(|(most, ..)| known > *most) {
                    best = Some((known, separator, table));
                }
            }
            Err(failure) => failures.push(failure),
        }
    }
    if let Some((_, separator, table)) = best {
        return Ok((separator, table));
    }
    // Report the most useful failure: from the separator with most known columns, then most columns.
    failures.sort_by_key(|failure| std::cmp::Reverse((failure.known, failure.width)));
    let most_likely = failures.into_iter().next();
    Err(most_likely.map_or(RosterError::Empty, |failure| failure.error))
}

/// Returns the number of rows to read for finding the header.
pub(super) fn rows_to_look_at(options: &ReadOptions) -> usize {
    if options.header_row.is_some() { HEADER_SAID_WITHIN } else { HEADER_WITHIN }
}

/// Returns the separator that the first line declares (`sep=;`), or all candidates.
fn separators(text: &str) -> Vec<u8> {
    let line = text.lines().next().unwrap_or_default().trim_matches(['"', ' ', ',', '\t']);
    let said = line.get(..4).filter(|start| start.eq_ignore_ascii_case("sep="));
    let separator = said.and_then(|_| line.as_bytes().get(4)).copied().filter(u8::is_ascii);
    match separator {
        Some(separator) if separator != b'"' => vec![separator],
        Some(_) | None => SEPARATORS.to_vec(),
    }
}

fn known_columns(columns: &[Column]) -> usize {
    columns.iter().filter(|column| column.becomes != ColumnUse::Ignored).count()
}

/// Finds the header among the first rows of a file.
pub(super) fn find(rows: &[GridRow], options: &ReadOptions) -> Result<Table, HeaderFailure> {
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
    let mut likeliest: Option<HeaderFailure> = None;
    let candidates = rows.iter().filter(|row| match options.header_row {
        Some(said) => row.number == said,
        None => true,
    });
    for row in candidates {
        match header(row, rows, &options.mapping) {
            Ok(columns) => return Ok(Table { header_row: row.number, columns }),
            Err(failure) => {
                if likeliest.as_ref().is_none_or(|best| failure.known > best.known) {
                    likeliest = Some(failure);
                }
            }
        }
    }
    // A file without a header is accepted when the caller's mapping names columns by position.
    let may_have_none = options.header_row.is_none_or(|said| said == 0);
    let is_by_place =
        !options.mapping.is_empty() && options.mapping.0.keys().all(|name| name.starts_with('#'));
    if may_have_none
        && is_by_place
        && let Ok(columns) = columns::by_place(width, &options.mapping)
        && missing_names(&columns).is_empty()
    {
        return Ok(Table { header_row: 0, columns });
    }
    let sample = Box::new(Sample::of(rows));
    Err(likeliest.unwrap_or_else(|| {
        let missing = vec![Field::GivenName, Field::FamilyName];
        let error = if rows.is_empty() {
            RosterError::Empty
        } else {
            RosterError::NoHeader { missing, found: Vec::new(), sample }
        };
        HeaderFailure { known: 0, width, error }
    }))
}

/// Recognises the columns of a row that may be the header.
fn header(
    row: &GridRow,
    rows: &[GridRow],
    mapping: &Mapping,
) -> Result<Vec<Column>, HeaderFailure> {
    let width = row.cells.iter().filter(|cell| !cell.trim().is_empty()).count();
    let sample = || Box::new(Sample::of(rows));
    let failed = |known, error| Err(HeaderFailure { known, width, error });
    let mut columns = match columns::recognise(&row.cells, mapping) {
        Ok(columns) => columns,
        Err(ColumnsError::Choose { field, columns }) => {
            let known = known_without(mapping, row);
            return failed(
                known.max(columns.len()),
                RosterError::ChooseColumn { field, columns, sample: sample() },
            );
        }
        // A row that does not fit the mapping may be the title above the header.
        Err(ColumnsError::Mapping(error)) => return failed(known_without(mapping, row), error),
    };
    let missing = missing_names(&columns);
    if missing.is_empty() {
        return Ok(columns);
    }
    if missing.len() == 2
        && let Some((at, said)) = columns::full_name(&columns)
        && let Some(column) = columns.get_mut(at)
    {
        let order = said.or_else(|| super::full_name::order_of(cells_below(row, rows, at)));
        if let Some(order) = order {
            column.becomes = ColumnUse::FullName(order);
            return Ok(columns);
        }
        let column = column.name.clone();
        // A title like "Students" alone in its row does not name a column.
        let known = known_columns(&columns) + usize::from(width > 1);
        return failed(known, RosterError::ChooseNameOrder { column, sample: sample() });
    }
    let found = columns.iter().map(|column| column.name.clone()).collect();
    failed(known_columns(&columns), RosterError::NoHeader { missing, found, sample: sample() })
}

/// Returns the number of columns that are known by their names alone.
fn known_without(mapping: &Mapping, row: &GridRow) -> usize {
    let by_names = if mapping.is_empty() {
        None
    } else {
        columns::recognise(&row.cells, &Mapping::default()).ok()
    };
    by_names.map_or(0, |columns| known_columns(&columns))
}

/// Returns the cells of one column in the rows below a header.
fn cells_below<'a>(
    header: &GridRow,
    rows: &'a [GridRow],
    at: usize,
) -> impl Iterator<Item = &'a str> {
    let number = header.number;
    rows.iter().filter(move |row| row.number > number).map(move |row| row.cell(at))
}

/// Returns the name fields without a column.
fn missing_names(columns: &[Column]) -> Vec<Field> {
    let has = |field: Field| {
        columns.iter().any(|column| match column.becomes {
            ColumnUse::Field(found) => found == field,
            ColumnUse::FullName(_) => true,
            ColumnUse::Role | ColumnUse::Status | ColumnUse::Refused(_) | ColumnUse::Ignored => {
                false
            }
        })
    };
    Field::ALL.into_iter().filter(|field| field.is_name() && !has(*field)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (char, u32, usize) {
        let (separator, table) = find_in_text(text, &ReadOptions::default()).unwrap();
        (char::from(separator), table.header_row, table.columns.len())
    }

    fn failure(text: &str) -> RosterError {
        find_in_text(text, &ReadOptions::default()).unwrap_err()
    }

    #[test]
    fn the_separator_is_found_whatever_stands_inside_quotes() {
        assert_eq!(found("First,Last\nAnn,Lee"), (',', 1, 2));
        assert_eq!(found("First;Last;\"Class, room; wing\"\n"), (';', 1, 3));
        assert_eq!(found("First\tLast\tNotes, if any, or; so\n"), ('\t', 1, 3));
        assert_eq!(found("First|Last|Class\n"), ('|', 1, 3));
        assert_eq!(found("\"First\",\"Last\",\"a;b;c;d;e\"\n"), (',', 1, 3));
    }

    #[test]
    fn the_header_may_stand_below_a_title() {
        assert_eq!(found("Oak School, roster\n\nsep=;\nFirst;Last\nAnn;Lee\n"), (';', 4, 2));
        assert_eq!(found("sep=;\nFirst;Last\nAnn;Lee\n"), (';', 2, 2));
        assert_eq!(found("Students\nName,Grade\n\"Lee, Ann\",3\n"), (',', 2, 2));
    }

    #[test]
    fn without_a_header_the_likeliest_row_is_shown() {
        let error = failure("Oak School\nFirst;Surname of child;Grade\nAnn;Lee;3\n");
        let RosterError::NoHeader { missing, found, sample } = error else { panic!("{error:?}") };
        assert_eq!(missing, [Field::FamilyName]);
        assert_eq!(found, ["First", "Surname of child", "Grade"]);
        assert_eq!(sample.rows[2].cells, ["Ann", "Lee", "3"]);
    }

    #[test]
    fn names_behind_a_contact_are_not_taken_for_the_students() {
        let error = failure("Contact 1,First Name,Last Name,Student ID\nMother,Mary,Lee,7\n");
        assert_eq!(error.code(), "roster_choose_column");
        let students = "Contact 1,First Name,Last Name,Student First Name,Student Last Name\n";
        let (_, table) = find_in_text(students, &ReadOptions::default()).unwrap();
        assert_eq!(table.columns[3].becomes, ColumnUse::Field(Field::GivenName));
        assert_eq!(table.columns[1].becomes, ColumnUse::Ignored);
    }

    #[test]
    fn one_column_of_names_is_read_only_in_a_clear_order() {
        use super::super::NameOrder;
        let name =
            |text: &str| find_in_text(text, &ReadOptions::default()).unwrap().1.columns[0].becomes;
        let last_first = ColumnUse::FullName(NameOrder::LastFirst);
        assert_eq!(name("Name;Grade\nLee, Ann;3\nDay, Bob;4\n"), last_first);
        assert_eq!(name("\"Last, First\",Grade\n"), last_first);
        assert_eq!(name("Nombre y apellidos;Curso\n"), ColumnUse::FullName(NameOrder::FirstLast));
        assert_eq!(name("Name;Vorname\nLee;Ann\n"), ColumnUse::Field(Field::FamilyName));
        assert_eq!(failure("Name,Grade\nAnn Lee,3\n").code(), "roster_choose_name_order");
    }
}
