//! The filters that directories use to look up a user.

use super::{MOST_CHARACTERS, ScimError, without_schema};

/// A filter with one comparison. Directories look up users with no other form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// `userName eq "…"`.
    UserName(String),
    /// `externalId eq "…"`.
    ExternalId(String),
}

impl Filter {
    /// Parses a filter.
    ///
    /// # Errors
    ///
    /// [`ScimError::Filter`] for every other comparison, even a valid one.
    pub fn parse(text: &str) -> Result<Self, ScimError> {
        let (name, rest) = text.trim().split_once(' ').ok_or(ScimError::Filter)?;
        let (operator, value) = rest.trim_start().split_once(' ').ok_or(ScimError::Filter)?;
        if !operator.eq_ignore_ascii_case("eq") {
            return Err(ScimError::Filter);
        }
        // The value is one JSON string with nothing after it (RFC 7644, figure 1: `compValue`).
        let value: String = serde_json::from_str(value).map_err(|_| ScimError::Filter)?;
        if value.chars().count() > MOST_CHARACTERS {
            return Err(ScimError::Filter);
        }
        let name = without_schema(name);
        if name.eq_ignore_ascii_case("userName") {
            Ok(Self::UserName(value))
        } else if name.eq_ignore_ascii_case("externalId") {
            Ok(Self::ExternalId(value))
        } else {
            Err(ScimError::Filter)
        }
    }
}
