//! A person's passkeys: a device holds a key for this site alone, and verifies its user before it signs.

use domain::ids::PasskeyId;
use domain::second_factor::{MOST_PASSKEYS, Method};
use domain::session::Proof;
use serde_json::Value;
use webauthn_rs::prelude::{PasskeyAuthentication, PublicKeyCredential};

use crate::access::fresh_second_factor::FreshSecondFactor;
use crate::access::visitor::Visitor;
use crate::base::app::App;
use crate::http::error::ApiError;
use crate::http::response::Response;
use crate::people::ceremonies::{self, Purpose};
use crate::people::persons::Person;
use crate::people::second_factors;
use crate::sign_in::second_factor::ceremony::{
    self, MadePasskey, Maker, PasskeyOptions, read, site,
};
use crate::sign_in::second_factor::proved::{Proved, added, removed, wrong_passkey};
use crate::store::untrusted::Untrusted;

/// Returns the creation options for a passkey of the signed-in person.
///
/// # Errors
///
/// 409 `too_many_passkeys`; 403 when the person must show a second factor or sign in again first, or has none offered.
pub async fn begin_passkey(visitor: &Visitor) -> Result<PasskeyOptions, ApiError> {
    visitor.may_add_factor()?;
    let (app, person) = (visitor.app, &visitor.person);
    if person.factors.passkeys.len() >= MOST_PASSKEYS {
        return Err(ApiError::Conflict("too_many_passkeys"));
    }
    let mut there = Vec::new();
    for passkey in &person.factors.passkeys {
        there.push(passkey.open(app, &person.id).await?.cred_id().clone());
    }
    let id = person.id.bits().ok_or_else(|| ApiError::internal("a person's id"))?;
    let maker = Maker { id, email: person.email(app).await?, there };
    ceremony::begin_making(app, Purpose::Register(&person.id), maker).await
}

/// Stores the passkey that the browser has created.
///
/// # Errors
///
/// 422 `wrong_passkey` for a response that does not match; 409 `passkey_exists`; 403 as [`begin_passkey`].
pub async fn finish_passkey(visitor: &Visitor, made: &MadePasskey) -> Result<Response, ApiError> {
    visitor.may_add_factor()?;
    let (app, person) = (visitor.app, &visitor.person);
    let name = made.name()?;
    let passkey = ceremony::finish_making(app, Purpose::Register(&person.id), made).await?;
    let id = second_factors::passkey_id(app, passkey.cred_id().as_slice()).await?;
    if person.factors.passkeys.iter().any(|there| there.id == id) {
        return Err(ApiError::Conflict("passkey_exists"));
    }
    let change = second_factors::add_passkey(app, &person.id, &passkey, &name).await?;
    added(visitor, Method::Passkey, Proof::Passkey, vec![change]).await
}

/// Removes a passkey.
///
/// The proof of a fresh second factor is a parameter, so no handler can call this without one.
///
/// # Errors
///
/// 404 for a passkey that is not theirs.
pub async fn remove_passkey(
    fresh: FreshSecondFactor<'_>,
    id: &Untrusted<PasskeyId>,
) -> Result<Response, ApiError> {
    let visitor = fresh.visitor();
    let (app, person) = (visitor.app, &visitor.person);
    let factors = &person.factors;
    let there = factors.passkeys.iter().find(|passkey| passkey.id == *id.inner());
    let there = there.ok_or(ApiError::NotFound)?;
    let is_last = factors.totp.is_none() && factors.passkeys.len() == 1;
    let changes = vec![second_factors::remove_passkey(app, &person.id, &there.id)?];
    removed(visitor, Method::Passkey, is_last, changes).await
}

/// Returns the request options for one of a known person's passkeys.
pub(in crate::sign_in) async fn options_of(
    app: &App,
    person: &Person,
) -> Result<PasskeyOptions, ApiError> {
    let mut passkeys = Vec::new();
    for passkey in &person.factors.passkeys {
        passkeys.push(passkey.open(app, &person.id).await?);
    }
    if passkeys.is_empty() {
        return Err(ApiError::Conflict("no_passkey"));
    }
    ceremony::ask_for_one_of(app, Purpose::Prove(&person.id), &passkeys).await
}

/// Verifies a response that a person's device signed.
pub(super) async fn check(
    app: &App,
    person: &Person,
    ceremony: &str,
    credential: &Value,
) -> Result<Proved, ApiError> {
    let signed: PublicKeyCredential = read(credential)?;
    let purpose = Purpose::Prove(&person.id);
    let state: Option<PasskeyAuthentication> = ceremonies::take(app, purpose, ceremony).await?;
    let state = state.ok_or_else(wrong_passkey)?;
    let result =
        site(app)?.finish_passkey_authentication(&signed, &state).map_err(|_| wrong_passkey())?;
    let id = second_factors::passkey_id(app, result.cred_id().as_slice()).await?;
    let stored = person.factors.passkeys.iter().find(|passkey| passkey.id == id);
    // The passkey was removed after the options were created.
    let stored = stored.ok_or_else(wrong_passkey)?;
    let mut passkey = stored.open(app, &person.id).await?;
    passkey.update_credential(&result);
    let changes = vec![stored.used(app, &person.id, &passkey).await?];
    Ok(Proved::new(Proof::Passkey, changes))
}
