//! The header: what each column of a file is for, found by its name or told by the caller.

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
    /// Personal beyond need: its cells were never looked at.
    Refused(RefusedColumnReason),
    /// Not known here: its cells were never looked at.
    Ignored,
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

/// What a caller wants a column to be: a field's code, or `ignore`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MapTo {
    /// Do not read the column.
    Ignore,
    /// Read it as this field.
    #[serde(untagged)]
    Field(Field),
}

/// Columns by their header and what they are to be. It decides for the columns it names; the others are found by
/// their names as if there were no mapping. A refused column stays refused whatever the mapping says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mapping(pub BTreeMap<String, MapTo>);

impl Mapping {
    /// The mapping that was used. Refused columns are not in it: there is nothing to choose.
    pub(super) fn used(columns: &[Column]) -> Self {
        let mut mapping = BTreeMap::new();
        for column in columns {
            let to = match column.becomes {
                ColumnUse::Field(field) => MapTo::Field(field),
                ColumnUse::Ignored => MapTo::Ignore,
                ColumnUse::Refused(_) => continue,
            };
            // Of two columns with the same header the first is the one that is used.
            if !column.name.is_empty() {
                mapping.entry(column.name.clone()).or_insert(to);
            }
        }
        Self(mapping)
    }
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
            MapTo::Field(field) => {
                if !taken.insert(field) {
                    return Err(RosterError::MappingTwice { field });
                }
                ColumnUse::Field(field)
            }
        });
    }

    for (field, synonyms) in SYNONYMS {
        if taken.contains(&field) {
            continue;
        }
        let is_free = |at: &usize| uses.get(*at) == Some(&None);
        let found = synonyms.iter().find_map(|synonym| {
            squeezed
                .iter()
                .enumerate()
                .filter(|(_, name)| name == synonym)
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
    let says = |known: &&str| words.iter().any(|word| word == known) || squeezed == *known;
    REFUSED
        .iter()
        .find(|(_, stems, known)| {
            stems.iter().any(|stem| squeezed.contains(stem)) || known.iter().any(|word| says(word))
        })
        .map(|(reason, _, _)| *reason)
}

/// What schools and their systems call the six fields, in English and Spanish, the surest name first.
///
/// Seen in the import pages of `GotPhoto`, `PhotoDay`, Pro Photo Systems, 5-Star and `OneRoster` 1.1, and in open code
/// (`SASID`, `LASID`, `MEPID`). `School ID` is the school's own number and not among them.
const SYNONYMS: [(Field, &[&str]); 6] = [
    (
        Field::GivenName,
        &[
            "givenname",
            "firstname",
            "studentfirstname",
            "studentgivenname",
            "legalfirstname",
            "namefirst",
            "first",
            "given",
            "givennames",
            "forename",
            "forenames",
            "fname",
            "studentfirst",
            "preferredname",
            "preferredfirstname",
            "nombre",
            "nombres",
            "primernombre",
            "nombredelestudiante",
            "nombredelalumno",
            "nombreestudiante",
            "nombrealumno",
            "nombredepila",
        ],
    ),
    (
        Field::FamilyName,
        &[
            "familyname",
            "lastname",
            "studentlastname",
            "studentfamilyname",
            "legallastname",
            "surname",
            "namelast",
            "last",
            "family",
            "lname",
            "studentlast",
            "apellido",
            "apellidos",
            "primerapellido",
            "apellidopaterno",
            "apellidosdelestudiante",
            "apellidosdelalumno",
            "apellidodelestudiante",
            "apellidodelalumno",
            "apellidosestudiante",
            "apellidosalumno",
        ],
    ),
    (
        Field::SchoolIssuedId,
        &[
            "schoolissuedid",
            "studentid",
            "studentnumber",
            "studentidnumber",
            "studentno",
            "studentnum",
            "studentnbr",
            "pupilid",
            "pupilnumber",
            "localid",
            "localstudentid",
            "subjectid",
            "sisid",
            "lasid",
            "sasid",
            "mepid",
            "stateid",
            "statestudentid",
            "idnumber",
            "identifier",
            "id",
            "iddelestudiante",
            "idestudiante",
            "iddelalumno",
            "idalumno",
            "numerodeestudiante",
            "numerodelestudiante",
            "numerodealumno",
            "numeroestudiante",
            "numeroalumno",
            "matricula",
            "numerodematricula",
            "expediente",
            "identificador",
            "sourcedid",
        ],
    ),
    (
        Field::Grade,
        &[
            "grade",
            "gradelevel",
            "studentgrade",
            "currentgrade",
            "grades",
            "gr",
            "yearlevel",
            "yeargroup",
            "schoolyeargroup",
            "grado",
            "gradoescolar",
            "nivel",
            "curso",
            "year",
        ],
    ),
    (
        Field::Class,
        &[
            "class",
            "classname",
            "homeroom",
            "homeroomname",
            "homeroomnumber",
            "hr",
            "group",
            "groupname",
            "section",
            "classsection",
            "classroom",
            "form",
            "room",
            "roomnumber",
            "team",
            "clase",
            "grupo",
            "seccion",
            "aula",
            "salon",
            "salondeclases",
        ],
    ),
    (
        Field::Teacher,
        &[
            "teacher",
            "teachername",
            "homeroomteacher",
            "homeroomteachername",
            "hrteacher",
            "classteacher",
            "teacherlastname",
            "advisor",
            "adviser",
            "advisory",
            "instructor",
            "maestro",
            "maestra",
            "maestroa",
            "profesor",
            "profesora",
            "nombredelmaestro",
            "nombredelprofesor",
            "docente",
        ],
    ),
];

/// Stems that refuse a column wherever they stand in its name, and words that must stand alone
/// (`ssn` stands in `classname`, `age` in `page`).
type RefusedNames = (RefusedColumnReason, &'static [&'static str], &'static [&'static str]);

