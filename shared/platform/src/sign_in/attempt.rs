//! Attempts at the password door, counted before the password is looked at.
//!
//! Two hundred guesses at once compute five hashes: the others are refused by the counter and cost none. A
//! locked door answers as a wrong password does. The other doors stay open.

use domain::audit::{Action, Outcome, Scope};
use domain::email::EmailAddress;
use domain::ids::PersonId;
use domain::person::Portal;

use crate::app::App;
use crate::http::error::ApiError;
use crate::limits::{self, Limit, Taken};
use crate::mail::Mail;
use crate::scope::Caller;
use crate::table::{Change, audit};

/// An attempt that has been counted.
pub(super) struct Attempt {
    /// What it was counted by: the account, or the account on one device.
    account: Vec<u8>,
    address: Vec<u8>,
    is_last: bool,
}

/// Counts an attempt, or refuses it as a wrong password is refused.
pub(super) async fn reserve(
    app: &App,
    caller: &Caller,
    email: &EmailAddress,
    person: Option<&PersonId>,
) -> Result<Attempt, ApiError> {
    let config = &app.config().limits;
    let address = limits::network_of(&caller.origin().address);
    let of_address = Limit::attempts_of_an_address(config);
    if limits::take(app, of_address, &address).await? == Taken::No {
        return Err(refused(app, caller, None).await?);
    }
    let account = match (&caller.device, person) {
        (Some(device), Some(person)) if device.is_of(app, person).await? => {
            [person.as_str().as_bytes(), device.nonce()].concat()
        }
        (Some(_) | None, Some(_) | None) => email.lookup().as_bytes().to_vec(),
    };
    match limits::take(app, Limit::attempts_at_an_account(config), &account).await? {
        Taken::Yes(number) => Ok(Attempt { account, address, is_last: number >= config.attempts }),
        Taken::No => Err(refused(app, caller, person).await?),
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

impl Attempt {
    /// The attempt was right: the account's count begins anew with what the sign-in writes.
    pub(super) async fn succeeded(&self, app: &App) -> Result<Change, ApiError> {
        let config = &app.config().limits;
        limits::give_back(app, Limit::attempts_of_an_address(config), &self.address).await?;
        let limit = Limit::attempts_at_an_account(config);
        Ok(limits::forget(app, limit, &self.account).await?)
    }

    /// The attempt was wrong. When it was the last, the door is locked now, and its owner is told, once.
    pub(super) async fn failed(
        &self,
        app: &App,
        caller: &Caller,
        person: Option<PersonId>,
        portal: Portal,
    ) -> Result<(), ApiError> {
        if !self.is_last {
            return Ok(());
        }
        let to = person.as_ref().map_or("", |person| person.as_str());
        let event = caller.event(app, Scope::Platform, Action::SignInLocked, to);
        audit::record(app, &event).await?;
        // A mail is queued for an unknown address too, and goes nowhere: the work must not tell.
        let mail = person.map_or(Mail::Nothing, |person| Mail::SignInLocked { person, portal });
        mail.send(app).await
    }
}
