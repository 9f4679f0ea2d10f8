//! Passkeys of site administrators: a sign-in without a rate limit, so that no attacker can lock it.
//!
//! A passkey is two factors: the device, and the user verification on it.

use domain::audit::{Action, Scope};
use domain::ids::{OperatorId, PasskeyId};
use domain::second_factor::Method;
use domain::session::Proof;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::session;
use super::sign_in::{answer, refused};
use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::response::Response;
use crate::operators::operator::Operator;
use crate::operators::step_up::FreshOperator;
use crate::people::ceremonies::Purpose;
use crate::people::operators::passkeys::{OperatorPasskey, id_of};
use crate::people::operators::{self, StoredOperator};
use crate::sign_in::second_factor::ceremony::{self, Maker, Signed};
use crate::sign_in::second_factor::{MadePasskey, PasskeyOptions};
use crate::store::audit;
use crate::store::change::{Committed, Edit, commit};
use crate::store::untrusted::Untrusted;
use crate::wire::time::rfc3339;

/// A sign-in by a passkey alone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperatorPasskeySignIn {
    /// The ceremony name that came with the options.
    ceremony: String,
    /// The browser's response, as `PublicKeyCredential.toJSON()` writes it.
    #[schema(value_type = Object)]
    credential: Value,
}

/// A passkey of the site administrator.
#[derive(Serialize, ToSchema)]
pub struct OperatorPasskeyEntry {
    /// The id.
    id: String,
    /// The name that its owner gave it.
    name: String,
    /// When it was added.
    added_at: String,
    /// When it was last used.
    last_used_at: Option<String>,
}

/// Returns request options for a discoverable-credential sign-in: the device names the site administrator.
///
/// # Errors
///
/// 409 `passkeys_unavailable` where the site has no host name.
pub async fn passkey_options(app: &App) -> Result<PasskeyOptions, ApiError> {
    ceremony::ask_anybody(app, Purpose::SignInOperator).await
}

/// Signs a site administrator in by a passkey alone. A previous session ends.
///
/// # Errors
///
/// [`ApiError::SignInRefused`], for any mismatch.
pub async fn sign_in_by_passkey(
    app: &'static App,
    caller: &Caller,
    shown: &OperatorPasskeySignIn,
) -> Result<Response, ApiError> {
    let mut known = None;
    match proved(app, shown, &mut known).await {
        Ok((operator, edit)) => {
            let proof = (Proof::Passkey, edit);
            match session::enter(app, caller, &operator, proof).await? {
                Some(opened) => answer(app, caller, &operator, &opened).await,
                // A parallel request has used the same signature.
                None => Err(refused(app, caller, known, Some("passkey")).await?),
            }
        }
        Err(ApiError::Invalid { .. }) => Err(refused(app, caller, known, Some("passkey")).await?),
        Err(error) => Err(error),
    }
}

/// Returns the owner of the passkey, with the edit that records its use.
///
/// Sets `known` to the claimed site administrator, as soon as one exists.
async fn proved(
    app: &App,
    shown: &OperatorPasskeySignIn,
    known: &mut Option<OperatorId>,
) -> Result<(StoredOperator, Edit), ApiError> {
    let wrong = crate::sign_in::second_factor::wrong_passkey;
    let what = (shown.ceremony.as_str(), &shown.credential);
    let signed = Signed::read(app, Purpose::SignInOperator, what).await?;
    let (who, credential) = signed.claims()?;
    let id = id_of(app, credential).await?;
    let operator = operators::find(app, &OperatorId::from_random(who)).await?.ok_or_else(wrong)?;
    *known = Some(operator.id.clone());
    let mut all = operator.passkeys(app).await?.into_iter();
    let mut passkey = all.find(|passkey| passkey.id == id).ok_or_else(wrong)?;
    signed.check(&mut passkey.passkey)?;
    let edit = operator.use_passkey(app, passkey).await?;
    Ok((operator, edit))
}

impl Operator {
    /// Returns the site administrator's passkeys, oldest first.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn passkeys(&self) -> Result<Vec<OperatorPasskeyEntry>, ApiError> {
        let all = self.stored.passkeys(self.app).await?.into_iter();
        let entry = |passkey: OperatorPasskey| OperatorPasskeyEntry {
            id: passkey.id.to_string(),
            name: passkey.name,
            added_at: rfc3339(passkey.added),
            last_used_at: passkey.last_used.map(rfc3339),
        };
        Ok(all.map(entry).collect())
    }

    /// Commits an edit of the site administrator's row with its audit event.
    async fn change(&self, edit: Edit, did: Action) -> Result<(), ApiError> {
        let app = self.app;
        let mut event = self.caller.event(app, Scope::Platform, did, self.stored.id.as_str());
        event.details = Some(Method::Passkey.name().to_owned());
        let changes = vec![self.stored.change(app, edit)?, audit::add(app, &event).await?];
        match commit(app, changes).await? {
            Committed::Yes => Ok(()),
            Committed::Refused(_) => Err(ApiError::Conflict("wrong_state")),
        }
    }
}

/// Returns the creation options for a site administrator's passkey.
///
/// The proof of a fresh second factor is a parameter, so no handler can call this without one.
///
/// # Errors
///
/// 409 `passkeys_unavailable` where the site has no host name.
pub async fn begin_passkey(fresh: FreshOperator<'_>) -> Result<PasskeyOptions, ApiError> {
    let Operator { app, stored, .. } = fresh.operator();
    let there = stored.passkeys(app).await?.into_iter();
    let there = there.map(|there| there.passkey.cred_id().clone()).collect();
    let id = stored.id.bits().ok_or_else(|| ApiError::internal("a site administrator's id"))?;
    let maker = Maker { id, email: stored.email(app).await?, there };
    ceremony::begin_making(app, Purpose::RegisterOperator(&stored.id), maker).await
}

/// Stores the passkey that the browser has created.
///
/// # Errors
///
/// 422 `wrong_passkey` for a response that does not match; 409 `passkey_exists`, `too_many_passkeys`.
pub async fn finish_passkey(fresh: FreshOperator<'_>, made: &MadePasskey) -> Result<(), ApiError> {
    let operator = fresh.operator();
    let (app, stored) = (operator.app, &operator.stored);
    let name = made.name()?;
    let purpose = Purpose::RegisterOperator(&stored.id);
    let passkey = ceremony::finish_making(app, purpose, made).await?;
    let id = id_of(app, passkey.cred_id().as_slice()).await?;
    if stored.passkeys(app).await?.iter().any(|there| there.id == id) {
        return Err(ApiError::Conflict("passkey_exists"));
    }
    let edit = stored.add_passkey(app, passkey, &name).await?;
    let edit = edit.ok_or(ApiError::Conflict("too_many_passkeys"))?;
    operator.change(edit, Action::SecondFactorAdded).await
}

/// Removes a passkey.
///
/// The proof of a fresh second factor is a parameter, so no handler can call this without one.
///
/// # Errors
///
/// 404 for a passkey that is not theirs.
pub async fn remove_passkey(
    fresh: FreshOperator<'_>,
    id: &Untrusted<PasskeyId>,
) -> Result<(), ApiError> {
    let operator = fresh.operator();
    let all = operator.stored.passkeys(operator.app).await?;
    let there = all.iter().find(|passkey| passkey.id == *id.inner());
    let edit = operator.stored.remove_passkey(there.ok_or(ApiError::NotFound)?);
    operator.change(edit, Action::SecondFactorRemoved).await
}
