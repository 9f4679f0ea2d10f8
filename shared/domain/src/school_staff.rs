//! The staff of a school: administrators see the whole school, teachers the students of their classes.

use serde::{Deserialize, Serialize};

use crate::ids::{SchoolId, StudioId};
use crate::roster::fold::fold;
use crate::student::Enrolment;
use crate::text::{Line, LineError};

/// The role of a person at a school.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SchoolRole {
    /// The whole school, staff included.
    Administrator,
    /// Their own classes only.
    Teacher,
}

impl SchoolRole {
    /// Returns the name in the API and in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Teacher => "teacher",
        }
    }
}

/// Proof that a person works at a school. Only such a value gives a store handle for the school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolMembership {
    /// The studio that photographs the school.
    pub studio: StudioId,
    /// The school.
    pub school: SchoolId,
    /// The role in it.
    pub role: SchoolRole,
}

/// The classes of a teacher, named as in the roster: at least one, without duplicates.
///
/// Personal data: the classes identify a teacher.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Classes(Vec<Line>);

/// A role with its classes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "role", content = "classes")]
pub enum Assignment {
    /// Sees the whole school.
    Administrator,
    /// Sees these classes.
    Teacher(Classes),
}

/// Why a role and its classes do not fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssignmentError {
    /// A teacher without a class would see no student.
    #[error("teacher without a class")]
    NoClasses,
    /// More than [`Classes::MOST`].
    #[error("teacher with too many classes")]
    TooManyClasses,
    /// An administrator sees every class, so naming some is a mistake.
    #[error("administrator with classes")]
    ClassesOfAdministrator,
    /// The name of a class is not a valid line of text.
    #[error(transparent)]
    BadClass(#[from] LineError),
}

impl AssignmentError {
    /// Returns the stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoClasses => "no_classes",
            Self::TooManyClasses => "too_many_classes",
            Self::ClassesOfAdministrator => "classes_of_administrator",
            Self::BadClass(error) => error.code(),
        }
    }
}

impl Classes {
    /// Maximum number of classes per teacher; a music teacher of a large school has fewer.
    pub const MOST: usize = 50;

    /// Parses the typed names. Two spellings of one class count as one.
    ///
    /// # Errors
    ///
    /// When there is no class, when there are too many, or when a name is not a valid line of text.
    pub fn parse(typed: &[String]) -> Result<Self, AssignmentError> {
        if typed.len() > Self::MOST {
            return Err(AssignmentError::TooManyClasses);
        }
        let mut classes: Vec<Line> = Vec::with_capacity(typed.len());
        for class in typed {
            let class = Line::parse(class)?;
            let is_known = classes.iter().any(|known| fold(known.as_str()) == fold(class.as_str()));
            if !is_known {
                classes.push(class);
            }
        }
        if classes.is_empty() { Err(AssignmentError::NoClasses) } else { Ok(Self(classes)) }
    }

    /// Returns whether the roster's class is one of these. Names are compared as the roster compares them.
    pub fn has(&self, class: &str) -> bool {
        let class = fold(class);
        self.0.iter().any(|known| fold(known.as_str()) == class)
    }

    /// Returns the names in the order in which they were given.
    pub fn names(&self) -> &[Line] {
        &self.0
    }
}

impl Assignment {
    /// Creates an assignment from a role and its classes.
    ///
    /// # Errors
    ///
    /// When they do not fit together.
    pub fn new(role: SchoolRole, classes: &[String]) -> Result<Self, AssignmentError> {
        match role {
            SchoolRole::Administrator if classes.is_empty() => Ok(Self::Administrator),
            SchoolRole::Administrator => Err(AssignmentError::ClassesOfAdministrator),
            SchoolRole::Teacher => Classes::parse(classes).map(Self::Teacher),
        }
    }

    /// Returns the role.
    pub const fn role(&self) -> SchoolRole {
        match self {
            Self::Administrator => SchoolRole::Administrator,
            Self::Teacher(_) => SchoolRole::Teacher,
        }
    }

    /// Returns the names of a teacher's classes; empty for an administrator.
    pub fn classes(&self) -> &[Line] {
        match self {
            Self::Administrator => &[],
            Self::Teacher(classes) => classes.names(),
        }
    }

    /// Returns whether this person sees a student in this class. No teacher sees a student without a class.
    pub fn sees(&self, place: &Enrolment) -> bool {
        match self {
            Self::Administrator => true,
            Self::Teacher(classes) => {
                place.class.as_deref().is_some_and(|class| classes.has(class))
            }
        }
    }
}

/// The role that a person gets when they accept an invitation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offer {
    /// A member of a school's staff.
    SchoolStaff {
        /// The school.
        school: SchoolId,
        /// The role there.
        assignment: Assignment,
    },
    /// A member of a studio's staff.
    StudioStaff,
}

/// Validity of an invitation in seconds: one week, so that it survives a few days off.
pub const INVITATION_LIVES_SECONDS: i64 = 7 * 24 * 3600;

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn place(class: Option<&str>) -> Enrolment {
        Enrolment { class: class.map(str::to_owned), grade: None, teacher: None }
    }

    #[test]
    fn c03_a_teacher_sees_their_classes_however_the_roster_spells_them_and_no_other() {
        let names = classes(&["3A", "Señora Núñez – 4"]);
        let teacher = Assignment::new(SchoolRole::Teacher, &names).unwrap();
        for theirs in ["3A", "3a", "senora nunez 4", "Señora Núñez-4"] {
            assert!(teacher.sees(&place(Some(theirs))), "{theirs}");
        }
        for other in ["3", "3B", "13A", "3A 3B", "", "-"] {
            assert!(!teacher.sees(&place(Some(other))), "{other}");
        }
        assert!(!teacher.sees(&place(None)));
    }

    #[test]
    fn a_role_and_its_classes_go_together() {
        let of = |role, names: &[&str]| Assignment::new(role, &classes(names));
        assert!(of(SchoolRole::Administrator, &[]).unwrap().sees(&place(None)));
        let refused = |role, names: &[&str]| of(role, names).err().map(AssignmentError::code);
        assert_eq!(refused(SchoolRole::Administrator, &["3A"]), Some("classes_of_administrator"));
        assert_eq!(refused(SchoolRole::Teacher, &[]), Some("no_classes"));
        assert_eq!(refused(SchoolRole::Teacher, &["3A", " "]), Some("empty"));
        assert_eq!(refused(SchoolRole::Teacher, &["3A"; 51]), Some("too_many_classes"));
        let once = of(SchoolRole::Teacher, &["3A", "3a", "4B"]).unwrap();
        assert_eq!(once.classes().len(), 2);
        let fifty: Vec<String> = (1..=50).map(|number| format!("Class {number}")).collect();
        assert_eq!(Classes::parse(&fifty).map(|classes| classes.names().len()), Ok(50));
    }

    #[test]
    fn roles_keep_their_names_and_an_invitation_stands_open_for_a_week() {
        let names = [SchoolRole::Administrator, SchoolRole::Teacher].map(SchoolRole::name);
        assert_eq!(names, ["administrator", "teacher"]);
        assert_eq!(INVITATION_LIVES_SECONDS, 604_800);
    }
}
