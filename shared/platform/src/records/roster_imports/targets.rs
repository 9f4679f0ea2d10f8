//! What a row would write: a new student, or the new state of a known one.

use domain::ids::StudentId;
use domain::roster::{Field, Roster, Row};
use domain::student::{Enrolment, StudentDetails};

use crate::records::roster_imports::line::{Target, Turn};
use crate::records::roster_imports::residents::Resident;

/// Returns the target for the row as a separate child, without the id, which belongs to another child.
pub(super) fn without_id(row: &Row, new: StudentId) -> Target {
    let mut target = target_of_new(row, new);
    if let Some(details) = &mut target.details.after {
        details.school_issued_id = None;
    }
    target
}

/// Returns the target for the row as the new state of a known student.
///
/// Fields without a column keep their value, and so does an existing school-issued id.
pub(super) fn target_of_known(student: &Resident, row: &Row, roster: &Roster) -> Target {
    let before = student.place.clone();
    let mut place = before.clone().unwrap_or_default();
    let after = place_of(row);
    if roster.has_field(Field::Class) {
        place.class = after.class;
    }
    if roster.has_field(Field::Grade) {
        place.grade = after.grade;
    }
    if roster.has_field(Field::Teacher) {
        place.teacher = after.teacher;
    }
    let mut details = details_of(row);
    let id = student.details.school_issued_id.clone();
    details.school_issued_id = id.or(details.school_issued_id);
    Target {
        student: student.id.clone(),
        page: Some(student.page.clone()),
        details: Turn {
            before: Some(student.details.clone()),
            after: Some(details),
            by: student.details_by.clone(),
        },
        place: Turn { before, after: Some(place), by: student.place_by.clone() },
    }
}

/// Returns the student's name and school-issued id from a row.
pub(super) fn details_of(row: &Row) -> StudentDetails {
    StudentDetails {
        given_name: row.given_name.clone(),
        family_name: row.family_name.clone(),
        school_issued_id: row.school_issued_id.clone(),
    }
}

/// Returns the student's enrolment from a row.
pub(super) fn place_of(row: &Row) -> Enrolment {
    Enrolment { class: row.class.clone(), grade: row.grade.clone(), teacher: row.teacher.clone() }
}

/// Returns the target for the row as a new student.
pub(super) fn target_of_new(row: &Row, student: StudentId) -> Target {
    Target {
        student,
        page: None,
        details: Turn { before: None, after: Some(details_of(row)), by: None },
        place: Turn { before: None, after: Some(place_of(row)), by: None },
    }
}
