//! JSON view of a student.

use serde::Serialize;
use utoipa::ToSchema;

/// A student, for callers who may see names.
#[derive(Serialize, ToSchema)]
pub struct StudentView {
    /// The student's id.
    pub id: String,
    /// The student's given name.
    pub given_name: String,
    /// The student's family name.
    pub family_name: String,
    /// Number that the school issued, with leading zeros.
    pub school_issued_id: Option<String>,
    /// Class or homeroom.
    pub class: Option<String>,
    /// Grade.
    pub grade: Option<String>,
    /// Teacher's name.
    pub teacher: Option<String>,
}

impl From<domain::student::Student> for StudentView {
    fn from(student: domain::student::Student) -> Self {
        Self {
            id: student.id.to_string(),
            given_name: student.details.given_name,
            family_name: student.details.family_name,
            school_issued_id: student.details.school_issued_id,
            class: student.enrolment.class,
            grade: student.enrolment.grade,
            teacher: student.enrolment.teacher,
        }
    }
}

/// Returns the name a page shows: given name, then family name.
pub fn display_name(student: &domain::student::Student) -> String {
    let details = &student.details;
    [details.given_name.as_str(), details.family_name.as_str()].join(" ").trim().to_owned()
}
