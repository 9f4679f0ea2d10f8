//! A student on the wire.

use serde::Serialize;
use utoipa::ToSchema;

/// A student, for those who may see names.
#[derive(Serialize, ToSchema)]
pub struct StudentView {
    /// The id.
    pub id: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// The number the school gave, leading zeros kept.
    pub school_issued_id: Option<String>,
    /// The class or homeroom.
    pub class: Option<String>,
    /// The grade.
    pub grade: Option<String>,
    /// The teacher.
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

/// The name a page shows: given name, then family name.
pub fn display_name(student: &domain::student::Student) -> String {
    let details = &student.details;
    [details.given_name.as_str(), details.family_name.as_str()].join(" ").trim().to_owned()
}
