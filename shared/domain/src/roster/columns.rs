//! The header: what each column of a file is for, found by its name or told by the caller.

mod names;

use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::{Field, RosterError, cell};

/// Columns that are looked at. The widest exports have about a hundred; a row with a million is an attack.
const MAX_COLUMNS: usize = 256;

/// One column of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The header as it stands in the file, cleaned.
    pub name: String,
    /// What became of it.
    pub becomes: ColumnUse,
}

/// What became of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnUse {
    /// Its cells are this field.
    Field(Field),
    /// Its cells are the whole name.
    FullName(NameOrder),
    /// Its cells say what the person is at the school: only students are read.
    Role,
    /// Its cells say whether the record is still in use.
    Status,
    /// Personal beyond need: its cells were never looked at.
    Refused(RefusedColumnReason),
    /// Not known here: its cells were never looked at.
    Ignored,
}

/// The order of the names in a column that holds both.
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
    /// A number the state gave: social security, passport, identity card.
    GovernmentNumber,
    /// Where the child lives.
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
    /// A password, a PIN or an account.
    Credential,
    /// Marks, behaviour, attendance.
    SchoolRecord,
    /// Income, meals, fees.
    Money,
}

impl RefusedColumnReason {
    /// The stable code on the wire.
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

/// What a caller wants a column to be: a field's code, an order of names, `role`, `status` or `ignore`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MapTo {
    /// Do not read the column.
    Ignore,
    /// Read it as what the person is at the school.
    Role,
    /// Read it as the state of the record.
    Status,
    /// Read it as the whole name.
    #[serde(untagged)]
    FullName(NameOrder),
    /// Read it as this field.
    #[serde(untagged)]
    Field(Field),
}

/// Columns by their header, or by their place (`#1` is the first), and what they are to be. It decides for the columns it names; the others are found by
/// their names as if there were no mapping. A refused column stays refused whatever the mapping says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mapping(pub BTreeMap<String, MapTo>);

