//! Tests with headers of real systems.

use super::*;

fn uses(header: &[&str], mapping: Option<&Mapping>) -> Vec<ColumnUse> {
    let mapping = mapping.cloned().unwrap_or_default();
    let columns = recognise(&StringRecord::from(header), &mapping).unwrap();
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
            assert_eq!(refused::reason(synonym, synonym), None, "{synonym}");
            assert_eq!(squeeze(synonym), synonym, "{field:?}");
            assert!(seen.insert(synonym), "{synonym}");
        }
    }
    for name in ["Class Name", "Page", "Homeroom", "State ID", "School ID", "School"] {
        assert_eq!(refused::reason(name, &squeeze(name)), None, "{name}");
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
        recognise(&header, &unknown).unwrap_err(),
        ColumnsError::Mapping(RosterError::MappingUnknownColumn { column: "C".into() })
    );
    let twice = mapping(&[("A", MapTo::Field(Field::Class)), ("B", MapTo::Field(Field::Class))]);
    assert_eq!(
        recognise(&header, &twice).unwrap_err(),
        ColumnsError::Mapping(RosterError::MappingTwice { field: Field::Class })
    );
}
