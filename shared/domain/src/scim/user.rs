//! A user as a directory sends one.

use serde_json::{Map, Value};

use super::{Attribute, MOST_CHARACTERS, ScimError, USER, body_of};

/// What a directory changes of somebody. What is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Whether they are there.
    pub active: Option<bool>,
    /// What they type to sign in.
    pub user_name: Option<String>,
    /// The directory's unchanging id of them.
    pub external_id: Option<String>,
}

/// Somebody a directory tells us of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// Whether they are there.
    pub active: bool,
    /// What they type to sign in.
    pub user_name: String,
    /// The directory's unchanging id of them.
    pub external_id: String,
}

impl NewUser {
    /// Reads a user to be made.
    ///
    /// # Errors
    ///
    /// Says what is wrong; a user without `userName` or `externalId` is nobody we could know again.
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
    /// Reads a user that takes the place of another (PUT). Who does not say whether somebody is there changes
    /// nothing about it: nobody is let in again by what was left out.
    ///
    /// # Errors
    ///
    /// Says what is wrong.
    pub fn replacing(json: &[u8]) -> Result<Self, ScimError> {
        let said = Self::of_members(&body_of(json, USER)?)?;
        if said.user_name.is_none() { Err(ScimError::Value) } else { Ok(said) }
    }

    /// The members of an object that we ask for. One that is there twice says nothing.
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

    /// What comes later counts.
    pub(super) fn merge(&mut self, later: Self) {
        self.active = later.active.or(self.active);
        self.user_name = later.user_name.or_else(|| self.user_name.take());
        self.external_id = later.external_id.or_else(|| self.external_id.take());
    }
}

/// A truth value; Entra sends it as text, with a capital.
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
