//! A person is at most one student.

use domain::access::{AccessState, Relation};
use domain::ids::StudentId;

use crate::people::persons::Person;

/// Whether a school has agreed that a person is another student than this one.
pub(super) fn is_another_student(person: &Person, student: &StudentId) -> bool {
    person.grants.iter().any(|grant| {
        grant.held.relation == Relation::Student
            && matches!(grant.held.state, AccessState::Approved | AccessState::Active)
            && grant.student != *student
    })
}
