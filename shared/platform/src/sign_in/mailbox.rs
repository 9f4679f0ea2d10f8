//! Asking for a mail without a session: the same answer and the same work for every address.

use domain::audit::{Action, AuditEvent, Outcome, Scope};
use domain::email::EmailAddress;

use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::mail::{Holds, Mailbox, Stamp};
use crate::people::persons::{self, Person, scope_of};

/// Somebody asked for a mail.
pub(super) struct Asked {
    /// Who gets it; `None` when nobody does.
    pub(super) person: Option<Person>,
    /// What lets it go; `None` when too many were sent there.
    pub(super) stamp: Option<Stamp>,
    /// What the audit log says of it, to be written with the change.
    pub(super) event: AuditEvent,
}

/// What somebody asks for.
pub(super) struct Wish {
    /// What it is called in the log.
    pub(super) action: Action,
    pub(super) holds: Holds,
}

/// Finds out who gets a mail: whoever has the address and for whom `may` is true, unless too many were sent there
/// already. What was sent before goes on working: see [`Stamp`].
pub(super) async fn ask(
    app: &App,
    caller: &Caller,
    email: &EmailAddress,
    wish: Wish,
    may: impl FnOnce(&Person) -> bool,
) -> Result<Asked, ApiError> {
    let person = persons::find_of_address(app, email).await?;
    let person = person.filter(|person| !person.is_disabled && may(person));
    let owner = person.as_ref().map(|person| &person.id);
    let mailbox = Mailbox { email, owner, is_mailed: owner.is_some() };
    let stamp = Stamp::for_stranger(app, caller, &mailbox, wish.holds).await?;
    let person = person.filter(|_| stamp.is_some());
    let mut event = match &person {
        Some(person) => caller.event(app, scope_of(person), wish.action, person.id.as_str()),
        None => caller.event(app, Scope::Platform, wish.action, "address"),
    };
    if person.is_none() {
        event.outcome = Outcome::Refused;
    }
    Ok(Asked { person, stamp, event })
}
