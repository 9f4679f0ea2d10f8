//! Tokens of other issuers, verified with the keys that the issuer publishes.

mod client;
pub mod id_token;
pub mod jwks;

pub(crate) use client::{Fetch, ProviderError};
pub use jwks::KeyCache;

use serde::de::DeserializeOwned;

/// Returns the URL to call for a provider's URL in this deployment.
pub(crate) fn place(app: &App, address: &str) -> String {
    client::place(app.config().endpoints.identity.as_deref(), address)
}

use crate::base::app::App;
use id_token::{Expected, Refused};

/// Verifies a token that `issuer` made for `audience`.
///
/// It is a resource server's check for any issuer that signs with RS256 and publishes its keys (Entra,
/// Google, Cognito, Firebase).
///
/// # Errors
///
/// Says which check failed; [`ProviderError::Unreachable`] when the keys cannot be fetched.
pub(crate) async fn prove<C: DeserializeOwned>(
    app: &App,
    token: &str,
    keys_at: &str,
    expected: &Expected<'_>,
) -> Result<C, ProviderError> {
    let kid = id_token::kid(token)?;
    let now = expected.now;
    if let Some(key) = app.identity_keys.find(keys_at, &kid, now) {
        return Ok(id_token::prove(token, &key, expected)?);
    }
    // One task fetches; the others wait for the lock and then read the cache.
    let _asking = app.identity_asking.lock().await;
    if let Some(key) = app.identity_keys.find(keys_at, &kid, now) {
        return Ok(id_token::prove(token, &key, expected)?);
    }
    if !app.identity_keys.may_fetch(keys_at, now) {
        // An issuer that did not answer a moment ago has not said that there is no such key.
        let is_known = app.identity_keys.knows(keys_at, now);
        let asked_lately = ProviderError::Unreachable("asked a moment ago");
        return Err(if is_known { Refused::Key.into() } else { asked_lately });
    }
    let set = Fetch::new(app)?.get(keys_at).await?;
    let keys = jwks::parse(&set).map_err(|_| ProviderError::Unreachable("no key set"))?;
    app.identity_keys.keep(keys_at, &keys, now);
    let key = app.identity_keys.find(keys_at, &kid, now).ok_or(Refused::Key)?;
    Ok(id_token::prove(token, &key, expected)?)
}
