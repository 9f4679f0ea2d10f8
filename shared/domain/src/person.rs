//! A person who signs in. There is one person per e-mail address, with any number of roles.

use serde::{Deserialize, Serialize};

use crate::ids::{SchoolId, StudentId, StudioId};

/// The four portals. One person may use several; each portal has its own cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Portal {
    /// Photographers: owners and staff of a studio.
    Photographer,
    /// Schools: administrators and teachers.
    School,
    /// Parents and guardians.
    Parent,
    /// Site administrators.
    Admin,
}

impl Portal {
    /// Every portal.
    pub const ALL: [Self; 4] = [Self::Photographer, Self::School, Self::Parent, Self::Admin];

    /// Returns the name in the API and in the cookie.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Photographer => "photographer",
            Self::School => "school",
            Self::Parent => "parent",
            Self::Admin => "admin",
        }
    }
}

/// The role of a person in a studio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StudioRole {
    /// All actions, staff and billing included.
    Owner,
    /// The daily work, without staff and billing.
    Staff,
}

/// Proof that a person belongs to a studio. Only such a value gives a store handle for the studio.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The studio.
    pub studio: StudioId,
    /// The role in it.
    pub role: StudioRole,
}

/// A person's access to one student's galleries: a parent's, or the adult student's own.
///
/// It may still be in progress: see the state in `held`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessGrant {
    /// The studio that owns the galleries.
    pub studio: StudioId,
    /// The student's school.
    pub school: SchoolId,
    /// The student.
    pub student: StudentId,
    /// The relation to the student and the state of the access.
    pub held: crate::access::Held,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stored cookies and known page addresses contain these names.
    #[test]
    fn a_portals_name_never_changes() {
        let names = Portal::ALL.map(Portal::name);
        assert_eq!(names, ["photographer", "school", "parent", "admin"]);
    }
}
