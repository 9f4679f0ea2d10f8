//! The header: the use of each column, detected from its name or given by the caller.

mod names;
mod refused;

use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::{Field, RosterError, cell};

/// Maximum number of columns to read. The widest exports have about 100; a row with a million is an attack.
const MAX_COLUMNS: usize = 256;

/// One column of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The column header, cleaned.
    pub name: String,
    /// The use of the column.
    pub becomes: ColumnUse,
}

/// The use of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnUse {
    /// Its cells are this field.
    Field(Field),
    /// Its cells are the whole name.
    FullName(NameOrder),
    /// Its cells are the person's role at the school; only students are read.
    Role,
    /// Its cells are the record's status.
    Status,
    /// Unneeded personal data: its cells were never read.
    Refused(RefusedColumnReason),
    /// An unknown header: its cells were never read.
    Ignored,
}

/// The order of the names in a column with whole names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum NameOrder {
    /// `Lee, Ann`.
    #[serde(rename = "full_name_last_first")]
    LastFirst,
    /// `Ann Lee`.
    #[serde(rename = "full_name_first_last")]
    FirstLast,
}

/// Why a column is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusedColumnReason {
    /// A date or place of birth, or an age.
    BirthDate,
    /// A number issued by the state: social security, passport, identity card.
    GovernmentNumber,
    /// The student's address.
    Address,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    EmailAddress,
    /// Health, medication, disability, special education.
    Health,
    /// Gender, sex or pronouns.
    Gender,
    /// Race, ethnicity, nationality, language, religion, immigration.
    Origin,
    /// Parents, guardians, emergency contacts, custody.
    Family,
    /// A password, a PIN or a user name.
    Credential,
    /// Scores, behaviour, attendance.
    SchoolRecord,
    /// Income, meals, fees.
    Money,
}

impl RefusedColumnReason {
    /// Returns the stable code in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::BirthDate => "birth_date",
            Self::GovernmentNumber => "government_number",
            Self::Address => "address",
            Self::Phone => "phone",
            Self::EmailAddress => "email_address",
            Self::Health => "health",
            Self::Gender => "gender",
            Self::Origin => "origin",
            Self::Family => "family",
            Self::Credential => "credential",
            Self::SchoolRecord => "school_record",
            Self::Money => "money",
        }
    }
}

/// The use that a caller wants for a column: a field's code, an order of names, `role`, `status` or `ignore`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MapTo {
    /// Do not read the column.
    Ignore,
    /// Read it as the person's role at the school.
    Role,
    /// Read it as the record's status.
    Status,
    /// Read it as the whole name.
    #[serde(untagged)]
    FullName(NameOrder),
    /// Read it as this field.
    #[serde(untagged)]
    Field(Field),
}

/// Columns and their wanted uses, by header or by position (`#1` is the first).
///
/// The mapping decides only for the columns it names; the others are detected by name as without a mapping. A refused
/// column stays refused whatever the mapping says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mapping(pub BTreeMap<String, MapTo>);

impl Mapping {
    /// Returns whether the caller decides nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Builds the mapping that was used. Refused columns are left out, because there is no choice.
    ///
    /// A column is named by its position where its header is empty or not unique.
    pub(super) fn used(columns: &[Column], by_place: bool) -> Self {
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for column in columns {
            *times.entry(&column.name).or_default() += 1;
        }
        let mut mapping = BTreeMap::new();
        for (at, column) in columns.iter().enumerate() {
            let to = match column.becomes {
                ColumnUse::Field(field) => MapTo::Field(field),
                ColumnUse::FullName(order) => MapTo::FullName(order),
                ColumnUse::Role => MapTo::Role,
                ColumnUse::Status => MapTo::Status,
                ColumnUse::Ignored => MapTo::Ignore,
                ColumnUse::Refused(_) => continue,
            };
            let is_unique = !column.name.is_empty() && times.get(column.name.as_str()) == Some(&1);
            let name = if is_unique && !by_place { column.name.clone() } else { place(at) };
            mapping.insert(name, to);
        }
        Self(mapping)
    }
}

/// Formats the name of a column by its position: `#1` is the first.
pub(super) fn place(at: usize) -> String {
    format!("#{}", at + 1)
}

