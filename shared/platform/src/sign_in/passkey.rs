//! Sign-in by a passkey alone.

use domain::ids::PersonId;
use domain::person::Portal;
use domain::session::Proof;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::response::Response;
use crate::people::ceremonies::Purpose;
use crate::people::{persons, second_factors};
use crate::sign_in::door;
use crate::sign_in::second_factor::ceremony::{self, PasskeyOptions, Signed};
use crate::sign_in::second_factor::proved::wrong_passkey;

/// A sign-in by a passkey alone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeySignIn {
    /// `photographer`, `school` or `parent`. No person may enter `admin`.
    portal: String,
    /// The ceremony name that came with the options.
    ceremony: String,
    /// The browser's response, as `PublicKeyCredential.toJSON()` writes it.
    #[schema(value_type = Object)]
    credential: Value,
}

/// Returns request options for a discoverable-credential sign-in: the device names the person.
///
/// # Errors
///
/// 409 `passkeys_unavailable` where the site has no host name.
pub async fn options_of_anybody(app: &App) -> Result<PasskeyOptions, ApiError> {
    ceremony::ask_anybody(app, Purpose::SignIn).await
}

/// Signs a person in by a passkey alone.
///
/// A passkey is two factors: the device, and the user verification on it.
///
/// # Errors
///
/// 422 `wrong_passkey`, for any mismatch.
pub async fn sign_in_by_passkey(
    app: &'static App,
    caller: &Caller,
    shown: &PasskeySignIn,
) -> Result<Response, ApiError> {
    let portal = Portal::ALL.into_iter().find(|portal| portal.name() == shown.portal);
    let portal = portal.ok_or(ApiError::Invalid { code: "unknown_portal", field: "portal" })?;
    let shown = (shown.ceremony.as_str(), &shown.credential);
    let signed = Signed::read(app, Purpose::SignIn, shown).await?;
    let (person, credential) = signed.claims()?;
    let person = PersonId::from_random(person);
    let id = second_factors::passkey_id(app, credential).await?;
    let person = persons::find(app, &person).await?.ok_or_else(wrong_passkey)?;
    let stored = person.factors.passkeys.iter().find(|passkey| passkey.id == id);
    let stored = stored.ok_or_else(wrong_passkey)?;
    let mut passkey = stored.open(app, &person.id).await?;
    signed.check(&mut passkey)?;
    if !person.is_verified || !person.may_enter(portal) {
        return Err(wrong_passkey());
    }
    let changes = vec![stored.used(app, &person.id, &passkey).await?];
    door::enter(app, caller, &person, portal, Proof::Passkey, changes).await
}