const REFUSED: [RefusedNames; 12] = [
    (
        RefusedColumnReason::BirthDate,
        &["birth", "nacimiento", "nacido", "cumpleanos"],
        &["dob", "bday", "born", "age", "edad", "fechanac", "fnac"],
    ),
    (
        RefusedColumnReason::GovernmentNumber,
        &[
            "socialsec",
            "socsec",
            "seguridadsocial",
            "segurosocial",
            "passport",
            "pasaporte",
            "taxid",
        ],
        &["ssn", "ssno", "nss", "curp", "dni", "nie", "nif", "itin", "cedula"],
    ),
    (RefusedColumnReason::EmailAddress, &["email", "correo", "gmail"], &["mail", "emails"]),
    (
        RefusedColumnReason::Address,
        &["address", "direccion", "domicilio", "postal", "zipcode", "postcode", "residen"],
        &["addr", "street", "city", "zip", "apt", "county", "calle", "ciudad", "colonia", "gps"],
    ),
    (
        RefusedColumnReason::Phone,
        &["phone", "telefono", "cellular"],
        &["tel", "cell", "mobile", "sms", "fax", "celular", "movil", "whatsapp"],
    ),
    (
        RefusedColumnReason::Health,
        &[
            "medic",
            "allerg",
            "alergi",
            "disab",
            "discapac",
            "health",
            "immuniz",
            "vacun",
            "vaccin",
            "diagnos",
            "specialed",
            "educacionespecial",
            "doctor",
            "physician",
        ],
        &["iep", "sped", "salud", "condition", "conditions", "insurance"],
    ),
    (
        RefusedColumnReason::Gender,
        &["gender", "pronoun"],
        &["sex", "sexo", "genero", "pronombre", "pronombres"],
    ),
    (
        RefusedColumnReason::Origin,
        &[
            "ethnic",
            "etnia",
            "etnic",
            "hispanic",
            "religio",
            "nationalit",
            "nacionalidad",
            "citizen",
            "ciudadania",
            "immigra",
            "inmigra",
            "migrant",
        ],
        &[
            "race",
            "raza",
            "language",
            "languages",
            "idioma",
            "lengua",
            "tribe",
            "visa",
            "ell",
            "esl",
        ],
    ),
    (
        RefusedColumnReason::Family,
        &["parent", "guardian", "emergenc", "custod", "sibling", "nextofkin"],
        &[
            "mother",
            "father",
            "mom",
            "dad",
            "madre",
            "padre",
            "padres",
            "tutor",
            "tutora",
            "contact",
            "contacto",
            "household",
            "buyer",
        ],
    ),
    (
        RefusedColumnReason::Credential,
        &["password", "passcode", "contrasena", "username", "usuario"],
        &["pin", "login", "pwd", "clave", "userids"],
    ),
    (
        RefusedColumnReason::SchoolRecord,
        &["disciplin", "behavio", "attendance", "asistencia", "suspension", "transcript"],
        &["gpa", "score", "scores", "absences", "tardies", "incident", "incidents", "iq"],
    ),
    (
        RefusedColumnReason::Money,
        &["lunch", "reducedmeal", "income", "ingreso", "almuerzo"],
        &["frl", "frpl", "meal", "meals", "balance", "fees", "tuition"],
    ),
];

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
        for (field, synonyms) in SYNONYMS {
            for synonym in synonyms.iter().collect::<BTreeSet<_>>() {
                assert_eq!(refused_reason(synonym, synonym), None, "{synonym}");
                assert_eq!(squeeze(synonym), *synonym, "{field:?}");
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
