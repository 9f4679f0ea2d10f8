//! A student: a name and the place in this school year. Nothing else about a child is ever stored.

use serde::{Deserialize, Serialize};

use crate::ids::StudentId;

/// A student of a school. All fields but the id are personal data, encrypted before they are stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Student {
    /// The student's id.
    pub id: StudentId,
    /// The part that is encrypted with the student's own key.
    pub details: StudentDetails,
    /// The student's place in the requested school year.
    pub enrolment: Enrolment,
}

/// The personal part of a student.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudentDetails {
    /// Given name as the school writes it; empty when the student has only a family name.
    pub given_name: String,
    /// Family name as the school writes it; empty when the student has only a given name.
    pub family_name: String,
    /// The number that the school issued, with leading zeros.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school_issued_id: Option<String>,
}

impl StudentDetails {
    /// Returns the sort key of class lists and camera cards: family name, then given name, in lower case.
    ///
    /// A student with only one name is sorted by that name.
    pub fn sorts_by(&self) -> (String, String) {
        let first = if self.family_name.is_empty() { &self.given_name } else { &self.family_name };
        (first.to_lowercase(), self.given_name.to_lowercase())
    }
}

/// A student's place in one school year. Class and teacher are personal data and encrypted too.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Enrolment {
    /// The class or homeroom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// The grade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// The teacher's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teacher: Option<String>,
}

impl Student {
    /// Returns the sort key for printing the school's camera cards: by class, then by name.
    pub fn card_order(&self) -> (Option<String>, String, String) {
        let (first, given_name) = self.details.sorts_by();
        (self.enrolment.class.clone(), first, given_name)
    }
}

impl std::fmt::Debug for Student {
    /// Prints only the id, because a log must not contain a child's name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Student({})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_only_sorts_where_that_name_belongs() {
        let named = |given: &str, family: &str| StudentDetails {
            given_name: given.into(),
            family_name: family.into(),
            school_issued_id: None,
        };
        let mut students = [
            named("Ann", "Young"),
            named("Suharto", ""),
            named("", "Sukarno"),
            named("Bob", "Lee"),
        ];
        students.sort_by_cached_key(StudentDetails::sorts_by);
        let first: Vec<_> = students.iter().map(|student| student.sorts_by().0).collect();
        assert_eq!(first, ["lee", "suharto", "sukarno", "young"]);
    }
}
