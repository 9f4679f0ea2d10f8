//! Turns the cells of one row into a student, a refused row, or a row without a student.

use crate::camera_card::printable::unprintable_characters;

use super::grid::{CellFault, GridRow};
use super::records::Quotes;
use super::school_id::{self, ReadId};
use super::who::{self, Person};
use super::{
    Column, ColumnUse, Field, NameOrder, RefusedRow, Row, RowReason, RowWarning, SkipReason,
    SkippedRow, WarningReason, cell, columns, full_name, personal,
};

/// The result of reading one row.
pub(super) enum ReadRow {
    Student(Row),
    Refused(RefusedRow),
    Skipped(SkippedRow),
}

/// The positions of the fields in a row.
pub(super) struct Plan {
    positions: [(Field, Option<usize>); 6],
    full_name: Option<(usize, NameOrder)>,
    role: Option<usize>,
    status: Option<usize>,
    /// The headers of the columns that are read, in the form of [`columns::squeeze`].
    headers: Vec<(usize, String)>,
    width: usize,
    separator: Option<char>,
    takes_decimals: bool,
}

/// The problems found in one row while it is read.
#[derive(Default)]
struct Values {
    fault: Option<(Option<Field>, RowReason)>,
    damaged_id: Option<String>,
    warnings: Vec<RowWarning>,
}

impl Values {
    fn warn(&mut self, field: Option<Field>, reason: WarningReason) {
        self.warnings.push(RowWarning { field, reason });
    }

    fn fail(&mut self, field: Option<Field>, reason: RowReason) {
        self.fault = self.fault.or(Some((field, reason)));
    }
}

impl Plan {
    /// Creates the plan for the rows of a table. It inspects all rows for facts that one row does not show.
    pub(super) fn new(columns: &[Column], separator: Option<u8>, rows: &[GridRow]) -> Self {
        let place = |wanted| columns.iter().position(|column| column.becomes == wanted);
        let has_value = |at: &usize| rows.iter().any(|row| !row.cell(*at).trim().is_empty());
        let full_name = [NameOrder::LastFirst, NameOrder::FirstLast]
            .into_iter()
            .find_map(|order| Some((place(ColumnUse::FullName(order))?, order)));
        let id = place(ColumnUse::Field(Field::SchoolIssuedId));
        let headers = columns
            .iter()
            .enumerate()
            .filter(|(_, column)| match column.becomes {
                ColumnUse::Field(_) | ColumnUse::FullName(_) => true,
                ColumnUse::Role
                | ColumnUse::Status
                | ColumnUse::Refused(_)
                | ColumnUse::Ignored => false,
            })
            .map(|(at, column)| (at, columns::squeeze(&column.name)))
            .collect();
        Self {
            positions: Field::ALL.map(|field| (field, place(ColumnUse::Field(field)))),
            full_name,
            // A column that is empty in every row carries no information.
            role: place(ColumnUse::Role).filter(has_value),
            status: place(ColumnUse::Status),
            headers,
            width: columns.len(),
            separator: separator.map(char::from),
            takes_decimals: id
                .is_some_and(|at| rows.iter().any(|row| school_id::has_decimals(row.cell(at)))),
        }
    }

    /// Reads one row.
    pub(super) fn read(&self, row: &GridRow) -> ReadRow {
        if self.repeats_header(row) {
            return skipped(row, SkipReason::RepeatedHeader);
        }
        if self.width > 1 && who::is_footer(row) {
            return skipped(row, SkipReason::Footer);
        }
        match self.person(row) {
            Person::Student => self.student(row),
            Person::Other => skipped(row, SkipReason::NotAStudent),
            Person::Inactive => skipped(row, SkipReason::NotActive),
            Person::Unknown => {
                let mut values = Values::default();
                values.fail(None, RowReason::UnknownRole);
                self.finish(row, values)
            }
        }
    }

    /// Returns whether the row repeats the header's words in the columns that are read.
    fn repeats_header(&self, row: &GridRow) -> bool {
        let mut words = 0;
        let is_same = self.headers.iter().all(|(at, header)| {
            words += usize::from(!header.is_empty());
            columns::squeeze(row.cell(*at)) == *header
        });
        is_same && words > 0
    }

