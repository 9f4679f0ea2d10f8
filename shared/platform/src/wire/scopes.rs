//! What a program may do, as it is chosen.

use std::collections::BTreeSet;

use domain::api_key::Scope;

use crate::http::error::ApiError;

/// Reads the names of scopes.
///
/// # Errors
///
/// 422 `unknown_scope` or `no_scopes`.
pub fn scopes(names: &[String]) -> Result<BTreeSet<Scope>, ApiError> {
    let invalid = |code| ApiError::Invalid { code, field: "scopes" };
    let scopes: Option<BTreeSet<_>> = names.iter().map(|name| Scope::parse(name)).collect();
    let scopes = scopes.ok_or(invalid("unknown_scope"))?;
    if scopes.is_empty() { Err(invalid("no_scopes")) } else { Ok(scopes) }
}
