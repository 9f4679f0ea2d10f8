//! A student: a name, and where they are this school year. Nothing more about a child is ever kept.

use serde::{Deserialize, Serialize};

use crate::ids::StudentId;

/// A child at a school. All of it is personal and sealed before it is stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Student {
    /// The student's id.
    pub id: StudentId,
    /// What is sealed under the student's own key.
    pub details: StudentDetails,
    /// Where the student is in the school year that was asked for.
    pub enrolment: Enrolment,
}

/// The personal part of a student.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudentDetails {
    /// Given name, as the school writes it; empty where the family name is all there is.
    pub given_name: String,
    /// Family name, as the school writes it; empty where the given name is all there is.
    pub family_name: String,
    /// The number the school gave, leading zeros kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school_issued_id: Option<String>,
}

impl StudentDetails {
    /// What class lists and cards are sorted by: family name, then given name, in small letters.
    ///
    /// A student with one name only stands where that name belongs.
    pub fn sorts_by(&self) -> (String, String) {
        let first = if self.family_name.is_empty() { &self.given_name } else { &self.family_name };
        (first.to_lowercase(), self.given_name.to_lowercase())
    }
}

/// A student's place in one school year. Class and teacher names are personal and sealed too.
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
    /// The place of the student's camera card among those of the school: by class, then by name.
    pub fn card_order(&self) -> (Option<String>, String, String) {
        let (first, given_name) = self.details.sorts_by();
        (self.enrolment.class.clone(), first, given_name)
    }
}

impl std::fmt::Debug for Student {
    /// Only the id: a student in a log would be a child's name in a log.
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