    fn person(&self, row: &GridRow) -> Person {
        let role = self.role.map_or(Person::Student, |at| who::of_role(row.cell(at)));
        let is_active = self.status.is_none_or(|at| who::is_active(row.cell(at)));
        if role == Person::Student && !is_active { Person::Inactive } else { role }
    }

    fn student(&self, row: &GridRow) -> ReadRow {
        let mut values = Values::default();
        if row.quotes == Quotes::Broken {
            values.fail(None, RowReason::BrokenQuotes);
        } else if row.cells.iter().skip(self.width).any(|cell| !cell.trim().is_empty()) {
            // The cells are shifted, so no value in the row can be trusted.
            values.fail(None, RowReason::TooManyCells);
        }
        for (is_so, reason) in [
            (row.quotes == Quotes::Repaired, WarningReason::QuotesRepaired),
            (row.is_other_encoding, WarningReason::OtherEncoding),
            (row.is_repaired, WarningReason::Repaired),
        ] {
            if is_so {
                values.warn(None, reason);
            }
        }
        self.finish(row, values)
    }

    /// Builds the student of a row. After an earlier fault, the cells are not read.
    fn finish(&self, row: &GridRow, mut values: Values) -> ReadRow {
        let is_readable = values.fault.is_none();
        let [given_name, family_name, school_issued_id, grade, class, teacher] =
            self.positions.map(|(field, at)| {
                let at = at.filter(|_| is_readable)?;
                self.field(field, at, row, &mut values)
            });
        let (given_name, family_name) = match self.full_name {
            Some((at, order)) if is_readable => self.names(at, order, row, &mut values),
            Some(_) | None => (given_name, family_name),
        };
        if given_name.is_none() && family_name.is_none() {
            values.fail(Some(Field::GivenName), RowReason::Missing);
        }
        let Values { fault, damaged_id, warnings } = values;
        let number = row.number;
        let Some((field, reason)) = fault else {
            return ReadRow::Student(Row {
                row: number,
                given_name: given_name.unwrap_or_default(),
                family_name: family_name.unwrap_or_default(),
                school_issued_id,
                grade,
                class,
                teacher,
                damaged_id,
                warnings,
            });
        };
        ReadRow::Refused(RefusedRow {
            row: number,
            field,
            reason,
            given_name,
            family_name,
            school_issued_id,
            class,
        })
    }

    /// Reads one field; `None` when it is empty or invalid.
    fn field(&self, field: Field, at: usize, row: &GridRow, values: &mut Values) -> Option<String> {
        let raw = row.cell(at);
        if row.merged.contains(&at) {
            // The rows of a merged cell never share a name or an id.
            if field.is_name() || field == Field::SchoolIssuedId {
                return None;
            }
            values.warn(Some(field), WarningReason::FilledDown);
        }
        let fault = row.fault(at);
        let checked = match (fault, field) {
            (Some(CellFault::FormulaError), Field::SchoolIssuedId) => Ok(Some("N/A".to_owned())),
            (Some(CellFault::FormulaError), _) => Err(RowReason::FormulaError),
            (Some(CellFault::Date), _) => Err(RowReason::DamagedBySpreadsheet),
            (Some(CellFault::Rounded) | None, _) => self.value(field, raw),
        };
        match checked {
            Ok(value) => {
                let value = value?;
                if cell::has_deceiving(raw) {
                    values.warn(Some(field), WarningReason::HiddenCharactersRemoved);
                }
                if raw.contains('<') {
                    values.warn(Some(field), WarningReason::MarkupRemoved);
                }
                if cell::has_quotes_around(raw) {
                    values.warn(Some(field), WarningReason::QuotesRepaired);
                }
                if field.is_name() && cell::mixes_scripts(&value) {
                    values.warn(Some(field), WarningReason::MixedScripts);
                }
                if field.is_name() && !unprintable_characters(&value).is_empty() {
                    values.warn(Some(field), WarningReason::WillNotPrint);
                }
                if field == Field::SchoolIssuedId {
                    return self.id(&value, fault == Some(CellFault::Rounded), values);
                }
                Some(value)
            }
            Err(reason) => {
                values.fail(Some(field), reason);
                None
            }
        }
    }

