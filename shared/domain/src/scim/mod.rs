//! SCIM 2.0 (RFC 7643, RFC 7644) as directories really send it: what a district's directory says of its people.
//!
//! Of a user we ask for three things: the directory's unchanging id, the name that is typed to sign in, and
//! whether they are there. Everything else is read past and kept nowhere.

mod filter;
mod patch;
mod user;

use serde_json::Value;

pub use filter::Filter;
pub use user::{Changes, NewUser};

/// The schema of a user.
///
/// Source: RFC 7643, section 4.1.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The schema of a PATCH.
///
/// Source: RFC 7644, section 3.5.2.
pub const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// Characters of a value at the most: the longest address has 254.
const MOST_CHARACTERS: usize = 255;

/// Why what a directory sent is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScimError {
    /// No JSON, another schema, or something missing.
    #[error("another form")]
    Syntax,
    /// A filter we do not know.
    #[error("another filter")]
    Filter,
    /// A path that is none.
    #[error("no path")]
    Path,
    /// A value of another type, or too long.
    #[error("another value")]
    Value,
    /// What cannot be taken away.
    #[error("cannot be taken away")]
    Mutability,
}

impl ScimError {
    /// The stable code of our own answers.
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
    /// Lawful, and not asked for: a name, a department, a telephone number.
    Other,
}

impl Attribute {
    /// The attribute of a path: a name, with or without its schema before it and a part of it behind.
    ///
    /// Source: RFC 7644, figure 7. Names are the same in any case (RFC 7643, section 2.1).
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
            // They have no parts.
            Some(_) => Err(ScimError::Path),
            None => Ok(Self::Other),
        }
    }
}

/// `ATTRNAME` of RFC 7643, section 2.1; `$ref` is one of its own.
fn is_name(text: &str) -> bool {
    let text = text.strip_prefix('$').unwrap_or(text);
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// What may follow an attribute's name: nothing, `.part`, `[which]`, `[which].part`.
fn is_part(text: &str) -> bool {
    let after = match text.strip_prefix('[').map(|inner| inner.rsplit_once(']')) {
        Some(Some((which, after))) if !which.trim().is_empty() => after,
        Some(_) => return false,
        None => text,
    };
    after.is_empty() || after.strip_prefix('.').is_some_and(is_name)
}

/// The rest of a text that begins with `prefix`, in any case.
fn prefix_of<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let begins = text.get(..prefix.len())?.eq_ignore_ascii_case(prefix);
    text.get(prefix.len()..).filter(|_| begins)
}

/// A path without the schema of users before it.
fn without_schema(path: &str) -> &str {
    prefix_of(path, USER).and_then(|rest| rest.strip_prefix(':')).unwrap_or(path)
}

/// A body, if it says that it is of a schema.
fn body_of(json: &[u8], schema: &str) -> Result<serde_json::Map<String, Value>, ScimError> {
    let Ok(Value::Object(body)) = serde_json::from_slice(json) else {
        return Err(ScimError::Syntax);
    };
    let schemas = member(&body, "schemas")?.and_then(Value::as_array);
    let mut schemas = schemas.into_iter().flatten().filter_map(Value::as_str);
    let is_named = schemas.any(|named| named.eq_ignore_ascii_case(schema));
    if is_named { Ok(body) } else { Err(ScimError::Syntax) }
}

/// A member by its name in any case; two that differ in case alone say nothing.
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
