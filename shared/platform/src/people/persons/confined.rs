//! A person restricted to one school: their role there, and nothing else of theirs.

use domain::ids::SchoolId;
use domain::school_staff::SchoolRole;

use crate::people::persons::person::Person;
use crate::people::second_factors::Factors;

impl Person {
    /// The person's role at a school.
    pub(crate) fn role_at(&self, school: &SchoolId) -> Option<SchoolRole> {
        let mut theirs = self.school_memberships.iter().map(|(membership, _)| membership);
        theirs.find(|membership| membership.school == *school).map(|membership| membership.role)
    }

    /// Restricts the person to this school.
    ///
    /// Every field is named: a new one must be decided here, or this does not compile.
    pub(crate) fn only_at(self, school: &SchoolId) -> Self {
        let Self {
            id,
            password: _,
            is_verified,
            is_disabled,
            has_left,
            epoch,
            moved_at,
            sealed_email,
            memberships: _,
            mut school_memberships,
            grants: _,
            consents: _,
            api_keys: _,
            factors: _,
        } = self;
        school_memberships.retain(|(membership, _)| membership.school == *school);
        Self {
            id,
            password: None,
            is_verified,
            is_disabled,
            has_left,
            epoch,
            moved_at,
            sealed_email,
            memberships: Vec::new(),
            school_memberships,
            grants: Vec::new(),
            consents: Vec::new(),
            api_keys: Vec::new(),
            factors: Factors::default(),
        }
    }
}