    /// Reads the id in a cleaned cell. An id that means "none" is dropped, and the student stays.
    fn id(&self, value: &str, is_rounded: bool, values: &mut Values) -> Option<String> {
        let field = Some(Field::SchoolIssuedId);
        match school_id::read(value, self.takes_decimals) {
            ReadId::Id { id, .. } | ReadId::Rounded(id) if is_rounded => {
                values.damaged_id = Some(id);
                values.warn(field, WarningReason::IdRounded);
                None
            }
            ReadId::Rounded(id) => {
                values.damaged_id = Some(id);
                values.warn(field, WarningReason::IdRounded);
                None
            }
            ReadId::Id { id, is_cleaned } => {
                if is_cleaned {
                    values.warn(field, WarningReason::IdCleaned);
                }
                Some(id)
            }
            ReadId::MeansNone => {
                values.warn(field, WarningReason::IdMeansNone);
                None
            }
            ReadId::Empty => None,
        }
    }

    /// Reads both names from one cell.
    fn names(
        &self,
        at: usize,
        order: NameOrder,
        row: &GridRow,
        values: &mut Values,
    ) -> (Option<String>, Option<String>) {
        let Some(whole) = self.field(Field::GivenName, at, row, values) else {
            return (None, None);
        };
        let Some((given, family)) = full_name::split(&whole, order) else {
            values.fail(Some(Field::GivenName), RowReason::NameNotSplit);
            return (None, None);
        };
        let kept = |name: String| Some(name).filter(|name| !name.is_empty());
        (kept(given), kept(family))
    }

    /// Reads and checks one cell; `None` when it is empty.
    fn value(&self, field: Field, raw: &str) -> Result<Option<String>, RowReason> {
        if raw.len() > cell::MAX_RAW_BYTES {
            return Err(RowReason::TooLong);
        }
        if raw.contains(['\n', '\r']) && self.separator.is_some_and(|sign| raw.contains(sign)) {
            return Err(RowReason::BrokenQuotes);
        }
        let value = cell::clean(raw);
        // Programs write a dash or a dot for an empty cell.
        let is_nothing = !value.contains(|c: char| c.is_alphanumeric() || is_beyond_latin(c));
        if value.is_empty() || (is_nothing && field != Field::SchoolIssuedId) {
            return Ok(None);
        }
        if value.len() > field.max_chars() && value.chars().count() > field.max_chars() {
            return Err(RowReason::TooLong);
        }
        if cell::is_unreadable(&value) || (field.is_name() && cell::has_lost_letter(&value)) {
            return Err(RowReason::UnreadableCharacters);
        }
        if field != Field::SchoolIssuedId && is_formula_error(&value) {
            return Err(RowReason::FormulaError);
        }
        if personal::holds_social_security_number(&value) {
            return Err(RowReason::LooksLikeSocialSecurityNumber);
        }
        if !field.is_name() && personal::is_eaten_by_a_date(&value) {
            return Err(RowReason::DamagedBySpreadsheet);
        }
        if personal::holds_date(&value) {
            return Err(RowReason::LooksLikeBirthDate);
        }
        let has_letter = value.contains(|c: char| c.is_alphabetic() || is_beyond_latin(c));
        if field.is_name() && !has_letter {
            return Err(RowReason::NotAName);
        }
        Ok(Some(value))
    }
}

fn skipped(row: &GridRow, reason: SkipReason) -> ReadRow {
    ReadRow::Skipped(SkippedRow { row: row.number, reason })
}

/// Returns whether a character counts as part of a name without being a Unicode letter: East Asian signs and emoji.
fn is_beyond_latin(c: char) -> bool {
    c >= '\u{2E80}'
}

fn is_formula_error(value: &str) -> bool {
    matches!(
        value,
        "#REF!" | "#NAME?" | "#VALUE!" | "#DIV/0!" | "#NUM!" | "#NULL!" | "#N/A" | "#SPILL!"
    ) || (value.len() > 3 && value.bytes().all(|byte| byte == b'#'))
}
