//! Requests for a mail without a session: the same response and the same work for every address.

use domain::audit::{Action, AuditEvent, Outcome, Scope};
use domain::email::EmailAddress;

use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::mail::{Holds, Mailbox, Stamp};
use crate::people::persons::{self, Person, scope_of};

/// A request for a mail, after the checks.
pub(super) struct Asked {
    /// The recipient; `None` when no mail is sent.
    pub(super) person: Option<Person>,
    /// The permission to send; `None` when too many mails were sent to this address.
    pub(super) stamp: Option<Stamp>,
    /// The audit event, to be written with the change.
    pub(super) event: AuditEvent,
}

/// The kind of mail that is requested.
pub(super) struct Wish {
    /// The action in the audit log.
    pub(super) action: Action,
    pub(super) holds: Holds,
}

/// Determines the recipient of a mail: the owner of the address, if enabled and if `may` is true.
///
/// No mail is sent when too many were sent there already. Links that were sent before stay valid: see [`Stamp`].
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
