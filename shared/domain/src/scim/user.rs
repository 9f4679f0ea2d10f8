//! A user as a directory sends it.

use serde_json::{Map, Value};

use super::{Attribute, MOST_CHARACTERS, ScimError, USER, body_of};

/// Changes of a user by the directory. `None` means unchanged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Whether the user is active.
    pub active: Option<bool>,
    /// The sign-in name.
    pub user_name: Option<String>,
    /// The directory's unchanging id of the user.
    pub external_id: Option<String>,
}

/// A new user from a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// Whether the user is active.
    pub active: bool,
    /// The sign-in name.
    pub user_name: String,
    /// The directory's unchanging id of the user.
    pub external_id: String,
}

impl NewUser {
    /// Parses a user to create.
    ///
    /// # Errors
    ///
    /// Says what is wrong. `userName` and `externalId` are required, because the user could not be recognised again
    /// without them.
    pub fn parse(json: &[u8]) -> Result<Self, ScimError> {
        let said = Changes::of_members(&body_of(json, USER)?)?;
        Ok(Self {
            active: said.active.unwrap_or(true),
            user_name: said.user_name.ok_or(ScimError::Value)?,
            external_id: said.external_id.ok_or(ScimError::Value)?,
        })
    }
}

impl Changes {
    /// Parses a user that replaces another (PUT).
    ///
    /// Without `active` the state stays as it is: a missing attribute must not activate a user again.
    ///
    /// # Errors
    ///
    /// Says what is wrong.
    pub fn replacing(json: &[u8]) -> Result<Self, ScimError> {
        let said = Self::of_members(&body_of(json, USER)?)?;
        if said.user_name.is_none() { Err(ScimError::Value) } else { Ok(said) }
    }

    /// Reads the known members of an object. A duplicate member is an error.
    pub(super) fn of_members(members: &Map<String, Value>) -> Result<Self, ScimError> {
        let mut said = Self::default();
        for (name, value) in members {
            let attribute = Attribute::of_path(name)?;
            let before = said.clone();
            said.set(attribute, value)?;
            let is_again = match attribute {
                Attribute::Active => before.active.is_some(),
                Attribute::UserName => before.user_name.is_some(),
                Attribute::ExternalId => before.external_id.is_some(),
                Attribute::Other => false,
            };
            if is_again {
                return Err(ScimError::Syntax);
            }
        }
        Ok(said)
    }

    pub(super) fn set(&mut self, attribute: Attribute, value: &Value) -> Result<(), ScimError> {
        match attribute {
            Attribute::Active => self.active = Some(flag(value)?),
            Attribute::UserName => self.user_name = Some(text(value)?),
            Attribute::ExternalId => self.external_id = Some(text(value)?),
            Attribute::Other => {}
        }
        Ok(())
    }

    /// Merges later changes into these; the later value wins.
    pub(super) fn merge(&mut self, later: Self) {
        self.active = later.active.or(self.active);
        self.user_name = later.user_name.or_else(|| self.user_name.take());
        self.external_id = later.external_id.or_else(|| self.external_id.take());
    }
}

/// Parses a boolean. Entra sends it as text with a capital letter.
fn flag(value: &Value) -> Result<bool, ScimError> {
    match value {
        Value::Bool(is_true) => Ok(*is_true),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            Err(ScimError::Value)
        }
    }
}

fn text(value: &Value) -> Result<String, ScimError> {
    let text = value.as_str().map(str::trim).ok_or(ScimError::Value)?;
    let is_plain = !text.is_empty()
        && text.chars().count() <= MOST_CHARACTERS
        && !text.chars().any(char::is_control);
    if is_plain { Ok(text.to_owned()) } else { Err(ScimError::Value) }
}
