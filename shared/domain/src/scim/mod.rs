//! SCIM 2.0 (RFC 7643, RFC 7644) as real directories send it: what a district's directory reports about its people.
//!
//! Only three attributes of a user are used: the directory's unchanging id, the sign-in name, and whether the user is
//! active. All other attributes are ignored and stored nowhere.

mod filter;
mod patch;
mod user;

use serde_json::Value;

pub use filter::Filter;
pub use user::{Changes, NewUser};

/// The schema URN of a user.
///
/// Source: RFC 7643, section 4.1.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The schema URN of a PATCH.
///
/// Source: RFC 7644, section 3.5.2.
pub const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// Maximum length of a value, in characters. The longest e-mail address has 254.
const MOST_CHARACTERS: usize = 255;

/// Why a SCIM request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScimError {
    /// Not JSON, another schema, a duplicate member, or a missing part.
    #[error("invalid SCIM body")]
    Syntax,
    /// An unsupported filter.
    #[error("unsupported SCIM filter")]
    Filter,
    /// An invalid path.
    #[error("invalid SCIM path")]
    Path,
    /// A missing value, a value of the wrong type, or one that is too long.
    #[error("invalid SCIM value")]
    Value,
    /// An attribute that cannot be removed.
    #[error("SCIM attribute cannot be removed")]
    Mutability,
}

impl ScimError {
    /// Returns the stable code in our own error responses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Syntax => "scim_syntax",
            Self::Filter => "scim_filter",
            Self::Path => "scim_path",
            Self::Value => "scim_value",
            Self::Mutability => "scim_mutability",
        }
    }
}

/// An attribute of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attribute {
    Active,
    UserName,
    ExternalId,
    /// Valid but not used: a name, a department, a telephone number.
    Other,
}

impl Attribute {
    /// Returns the attribute of a path: a name, optionally after its schema and before a part of it.
    ///
    /// Source: RFC 7644, figure 7. Names are case-insensitive (RFC 7643, section 2.1).
    fn of_path(path: &str) -> Result<Self, ScimError> {
        if path.len() > 2 * MOST_CHARACTERS {
            return Err(ScimError::Path);
        }
        let path = without_schema(path);
        if prefix_of(path, "urn:").is_some() {
            let is_plain = path.chars().all(|c| c.is_ascii_graphic() || c == ' ');
            return if is_plain { Ok(Self::Other) } else { Err(ScimError::Path) };
        }
        let name = path.split(['.', '[']).next().unwrap_or_default();
        let part = path.strip_prefix(name).unwrap_or_default();
        if !is_name(name) || !is_part(part) {
            return Err(ScimError::Path);
        }
        let known = [
            ("active", Self::Active),
            ("userName", Self::UserName),
            ("externalId", Self::ExternalId),
        ];
        match known.into_iter().find(|(known, _)| name.eq_ignore_ascii_case(known)) {
            Some((_, attribute)) if part.is_empty() => Ok(attribute),
            // The known attributes have no parts.
            Some(_) => Err(ScimError::Path),
            None => Ok(Self::Other),
        }
    }
}

/// Returns whether the text is an `ATTRNAME` of RFC 7643, section 2.1. `$ref` is a name as well.
fn is_name(text: &str) -> bool {
    let text = text.strip_prefix('$').unwrap_or(text);
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// Returns whether the text may follow an attribute's name: nothing, `.part`, `[which]`, `[which].part`.
fn is_part(text: &str) -> bool {
    let after = match text.strip_prefix('[').map(|inner| inner.rsplit_once(']')) {
        Some(Some((which, after))) if !which.trim().is_empty() => after,
        Some(_) => return false,
        None => text,
    };
    after.is_empty() || after.strip_prefix('.').is_some_and(is_name)
}

/// Removes a prefix in any letter case; `None` when the text does not begin with it.
fn prefix_of<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let begins = text.get(..prefix.len())?.eq_ignore_ascii_case(prefix);
    text.get(prefix.len()..).filter(|_| begins)
}

/// Removes the schema of users from the start of a path.
fn without_schema(path: &str) -> &str {
    prefix_of(path, USER).and_then(|rest| rest.strip_prefix(':')).unwrap_or(path)
}

/// Parses a body and checks that it declares the schema.
fn body_of(json: &[u8], schema: &str) -> Result<serde_json::Map<String, Value>, ScimError> {
    let Ok(Value::Object(body)) = serde_json::from_slice(json) else {
        return Err(ScimError::Syntax);
    };
    let schemas = member(&body, "schemas")?.and_then(Value::as_array);
    let mut schemas = schemas.into_iter().flatten().filter_map(Value::as_str);
    let is_named = schemas.any(|named| named.eq_ignore_ascii_case(schema));
    if is_named { Ok(body) } else { Err(ScimError::Syntax) }
}

/// Returns a member by its name in any letter case; an error when two names differ only in case.
fn member<'a>(
    body: &'a serde_json::Map<String, Value>,
    name: &str,
) -> Result<Option<&'a Value>, ScimError> {
    let mut found = body.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
    let first = found.next().map(|(_, value)| value);
    if found.next().is_some() { Err(ScimError::Syntax) } else { Ok(first) }
}

#[cfg(test)]
mod tests;