/// Why the columns of a header cannot be recognised.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ColumnsError {
    /// The caller's mapping does not fit.
    Mapping(RosterError),
    /// Several columns may be the same field.
    Choose { field: Field, columns: Vec<String> },
}

/// Recognises the use of each column of a header.
pub(super) fn recognise(
    header: &StringRecord,
    mapping: &Mapping,
) -> Result<Vec<Column>, ColumnsError> {
    let names: Vec<String> = header.iter().take(MAX_COLUMNS).map(header_name).collect();
    let mut search = Search {
        squeezed: names.iter().map(|name| squeeze(name)).collect(),
        uses: Vec::new(),
        taken: BTreeSet::new(),
        names,
    };
    search.uses = search
        .names
        .iter()
        .zip(&search.squeezed)
        .map(|(name, squeezed)| refused::reason(name, squeezed).map(ColumnUse::Refused))
        .collect();
    search.apply(mapping).map_err(ColumnsError::Mapping)?;
    search.find_fields()?;
    search.find_other_uses();
    let becomes = search.uses.into_iter().map(|found| found.unwrap_or(ColumnUse::Ignored));
    Ok(search
        .names
        .into_iter()
        .zip(becomes)
        .map(|(name, becomes)| Column { name, becomes })
        .collect())
}

/// Recognises the columns of a file without a header: only those that the mapping names by position.
pub(super) fn by_place(width: usize, mapping: &Mapping) -> Result<Vec<Column>, ColumnsError> {
    let blank: StringRecord = std::iter::repeat_n("", width.min(MAX_COLUMNS)).collect();
    recognise(&blank, mapping)
}

/// The columns of one header during the search for their uses.
struct Search {
    names: Vec<String>,
    squeezed: Vec<String>,
    uses: Vec<Option<ColumnUse>>,
    taken: BTreeSet<Field>,
}

impl Search {
    /// Applies the caller's mapping.
    fn apply(&mut self, mapping: &Mapping) -> Result<(), RosterError> {
        for (wanted, to) in &mapping.0 {
            let at = self
                .position(wanted)
                .ok_or_else(|| RosterError::MappingUnknownColumn { column: wanted.clone() })?;
            let Some(place @ None) = self.uses.get_mut(at) else { continue };
            let (becomes, fields): (ColumnUse, &[Field]) = match to {
                MapTo::Ignore => (ColumnUse::Ignored, &[]),
                MapTo::Role => (ColumnUse::Role, &[]),
                MapTo::Status => (ColumnUse::Status, &[]),
                MapTo::FullName(order) => {
                    (ColumnUse::FullName(*order), &[Field::GivenName, Field::FamilyName])
                }
                MapTo::Field(field) => (ColumnUse::Field(*field), std::slice::from_ref(field)),
            };
            *place = Some(becomes);
            for field in fields {
                if !self.taken.insert(*field) {
                    return Err(RosterError::MappingTwice { field: *field });
                }
            }
        }
        Ok(())
    }

    /// Returns the column that a mapping names: by its header, or else by its position.
    fn position(&self, wanted: &str) -> Option<usize> {
        if let Some(at) = self.names.iter().position(|name| name == wanted) {
            return Some(at);
        }
        let by_place = wanted.strip_prefix('#').and_then(|number| number.parse::<usize>().ok());
        if let Some(at) = by_place.and_then(|number| number.checked_sub(1)) {
            return (at < self.names.len()).then_some(at);
        }
        let wanted = squeeze(wanted);
        self.squeezed.iter().position(|name| *name == wanted && !name.is_empty())
    }

    fn is_free(&self, at: usize) -> bool {
        self.uses.get(at) == Some(&None)
    }

