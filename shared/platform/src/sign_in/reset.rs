//! Password reset: by a mailed link the owner chooses another password.
//!
//! It ends every session and every key of the person's programs.

use domain::audit::Action;
use domain::email::EmailAddress;
use domain::ids::PersonId;
use domain::mailbox::MailboxDoor;
use domain::password::Password;

use crate::base::app::App;
use crate::base::crypto::password_hash;
use crate::http::caller::Caller;
use crate::http::device::{DeviceOf, Shown};
use crate::http::error::ApiError;
use crate::http::response::{Response, check_mail, no_content, set_cookie};
use crate::mail::notices::{self, Notice};
use crate::mail::{self, Asked, Holds};
use crate::people::persons::{self, MailboxProof, scope_of};
use crate::people::tokens::{self, Purpose};
use crate::sign_in::mailbox::{self, Wish};
use crate::sign_in::{breached, session};
use crate::store::audit;
use crate::store::change::{Committed, commit};

/// Mails a reset link to the owner of the address. The response and the work are the same for an unknown address.
///
/// # Errors
///
/// When the store or the queue fails.
pub async fn request_reset(
    app: &App,
    caller: &Caller,
    email: &EmailAddress,
) -> Result<Response, ApiError> {
    let wish = Wish { action: Action::PasswordResetRequested, holds: Holds::Door };
    let asked = mailbox::ask(app, caller, email, wish, |_| true).await?;
    let (holder, epoch) = match &asked.person {
        Some(person) => (person.id.clone(), person.epoch),
        None => (PersonId::from_random(app.random()), 0),
    };
    let purpose = Purpose::ResetPassword;
    let (token, issue) = tokens::issue_for(app, purpose, &holder, Some(epoch), None).await?;
    commit(app, vec![issue, audit::add(app, &asked.event).await?]).await?;
    let mail = asked.person.map(|person| Asked::ResetPassword {
        portal: person.usual_portal(),
        person: person.id,
        token,
    });
    mail::post(app, asked.stamp, mail).await?;
    check_mail()
}

/// Stores the new password.
///
/// Every session of the person is invalid at its next request, and so is every other reset link: they were issued for
/// the epoch that this ends. The keys of the person's programs are revoked too. The second factor stays, unless the
/// mailbox was never proven before: then it may be another person's.
///
/// The browser becomes a known device of the person. So the reader of the mailbox can sign in with the new password,
/// even while an attacker uses up the attempts.
///
/// # Errors
///
/// 409 `link_used_or_expired` for an unknown, used or expired token; 422 for a password that is known to be breached.
pub async fn confirm_reset(
    app: &'static App,
    caller: &Caller,
    token: &str,
    password: Password,
) -> Result<Response, ApiError> {
    let spent = || ApiError::Conflict("link_used_or_expired");
    let token = tokens::find(app, &[Purpose::ResetPassword], token).await?.ok_or_else(spent)?;
    let person = session::person_or_refuse(app, &token.person).await?;
    if !token.is_of(&person) {
        return Err(spent());
    }
    breached::refuse(app, caller, &password, "password").await?;
    let stored = password_hash::keep(app, password).await?;
    let event = caller.event(app, scope_of(&person), Action::PasswordChanged, person.id.as_str());
    let proof = MailboxProof { door: MailboxDoor::PasswordReset, password: Some(&stored) };
    let proven = persons::prove_mailbox(app, caller, person, &proof).await?;
    let mut changes = proven.changes;
    changes.extend([tokens::consume(app, &token)?, audit::add(app, &event).await?]);
    if let Committed::Refused(_) = commit(app, changes).await? {
        return Err(spent());
    }
    notices::tell(app, &proven.person.id, Notice::PasswordReset).await?;
    let mut response = no_content();
    set_cookie(
        &mut response,
        &DeviceOf::Person.open(app, &proven.person.id, Shown::FirstFactor).await?,
    );
    Ok(response)
}
