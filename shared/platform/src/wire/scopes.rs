//! The scopes that a user chooses for a program.

use std::collections::BTreeSet;

use domain::api_key::Scope;

use crate::http::error::ApiError;

/// Parses scope names.
///
/// # Errors
///
/// 422 `unknown_scope` for an unknown name, `no_scopes` for an empty list.
pub fn scopes(names: &[String]) -> Result<BTreeSet<Scope>, ApiError> {
    let invalid = |code| ApiError::Invalid { code, field: "scopes" };
    let scopes: Option<BTreeSet<_>> = names.iter().map(|name| Scope::parse(name)).collect();
    let scopes = scopes.ok_or(invalid("unknown_scope"))?;
    if scopes.is_empty() { Err(invalid("no_scopes")) } else { Ok(scopes) }
}
