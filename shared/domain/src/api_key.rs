//! An API key for a studio's own program. Its scopes are fixed when it is created and never grow.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::{ApiKeyId, StudioId};

/// The permissions of a program.
///
/// The list is closed: a route that no scope names is not for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Scope {
    /// Reads the studio's schools, picture days, photos and galleries.
    #[serde(rename = "read")]
    Read,
    /// Creates districts, schools and picture days.
    #[serde(rename = "schools:write")]
    SchoolsWrite,
    /// Imports rosters.
    #[serde(rename = "rosters:write")]
    RostersWrite,
    /// Uploads photos and assigns them to students.
    #[serde(rename = "photos:write")]
    PhotosWrite,
    /// Builds galleries.
    #[serde(rename = "galleries:write")]
    GalleriesWrite,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 5] = [
        Self::Read,
        Self::SchoolsWrite,
        Self::RostersWrite,
        Self::PhotosWrite,
        Self::GalleriesWrite,
    ];

    /// Returns the name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::SchoolsWrite => "schools:write",
            Self::RostersWrite => "rosters:write",
            Self::PhotosWrite => "photos:write",
            Self::GalleriesWrite => "galleries:write",
        }
    }

    /// Parses a scope's name; `None` for an unknown name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// Formats scopes as OAuth does: names separated by a space (RFC 6749, section 3.3).
pub fn scope_list(scopes: &BTreeSet<Scope>) -> String {
    scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" ")
}

/// The stored description of an API key. It never contains the key itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// The id that revokes the key.
    pub id: ApiKeyId,
    /// The studio whose data the key gives access to.
    pub studio: StudioId,
    /// The permissions of the key.
    pub scopes: BTreeSet<Scope>,
    /// Creation time, in seconds since 1970.
    pub created_at: i64,
}

/// Maximum number of API keys per person.
pub const MOST_KEYS: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_has_the_same_name_in_a_row_and_on_the_wire() {
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.name()), Some(scope));
            let stored = serde_json::to_string(&scope).unwrap();
            assert_eq!(stored, format!("\"{}\"", scope.name()));
        }
        for bad in ["", "READ", "read ", "photos:*", "*", "admin"] {
            assert_eq!(Scope::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_list_of_scopes_is_their_names_with_a_blank_between() {
        assert_eq!(scope_list(&BTreeSet::new()), "");
        let scopes = BTreeSet::from([Scope::PhotosWrite, Scope::Read]);
        assert_eq!(scope_list(&scopes), "read photos:write");
    }
}
