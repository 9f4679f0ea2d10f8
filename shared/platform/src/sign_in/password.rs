//! Sign-in with a password. Every refusal has the same response and the same cost.

use domain::audit::{Action, Outcome, Scope};
use domain::email::EmailAddress;
use domain::password::Password;
use domain::person::Portal;
use domain::session::Proof;

use crate::base::app::App;
use crate::base::crypto::password_hash::{self, StoredPassword, Verdict};
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::response::Response;
use crate::people::persons::{self, Person, scope_of};
use crate::sign_in::{attempt, door};
use crate::store::audit;
use crate::store::change::commit;

/// Signs a person in with a password.
///
/// # Errors
///
/// [`ApiError::SignInRefused`] for an unknown address, a wrong password, a locked sign-in or a portal that is not
/// theirs; 403 `email_not_verified` for the right password of an unconfirmed address.
pub async fn sign_in_by_password(
    app: &'static App,
    caller: &Caller,
    portal: Portal,
    email: &EmailAddress,
    password: Password,
) -> Result<Response, ApiError> {
    let person = persons::find_of_address(app, email).await?;
    let known = person.as_ref().map(|person| person.id.clone());
    let attempt = attempt::reserve(app, caller, email, known.as_ref()).await?;
    let stored = person.as_ref().and_then(|person| person.password.clone());
    let verdict = password_hash::verify(app, password, stored).await?;
    let welcome = person.filter(|person| verdict != Verdict::Wrong && person.may_enter(portal));
    let Some(person) = welcome else {
        let mut event = caller.event(app, Scope::Platform, Action::SignedIn, portal.name());
        event.outcome = Outcome::Refused;
        audit::record(app, &event).await?;
        attempt::failed(attempt, app, caller, (email, known), portal).await?;
        return Err(ApiError::SignInRefused);
    };
    attempt.right(app).await?;
    if !person.is_verified {
        return Err(ApiError::Forbidden("email_not_verified"));
    }
    if let Verdict::Outdated(fresh) = verdict {
        upgrade(app, caller, &person, &fresh).await?;
    }
    door::enter(app, caller, &person, portal, Proof::Password, Vec::new()).await
}

/// Rehashes the password with the current parameters, if it is still the one that was verified.
///
/// Of two parallel sign-ins, one writes the new hash; both continue.
async fn upgrade(
    app: &App,
    caller: &Caller,
    person: &Person,
    fresh: &StoredPassword,
) -> Result<(), ApiError> {
    let event =
        caller.event(app, scope_of(person), Action::PasswordHashUpgraded, person.id.as_str());
    let changes =
        vec![persons::replace_password(app, person, fresh)?, audit::add(app, &event).await?];
    commit(app, changes).await?;
    Ok(())
}
