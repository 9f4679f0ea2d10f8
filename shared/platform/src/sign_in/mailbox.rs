//! Asking for a mail without a session: the same answer and the same work for every address.

use domain::audit::{Action, AuditEvent, Outcome, Scope};
use domain::email::EmailAddress;

use crate::app::App;
use crate::http::error::ApiError;
use crate::limits::{self, MAILS_TO_AN_ADDRESS, Taken};
use crate::scope::Caller;
use crate::sign_in::scope_of;
use crate::table::people::{self, Person};

/// Somebody asked for a mail.
pub(super) struct Asked {
    /// Who gets it; `None` when nobody does.
    pub(super) person: Option<Person>,
    /// What the audit log says of it, to be written with the change.
    pub(super) event: AuditEvent,
}

/// Finds out who gets a mail: whoever has the address and for whom `may` is true, unless strangers have had
/// too many sent there already.
pub(super) async fn ask(
    app: &App,
    caller: &Caller,
    email: &EmailAddress,
    action: Action,
    may: impl FnOnce(&Person) -> bool,
) -> Result<Asked, ApiError> {
    let counted = limits::take(app, MAILS_TO_AN_ADDRESS, email.lookup().as_bytes()).await?;
    let person = people::find_of_address(app, email).await?;
    let is_allowed = counted != Taken::No;
    let person = person.filter(|person| is_allowed && !person.is_disabled && may(person));
    let mut event = match &person {
        Some(person) => caller.event(app, scope_of(person), action, person.id.as_str()),
        None => caller.event(app, Scope::Platform, action, "address"),
    };
    if person.is_none() {
        event.outcome = Outcome::Refused;
    }
    Ok(Asked { person, event })
}
