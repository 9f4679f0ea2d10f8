//! Detects which rows are students: roles, record states, and rows with totals or notes.

use super::grid::GridRow;

/// The kind of person in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Person {
    Student,
    /// Another person: a teacher, a guardian, an administrator …
    Other,
    /// A student whose record is inactive.
    Inactive,
    /// A person with an unknown role.
    Unknown,
}

/// Role words for students. `OneRoster` uses `student`.
const STUDENTS: &str = "student students pupil learner child scholar s alumno alumna alumnoa estudiante schuler \
     schulerin eleve etudiant aluno aluna studente alunno leerling studentenrolled";

/// Role words for other people. Source: the roles of `OneRoster` 1.1 and 1.2, and translations of them.
const OTHERS: &str = "teacher t administrator administratorstaff admin aide guardian parent relative proctor \
     sysadmin systemadministrator districtadministrator siteadministrator principal counselor \
     counsellor staff faculty employee contact mother father coach nurse secretary librarian \
     substitute schooladmin support grandparent maestro maestra maestroa profesor profesora \
     docente padre madre tutor tutora director directora lehrer lehrerin eltern enseignant \
     professeur professor professora insegnante parents guardians teachers parentguardian \
     emergencycontact volunteer assistant paraprofessional";

/// Status words for inactive records.
const INACTIVE: &str = "tobedeleted inactive deleted withdrawn withdrew withdrawal transferred transferredout \
     graduated graduate exited exit dropped former archived disabled removed left leaver noshow \
     notenrolled unenrolled disenrolled expelled baja inactivo inactiva retirado retirada egresado \
     egresada inaktiv abgemeldet inactif sorti inativo ritirato";

/// Words that begin a row with a total, or with a note such as a page number.
const FOOTERS: &str = "total totals grandtotal subtotal totalstudents studentcount totalcount totalrecords count sum \
     records recordcount numberofstudents totaldealumnos totalalumnos totaldeestudiantes suma \
     gesamt summe anzahl insgesamt effectif nombredeleves totaleleves totale soma totaldealunos \
     page pagina seite printed printedon generated generatedon exported endofreport endoflist \
     reportdate rundate lastupdated impreso gedruckt";

/// Returns the kind of person for a role.
pub(super) fn of_role(role: &str) -> Person {
    // `OneRoster` allows several roles in one cell.
    let mut found = Person::Unknown;
    for word in role.split([',', ';', '|', '/']) {
        let word = super::columns::squeeze(word);
        if is_one_of(&word, STUDENTS) {
            return Person::Student;
        }
        if is_one_of(&word, OTHERS) {
            found = Person::Other;
        }
    }
    found
}

/// Returns whether a record status means active. An unknown status does.
pub(super) fn is_active(status: &str) -> bool {
    !is_one_of(&super::columns::squeeze(status), INACTIVE)
}

/// Returns whether the row is a total or a note: `Total, 500`, `Total students: 500`, `Page 2 of 5`.
///
/// Such a row contains only such a word and numbers, so a child named Total with a second name is a student.
pub(super) fn is_footer(row: &GridRow) -> bool {
    let mut filled = row.cells.iter().map(str::trim).filter(|cell| !cell.is_empty());
    let Some(first) = filled.next() else { return false };
    let has_letter = |text: &str| text.contains(char::is_alphabetic);
    let rest_is_numbers = filled.all(|cell| !has_letter(cell));
    if !rest_is_numbers || first.len() > 100 {
        return false;
    }
    let words: String =
        super::columns::squeeze(first).chars().filter(|c| !c.is_numeric()).collect();
    let start: String = words.trim_end_matches("of").trim_end_matches("von").to_owned();
    // A single word in its cell is a name, unless a number or a colon shows that something is counted.
    let is_counted = first.contains(|c: char| c.is_numeric() || c == ':')
        || row.cells.iter().any(|cell| cell.contains(char::is_numeric));
    is_counted && is_one_of(&start, FOOTERS)
}

fn is_one_of(word: &str, list: &str) -> bool {
    !word.is_empty() && list.split_whitespace().any(|known| known == word)
}

#[cfg(test)]
mod tests {
    use csv::StringRecord;

    use super::*;

    fn footer(cells: &[&str]) -> bool {
        is_footer(&GridRow::new(9, StringRecord::from(cells)))
    }

    #[test]
    fn sums_and_notes_are_no_students() {
        for cells in [
            ["Total", "500", ""],
            ["Total students: 500", "", ""],
            ["", "Total:", "500"],
            ["Page 2 of 5", "", ""],
            ["Summe", "12", "3"],
        ] {
            assert!(footer(&cells), "{cells:?}");
        }
        for cells in
            [["Total", "Ann", "3"], ["7", "Ann", "Lee"], ["Total", "", ""], ["Page", "", ""]]
        {
            assert!(!footer(&cells), "{cells:?}");
        }
    }

    #[test]
    fn only_students_that_are_in_use_are_students() {
        assert_eq!(of_role("Student"), Person::Student);
        assert_eq!(of_role("Schüler"), Person::Student);
        assert_eq!(of_role("teacher"), Person::Other);
        assert_eq!(of_role("guardian"), Person::Other);
        assert_eq!(of_role("captain"), Person::Unknown);
        assert_eq!(of_role(""), Person::Unknown);
        assert!(is_active("active") && is_active("") && is_active("Enrolled"));
        assert!(!is_active("tobedeleted") && !is_active("Withdrawn"));
    }
}
