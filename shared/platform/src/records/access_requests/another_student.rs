//! Rule: a person is at most one student.

use domain::access::{AccessState, Relation};
use domain::ids::StudentId;

use crate::people::persons::Person;

/// Returns whether a school has already approved this person as a different student.
pub(super) fn is_another_student(person: &Person, student: &StudentId) -> bool {
    person.grants.iter().any(|grant| {
        grant.held.relation == Relation::Student
            && matches!(grant.held.state, AccessState::Approved | AccessState::Active)
            && grant.student != *student
    })
}
