//! Signing in with a password. Every refusal looks the same and costs the same.

use domain::audit::{Action, Outcome, Scope};
use domain::email::EmailAddress;
use domain::password::Password;
use domain::person::Portal;
use domain::session::Proof;

use crate::app::App;
use crate::crypto::password_hash;
use crate::http::error::ApiError;
use crate::scope::Caller;
use crate::sign_in::{attempt, door};
use crate::start::Response;
use crate::table::{audit, people};

/// Signs in with a password.
///
/// # Errors
///
/// [`ApiError::SignInRefused`] for an unknown address, a wrong password, a portal that is not theirs;
/// 403 `email_not_verified` to whoever knows the right password of an unconfirmed address.
pub async fn sign_in_by_password(
    app: &'static App,
    caller: &Caller,
    portal: Portal,
    email: &EmailAddress,
    password: Password,
) -> Result<Response, ApiError> {
    let person = match people::find_by_email(app, email).await? {
        Some(id) => people::find(app, &id).await?,
        None => None,
    };
    let attempt = attempt::reserve(app, caller, email, person.as_ref().map(|it| &it.id)).await?;
    let stored = person.as_ref().and_then(|person| person.password_hash.clone());
    let verified =
        tokio::task::spawn_blocking(move || password_hash::verify(&password, stored.as_deref()));
    let known = person.as_ref().map(|person| person.id.clone());
    let is_right = verified.await.map_err(ApiError::internal)?;
    let welcome = person.filter(|person| match portal {
        Portal::Photographer => !person.memberships.is_empty(),
        // Parents sign in by a mailed link; schools by invitation; site administrators at their own door.
        Portal::Parent | Portal::School | Portal::Admin => false,
    });
    let Some(person) = welcome.filter(|_| is_right) else {
        let mut event = caller.event(app, Scope::Platform, Action::SignedIn, portal.name());
        event.outcome = Outcome::Refused;
        audit::record(app, &event).await?;
        attempt.failed(app, caller, known, portal).await?;
        return Err(ApiError::SignInRefused);
    };
    if !person.is_verified {
        return Err(ApiError::Forbidden("email_not_verified"));
    }
    let changes = vec![attempt.succeeded(app).await?];
    door::enter(app, caller, &person, portal, Proof::Password, changes).await
}
