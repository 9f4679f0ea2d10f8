//! Who and what can see data of a studio, for its owner to look through: each grant in one form, and when the next
//! look is due.

use serde::Serialize;

use crate::ids::{SchoolId, StudentId};

/// Days after a review until the next one is due.
///
/// Source: control C14: at least monthly.
pub const DUE_AFTER_DAYS: i64 = 30;

/// What kind of grant it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantKind {
    /// The studio's owner.
    Owner,
    /// Somebody who works in the studio.
    Colleague,
    /// Somebody who works at one of its schools.
    SchoolStaff,
    /// A parent who sees a student, or is on the way to.
    Family,
    /// A key of a program.
    ApiKey,
    /// A program of an identity provider that is trusted.
    TrustedIssuer,
    /// A token of a district's directory: it says who comes in.
    Directory,
    /// A guest of one gallery.
    Guest,
    /// An invitation that stands open.
    Invitation,
}

impl GrantKind {
    /// The name on the wire.
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

/// One grant: all that is signed off of it. It cannot be printed: a teacher's classes lead to the teacher.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Grant {
    /// What it is.
    pub kind: GrantKind,
    /// Whose it is: the id of the person, the key, the token or the invitation.
    pub id: String,
    /// The school it is for, where it is for one.
    pub school: Option<SchoolId>,
    /// The student it is for, where it is for one.
    pub student: Option<StudentId>,
    /// The role, or how far a family has come.
    pub role: Option<&'static str>,
    /// A teacher's classes, a program's scopes, a guest's gallery, a directory's district.
    pub parts: Vec<String>,
    /// Since when, in seconds since 1970.
    pub since: Option<i64>,
    /// Until when, in seconds since 1970.
    pub until: Option<i64>,
}

impl Grant {
    /// A grant of which no more is known yet.
    pub fn new(kind: GrantKind, id: &str) -> Self {
        let (school, student, role, since, until) = (None, None, None, None, None);
        Self { kind, id: id.to_owned(), school, student, role, parts: Vec::new(), since, until }
    }

    /// Whether it is there since the last review.
    pub fn is_new(&self, reviewed_at: Option<i64>) -> bool {
        reviewed_at.zip(self.since).is_some_and(|(reviewed, since)| since > reviewed)
    }
}

/// When the next review is due, in seconds since 1970; `None` while there was none: it is due now.
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
        assert!(!grant(Some(11)).is_new(None), "without a review nothing stands out");
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
