//! A PATCH (RFC 7644, section 3.5.2), in the two forms that directories send.
//!
//! Entra names a path and writes `"Replace"` and `"False"`. Okta sends a value without a path.

use serde_json::Value;

use super::{Attribute, Changes, PATCH, ScimError, body_of, member};

/// Maximum number of operations in one PATCH. Entra sends one for each attribute of its mapping.
const MOST_OPERATIONS: usize = 100;

impl Changes {
    /// Parses a PATCH and merges all its operations.
    ///
    /// # Errors
    ///
    /// Says what is wrong.
    pub fn patch(json: &[u8]) -> Result<Self, ScimError> {
        let body = body_of(json, PATCH)?;
        let operations = member(&body, "Operations")?.and_then(Value::as_array);
        let operations = operations.ok_or(ScimError::Syntax)?;
        if !(1..=MOST_OPERATIONS).contains(&operations.len()) {
            return Err(ScimError::Syntax);
        }
        let mut changes = Self::default();
        for operation in operations {
            let operation = operation.as_object().ok_or(ScimError::Syntax)?;
            let kind = member(operation, "op")?.and_then(Value::as_str);
            let kind = kind.ok_or(ScimError::Syntax)?.to_ascii_lowercase();
            let path = match member(operation, "path")? {
                None | Some(Value::Null) => None,
                Some(path) => Some(path.as_str().ok_or(ScimError::Path)?),
            };
            let value = member(operation, "value")?;
            match (kind.as_str(), path) {
                ("add" | "replace", Some(path)) => {
                    let attribute = Attribute::of_path(path)?;
                    changes.set(attribute, value.ok_or(ScimError::Value)?)?;
                }
                ("add" | "replace", None) => {
                    let value = value.and_then(Value::as_object).ok_or(ScimError::Value)?;
                    changes.merge(Self::of_members(value)?);
                }
                ("remove", Some(path)) => match Attribute::of_path(path)? {
                    Attribute::Other => {}
                    Attribute::Active | Attribute::UserName | Attribute::ExternalId => {
                        return Err(ScimError::Mutability);
                    }
                },
                // The RFC has the error `noTarget` for this (RFC 7644, section 3.5.2.2). No directory sends it.
                ("remove", None) => return Err(ScimError::Path),
                _ => return Err(ScimError::Syntax),
            }
        }
        Ok(changes)
    }
}
