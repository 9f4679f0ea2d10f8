//! Attempts at the password sign-in, counted before the password is verified.
//!
//! Of 200 parallel guesses, five compute a hash; the rate limit refuses the others, which cost none. A locked sign-in
//! responds like a wrong password.
//!
//! The other sign-in methods stay open. Password sign-in also stays open in a browser that the owner has signed in with
//! before: there, neither guesses at the account nor guesses from the network count.

use domain::audit::{Action, Outcome, Scope};
use domain::email::EmailAddress;
use domain::ids::PersonId;
use domain::person::Portal;

use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::limits::tries::{Attempt, Door, Standing};
use crate::mail::{self, Asked, Holds, Mailbox, Stamp};
use crate::store::audit;

/// Counts an attempt, or refuses it with the response for a wrong password.
pub(super) async fn reserve(
    app: &App,
    caller: &Caller,
    email: &EmailAddress,
    person: Option<&PersonId>,
) -> Result<Attempt, ApiError> {
    let address = email.lookup();
    let standing = Standing::by(app, caller, person, Standing::Nothing(&address)).await?;
    let door = Door::password(&app.config().limits);
    match Attempt::reserve(app, caller, door, &standing).await? {
        Some(attempt) => Ok(attempt),
        None => Err(refused(app, caller, person).await?),
    }
}

async fn refused(
    app: &App,
    caller: &Caller,
    person: Option<&PersonId>,
) -> Result<ApiError, ApiError> {
    let to = person.map_or("", |person| person.as_str());
    let mut event = caller.event(app, Scope::Platform, Action::SignedIn, to);
    event.outcome = Outcome::Refused;
    event.details = Some("locked".to_owned());
    audit::record(app, &event).await?;
    Ok(ApiError::SignInRefused)
}

/// Records a wrong attempt. After the last one, the sign-in is locked and the owner is notified once.
pub(super) async fn failed(
    attempt: Attempt,
    app: &App,
    caller: &Caller,
    (email, person): (&EmailAddress, Option<PersonId>),
    portal: Portal,
) -> Result<(), ApiError> {
    let is_last = attempt.is_last();
    attempt.wrong(app).await?;
    if !is_last {
        return Ok(());
    }
    let to = person.as_ref().map_or("", |person| person.as_str());
    let event = caller.event(app, Scope::Platform, Action::SignInLocked, to);
    audit::record(app, &event).await?;
    let mailbox = Mailbox { email, owner: person.as_ref(), is_mailed: person.is_some() };
    let stamp = Stamp::for_stranger(app, caller, &mailbox, Holds::News).await?;
    let mail = person.map(|person| Asked::SignInLocked { person, portal });
    mail::post(app, stamp, mail).await
}
