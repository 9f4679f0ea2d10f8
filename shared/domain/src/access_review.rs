//! The access review: everyone and everything that can read a studio's data, for the studio's owner to check.
//!
//! Every grant has one form. This module also says when the next review is due.

use serde::Serialize;

use crate::ids::{SchoolId, StudentId};

/// Days after a review until the next one is due.
///
/// Source: control C14: at least monthly.
pub const DUE_AFTER_DAYS: i64 = 30;

/// The kind of a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantKind {
    /// The studio's owner.
    Owner,
    /// A person who works in the studio.
    Colleague,
    /// A person who works at one of the studio's schools.
    SchoolStaff,
    /// A parent who has access to a student, or has requested it.
    Family,
    /// An API key of a program.
    ApiKey,
    /// A program of a trusted identity provider.
    TrustedIssuer,
    /// A SCIM token of a district's directory, which provisions people.
    Directory,
    /// A guest of one gallery.
    Guest,
    /// An open invitation.
    Invitation,
}

impl GrantKind {
    /// Returns the name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Colleague => "colleague",
            Self::SchoolStaff => "school_staff",
            Self::Family => "family",
            Self::ApiKey => "api_key",
            Self::TrustedIssuer => "trusted_issuer",
            Self::Directory => "directory",
            Self::Guest => "guest",
            Self::Invitation => "invitation",
        }
    }
}

/// One grant, with everything that the owner signs off.
///
/// It has no `Debug`: a teacher's classes identify the teacher.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Grant {
    /// The kind.
    pub kind: GrantKind,
    /// The id of the person, the key, the token or the invitation.
    pub id: String,
    /// The school, where the grant is limited to one.
    pub school: Option<SchoolId>,
    /// The student, where the grant is limited to one.
    pub student: Option<StudentId>,
    /// The role, or the state of a family's access.
    pub role: Option<&'static str>,
    /// A teacher's classes, a program's scopes, a guest's gallery, a directory's district.
    pub parts: Vec<String>,
    /// Start of the grant, in seconds since 1970.
    pub since: Option<i64>,
    /// Expiry of the grant, in seconds since 1970.
    pub until: Option<i64>,
}

impl Grant {
    /// Creates a grant with only its kind and id.
    pub fn new(kind: GrantKind, id: &str) -> Self {
        let (school, student, role, since, until) = (None, None, None, None, None);
        Self { kind, id: id.to_owned(), school, student, role, parts: Vec::new(), since, until }
    }

    /// Returns whether the grant began after the last review.
    ///
    /// Always `false` without a review or a known start.
    pub fn is_new(&self, reviewed_at: Option<i64>) -> bool {
        reviewed_at.zip(self.since).is_some_and(|(reviewed, since)| since > reviewed)
    }
}

/// Returns when the next review is due, in seconds since 1970.
///
/// `None` when there was no review yet: the first review is due now.
pub fn due_at(reviewed_at: Option<i64>) -> Option<i64> {
    reviewed_at.map(|at| at.saturating_add(DUE_AFTER_DAYS * 86_400))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_review_is_due_thirty_days_after_the_last_one_and_at_once_without_one() {
        assert_eq!(due_at(None), None);
        assert_eq!(due_at(Some(1_000)), Some(1_000 + 2_592_000));
    }

    #[test]
    fn a_grant_is_new_when_it_is_younger_than_the_last_review() {
        let grant = |since| Grant { since, ..Grant::new(GrantKind::Colleague, "per_x") };
        assert!(grant(Some(11)).is_new(Some(10)));
        assert!(!grant(Some(10)).is_new(Some(10)));
        assert!(!grant(Some(11)).is_new(None), "without a review no grant is new");
        assert!(!grant(None).is_new(Some(10)));
    }

    #[test]
    fn a_kind_has_the_same_name_in_a_digest_and_on_the_wire() {
        use GrantKind::{
            ApiKey, Colleague, Directory, Family, Guest, Invitation, Owner, SchoolStaff,
            TrustedIssuer,
        };
        for kind in [
            Owner,
            Colleague,
            SchoolStaff,
            Family,
            ApiKey,
            TrustedIssuer,
            Directory,
            Guest,
            Invitation,
        ] {
            let stored = serde_json::to_string(&kind).unwrap();
            assert_eq!(stored, format!("\"{}\"", kind.name()));
        }
    }
}