    /// Returns the unused columns with the most certain name of a list.
    fn named(&self, synonyms: &str) -> Vec<usize> {
        let with_name = |synonym: &str| -> Vec<usize> {
            let named = self.squeezed.iter().enumerate().filter(|(_, name)| *name == synonym);
            named.map(|(at, _)| at).filter(|at| self.is_free(*at)).collect()
        };
        synonyms
            .split_whitespace()
            .map(with_name)
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    fn give(&mut self, at: usize, field: Field) {
        if let Some(place) = self.uses.get_mut(at) {
            *place = Some(ColumnUse::Field(field));
            self.taken.insert(field);
        }
    }

    fn find_fields(&mut self) -> Result<(), ColumnsError> {
        // Find fields that only a student has first: a name after a contact may belong to the contact.
        let order = [
            Field::SchoolIssuedId,
            Field::Grade,
            Field::Class,
            Field::Teacher,
            Field::GivenName,
            Field::FamilyName,
        ];
        for field in order {
            if self.taken.contains(&field) {
                continue;
            }
            let synonyms = names::FIELDS.iter().find(|(of, _)| *of == field);
            let found = self.named(synonyms.map_or("", |(_, synonyms)| synonyms));
            let of_students: Vec<usize> = found
                .iter()
                .copied()
                .filter(|at| !field.is_name() || !self.is_of_a_contact(*at))
                .collect();
            match (of_students.first(), found.is_empty()) {
                (Some(at), _) => self.give(*at, field),
                (None, true) => {}
                (None, false) => {
                    let shown = |at: &usize| {
                        format!("{} {}", place(*at), self.names.get(*at).map_or("", String::as_str))
                    };
                    let columns = found.iter().map(shown).collect();
                    return Err(ColumnsError::Choose { field, columns });
                }
            }
        }
        self.find_names_by_their_pair();
        Ok(())
    }

    /// Uses a half name: `Name` with `Vorname` is the family name, `Nome` with `Cognome` the given name.
    fn find_names_by_their_pair(&mut self) {
        for (field, other) in
            [(Field::FamilyName, Field::GivenName), (Field::GivenName, Field::FamilyName)]
        {
            if !self.taken.contains(&field)
                && self.taken.contains(&other)
                && let Some(at) = self.named(names::HALF_NAMES).first()
            {
                self.give(*at, field);
            }
        }
    }

    /// Returns whether a name column follows a parent or contact, with no student's field between them.
    fn is_of_a_contact(&self, at: usize) -> bool {
        let is_student = self.squeezed.get(at).is_some_and(|name| names::says_student(name));
        if is_student {
            return false;
        }
        let before = self.uses.get(..at).unwrap_or_default();
        for becomes in before.iter().rev() {
            match becomes {
                Some(ColumnUse::Refused(RefusedColumnReason::Family)) => return true,
                Some(ColumnUse::Field(field)) if !field.is_name() => return false,
                Some(_) | None => {}
            }
        }
        false
    }

    /// Finds the role and status columns that the mapping does not name.
    fn find_other_uses(&mut self) {
        let has = |uses: &[Option<ColumnUse>], wanted: ColumnUse| uses.contains(&Some(wanted));
        for (becomes, synonyms) in
            [(ColumnUse::Role, names::ROLES), (ColumnUse::Status, names::STATUSES)]
        {
            if !has(&self.uses, becomes)
                && let Some(at) = self.named(synonyms).first()
                && let Some(place) = self.uses.get_mut(*at)
            {
                *place = Some(becomes);
            }
        }
    }
}

/// Returns the column that may have the whole name, with the order if its header shows it.
pub(super) fn full_name(columns: &[Column]) -> Option<(usize, Option<NameOrder>)> {
    let with_name = |synonyms: &str| {
        synonyms.split_whitespace().find_map(|synonym| {
            columns.iter().position(|column| {
                column.becomes == ColumnUse::Ignored && squeeze(&column.name) == synonym
            })
        })
    };
    let last_first = with_name(names::LAST_FIRST).map(|at| (at, Some(NameOrder::LastFirst)));
    let first_last = with_name(names::FIRST_LAST).map(|at| (at, Some(NameOrder::FirstLast)));
    last_first.or(first_last).or_else(|| with_name(names::FULL_NAMES).map(|at| (at, None)))
}

/// Cleans a header for display and limits it to 100 characters.
fn header_name(raw: &str) -> String {
    let start: String = raw.chars().take(200).collect();
    cell::clean(&start).chars().take(100).collect()
}

/// Normalizes a header to lower-case letters and digits without marks: `Student ID #` becomes `studentid`.
pub(super) fn squeeze(name: &str) -> String {
    name.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric())
        .collect()
}

#[cfg(test)]
mod tests;
