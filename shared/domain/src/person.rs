//! Someone who signs in: one per e-mail address, whatever they are.

use serde::{Deserialize, Serialize};

use crate::ids::{SchoolId, StudentId, StudioId};

/// The four doors. One person may use several; each has its own cookie.
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
    /// Every door.
    pub const ALL: [Self; 4] = [Self::Photographer, Self::School, Self::Parent, Self::Admin];

    /// The name on the wire and in the cookie.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Photographer => "photographer",
            Self::School => "school",
            Self::Parent => "parent",
            Self::Admin => "admin",
        }
    }
}

/// What a person may do in a studio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StudioRole {
    /// Everything, staff and billing included.
    Owner,
    /// The daily work.
    Staff,
}

/// A person belongs to a studio. A store handle for the studio comes only out of one of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The studio.
    pub studio: StudioId,
    /// The role in it.
    pub role: StudioRole,
}

/// A parent's right to one student's galleries, or the grown-up student's own, once every step to it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessGrant {
    /// The studio whose galleries they are.
    pub studio: StudioId,
    /// The student's school.
    pub school: SchoolId,
    /// The student.
    pub student: StudentId,
    /// What they are to the student, and how far the way to the galleries has been gone.
    pub held: crate::access::Held,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cookies that people have and pages they know are named so.
    #[test]
    fn a_portals_name_never_changes() {
        let names = Portal::ALL.map(Portal::name);
        assert_eq!(names, ["photographer", "school", "parent", "admin"]);
    }
}