impl Mapping {
    /// Whether the caller decides nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The mapping that was used. Refused columns are not in it: there is nothing to choose.
    ///
    /// A column is named by its place where its header is empty or not its own.
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

/// The name of a column by its place: `#1` is the first.
pub(super) fn place(at: usize) -> String {
    format!("#{}", at + 1)
}

/// What the columns of this header are for.
pub(super) fn recognise(
    header: &StringRecord,
    mapping: Option<&Mapping>,
) -> Result<Vec<Column>, RosterError> {
    let names: Vec<String> = header.iter().take(MAX_COLUMNS).map(header_name).collect();
    let squeezed: Vec<String> = names.iter().map(|name| squeeze(name)).collect();
    let mut uses: Vec<Option<ColumnUse>> = names
        .iter()
        .zip(&squeezed)
        .map(|(name, squeezed)| refused_reason(name, squeezed).map(ColumnUse::Refused))
        .collect();
    let mut taken = BTreeSet::new();

    for (wanted, to) in mapping.into_iter().flat_map(|mapping| &mapping.0) {
        let wanted_name = squeeze(wanted);
        let at = names
            .iter()
            .position(|name| name == wanted)
            .or_else(|| squeezed.iter().position(|name| *name == wanted_name))
            .ok_or_else(|| RosterError::MappingUnknownColumn { column: wanted.clone() })?;
        let Some(place @ None) = uses.get_mut(at) else { continue };
        *place = Some(match *to {
            MapTo::Ignore => ColumnUse::Ignored,
            MapTo::Role => ColumnUse::Role,
            MapTo::Status => ColumnUse::Status,
            MapTo::FullName(order) => ColumnUse::FullName(order),
            MapTo::Field(field) => {
                if !taken.insert(field) {
                    return Err(RosterError::MappingTwice { field });
                }
                ColumnUse::Field(field)
            }
        });
    }

    for (field, synonyms) in names::FIELDS {
        if taken.contains(&field) {
            continue;
        }
        let is_free = |at: &usize| uses.get(*at) == Some(&None);
        let found = synonyms.split_whitespace().find_map(|synonym| {
            squeezed
                .iter()
                .enumerate()
                .filter(|(_, name)| name.as_str() == synonym)
                .map(|(at, _)| at)
                .find(is_free)
        });
        if let Some(place) = found.and_then(|at| uses.get_mut(at)) {
            *place = Some(ColumnUse::Field(field));
        }
    }
    let becomes = uses.into_iter().map(|found| found.unwrap_or(ColumnUse::Ignored));
    Ok(names.into_iter().zip(becomes).map(|(name, becomes)| Column { name, becomes }).collect())
}

/// The header as it is shown: cleaned, and not longer than a header is.
fn header_name(raw: &str) -> String {
    let start: String = raw.chars().take(200).collect();
    cell::clean(&start).chars().take(100).collect()
}

/// `Student ID #`, `student_id` and `Número` as they are compared: small letters and digits without marks.
fn squeeze(name: &str) -> String {
    name.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// `studentDOB`, `Home Phone #1` as words in small letters.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for c in name.nfkd().filter(|c| !is_combining_mark(*c)) {
        let starts_word = !c.is_alphabetic() || (after_small && c.is_uppercase());
        if starts_word {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_alphabetic(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
        after_small = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a column is personal beyond need: by a word of its header, or by a stem that stands anywhere in it.
fn refused_reason(name: &str, squeezed: &str) -> Option<RefusedColumnReason> {
    let words = words(name);
    let says = |known: &str| squeezed == known || words.iter().any(|word| word == known);
    let refused = names::REFUSED.iter().find(|refused| {
        refused.stems.split_whitespace().any(|stem| squeezed.contains(stem))
            || refused.words.split_whitespace().any(says)
    });
    refused.map(|refused| refused.why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses(header: &[&str], mapping: Option<&Mapping>) -> Vec<ColumnUse> {
        let columns = recognise(&StringRecord::from(header), mapping).unwrap();
        columns.into_iter().map(|column| column.becomes).collect()
    }

    fn mapping(pairs: &[(&str, MapTo)]) -> Mapping {
        Mapping(pairs.iter().map(|(name, to)| ((*name).to_owned(), *to)).collect())
    }

    #[test]
    fn the_headers_of_real_systems_are_known() {
        use Field::{Class, FamilyName, GivenName, Grade, SchoolIssuedId, Teacher};
        let all = [GivenName, FamilyName, SchoolIssuedId, Grade, Class, Teacher];
        for header in [
            ["Firstname", "Lastname", "Identifier", "Grade", "Group", "Teacher"],
            [
                "First Name",
                "LAST NAME",
                "Student Number",
                "Grade Level",
                "Homeroom",
                "Homeroom Teacher",
            ],
            ["givenName", "familyName", "identifier", "grades", "class", "teacher_name"],
            ["first_name", "last_name", "subject_id", "grade", "group", "Advisor"],
            ["Given Name", "Family Name", "SASID", "Gr.", "Class Name", "Teacher Name"],
            ["Nombre", "Apellidos", "Número de estudiante", "Grado", "Salón", "Maestro/a"],
            ["Nombre(s)", "Apellido", "Matrícula", "Curso", "Grupo", "Profesora"],
            ["First", "Last", "Student ID #", "Year", "Section", "Instructor"],
        ] {
            assert_eq!(uses(&header, None), all.map(ColumnUse::Field), "{header:?}");
        }
    }

    #[test]
    fn what_is_personal_beyond_need_is_refused_by_its_name() {
        use RefusedColumnReason as Why;
        for (name, why) in [
            ("DOB", Why::BirthDate),
            ("studentDOB", Why::BirthDate),
            ("Date of Birth", Why::BirthDate),
            ("Fecha de nacimiento", Why::BirthDate),
            ("Age", Why::BirthDate),
            ("SSN", Why::GovernmentNumber),
            ("Social Security #", Why::GovernmentNumber),
            ("Número de Seguro Social", Why::GovernmentNumber),
            ("Home Address", Why::Address),
            ("Dirección", Why::Address),
            ("Zip", Why::Address),
            ("Home Phone #1", Why::Phone),
            ("Teléfono", Why::Phone),
            ("sms", Why::Phone),
            ("Parent Cell", Why::Phone),
            ("Parent E-Mail", Why::EmailAddress),
            ("email", Why::EmailAddress),
            ("Email Address", Why::EmailAddress),
            ("Medical Notes", Why::Health),
            ("Allergies", Why::Health),
            ("Gender", Why::Gender),
            ("Sexo", Why::Gender),
            ("Race/Ethnicity", Why::Origin),
            ("Guardian", Why::Family),
            ("Nombre de la madre", Why::Family),
            ("password", Why::Credential),
            ("GPA", Why::SchoolRecord),
            ("Free/Reduced Lunch", Why::Money),
        ] {
            assert_eq!(uses(&[name], None), [ColumnUse::Refused(why)], "{name}");
        }
    }

    #[test]
    fn no_name_of_a_field_is_refused_and_none_stands_for_two() {
        let mut seen = BTreeSet::new();
        for (field, synonyms) in names::FIELDS {
            for synonym in synonyms.split_whitespace() {
                assert_eq!(refused_reason(synonym, synonym), None, "{synonym}");
                assert_eq!(squeeze(synonym), synonym, "{field:?}");
                assert!(seen.insert(synonym), "{synonym}");
            }
        }
        for name in ["Class Name", "Page", "Homeroom", "State ID", "School ID", "School"] {
            assert_eq!(refused_reason(name, &squeeze(name)), None, "{name}");
        }
    }

    #[test]
    fn the_surer_of_two_names_is_taken_and_the_other_ignored() {
        let header = ["ID", "First Name", "Student ID", "Last Name", "First Name", "School ID"];
        let field = ColumnUse::Field;
        assert_eq!(
            uses(&header, None),
            [
                ColumnUse::Ignored,
                field(Field::GivenName),
                field(Field::SchoolIssuedId),
                field(Field::FamilyName),
                ColumnUse::Ignored,
                ColumnUse::Ignored
            ]
        );
    }

    #[test]
    fn a_mapping_decides_for_its_columns_but_opens_no_refused_one() {
        let header = ["Call me", "Last", "ID", "Gender"];
        let wanted = mapping(&[
            ("call me", MapTo::Field(Field::GivenName)),
            ("ID", MapTo::Ignore),
            ("Gender", MapTo::Field(Field::Class)),
        ]);
        assert_eq!(
            uses(&header, Some(&wanted)),
            [
                ColumnUse::Field(Field::GivenName),
                ColumnUse::Field(Field::FamilyName),
                ColumnUse::Ignored,
                ColumnUse::Refused(RefusedColumnReason::Gender)
            ]
        );
    }

    #[test]
    fn a_mapping_is_columns_with_a_fields_name_or_ignore() {
        let wire = r#"{"Call me":"given_name","Shoe size":"ignore"}"#;
        let read: Mapping = serde_json::from_str(wire).unwrap();
        let meant =
            mapping(&[("Call me", MapTo::Field(Field::GivenName)), ("Shoe size", MapTo::Ignore)]);
        assert_eq!(read, meant);
        assert_eq!(serde_json::to_string(&read).unwrap(), wire);
        assert!(serde_json::from_str::<Mapping>(r#"{"DOB":"birth_date"}"#).is_err());
    }

    #[test]
    fn a_mapping_that_does_not_fit_is_an_error() {
        let header = StringRecord::from(["A", "B"].as_slice());
        let unknown = mapping(&[("C", MapTo::Ignore)]);
        assert_eq!(
            recognise(&header, Some(&unknown)).unwrap_err(),
            RosterError::MappingUnknownColumn { column: "C".into() }
        );
        let twice =
            mapping(&[("A", MapTo::Field(Field::Class)), ("B", MapTo::Field(Field::Class))]);
        assert_eq!(
            recognise(&header, Some(&twice)).unwrap_err(),
            RosterError::MappingTwice { field: Field::Class }
        );
    }
}
