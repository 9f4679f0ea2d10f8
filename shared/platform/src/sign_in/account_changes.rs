//! Changes of a signed-in person's own credentials: the password and the e-mail address.

use domain::audit::{Action, Outcome};
use domain::email::EmailAddress;
use domain::password::Password;

use crate::access::visitor::Visitor;
use crate::base::crypto::password_hash::{self, Verdict};
use crate::http::error::ApiError;
use crate::http::limits::tries::{self, Door, Standing};
use crate::mail::notices::{self, Notice};
use crate::mail::{self, Asked, Stamp};
use crate::people::persons::{self, scope_of};
use crate::people::sessions;
use crate::people::tokens::{self, Purpose};
use crate::sign_in::breached;
use crate::store::audit;
use crate::store::change::{Committed, commit};

impl Visitor {
    /// Verifies the person's password, with the same number of attempts as at sign-in.
    ///
    /// # Errors
    ///
    /// 403 `password_needed` for a person without a password, 422 for a wrong one, 429 when the attempts are used up.
    async fn prove_password(
        &self,
        password: Password,
        field: &'static str,
        action: Action,
    ) -> Result<(), ApiError> {
        let app = self.app;
        let stored = self.person.password.clone().ok_or(ApiError::Forbidden("password_needed"))?;
        // Counted per session: an attacker in one session cannot use up the attempts of the owner's other sessions.
        let door = Door::own_password(&app.config().limits);
        let standing = Standing::Session(self.person.id.as_str(), &self.session.id);
        let counted = tries::reserve_or_refuse(app, door, &standing).await?;
        if password_hash::verify(app, password, Some(stored)).await? == Verdict::Wrong {
            let scope = scope_of(&self.person);
            let mut event = self.caller.event(app, scope, action, self.person.id.as_str());
            event.outcome = Outcome::Refused;
            audit::record(app, &event).await?;
            counted.wrong(app).await?;
            return Err(ApiError::Invalid { code: "wrong_password", field });
        }
        Ok(counted.right(app).await?)
    }

    /// Changes the password. Every other session ends; this one continues.
    ///
    /// # Errors
    ///
    /// 403 `password_needed` for a person without a password; 422 when the current one is wrong or the new one is known
    /// to be breached; 429 for too many attempts; 409 when the password was changed meanwhile.
    pub async fn change_password(&self, current: Password, new: Password) -> Result<(), ApiError> {
        let (app, person) = (self.app, &self.person);
        self.prove_password(current, "current", Action::PasswordChanged).await?;
        breached::refuse(app, &self.caller, &new, "new").await?;
        let stored = password_hash::keep(app, new).await?;
        let id = person.id.as_str();
        let event = self.caller.event(app, scope_of(person), Action::PasswordChanged, id);
        let changes = vec![
            persons::change_password(app, person, &stored)?,
            sessions::outlive_epoch(app, person, &self.session)?,
            audit::add(app, &event).await?,
        ];
        match commit(app, changes).await? {
            Committed::Yes => notices::tell(app, &person.id, Notice::PasswordChanged).await,
            Committed::Refused(_) => Err(ApiError::Conflict("wrong_state")),
        }
    }

    /// Mails a confirmation link to the new e-mail address.
    ///
    /// The old address stays until the link is followed. For an address that another account has, the response is the
    /// same, and the owner of that account is notified.
    ///
    /// # Errors
    ///
    /// As [`Self::change_password`] for the password; 429 when too many mails were sent to the address. Links that were
    /// sent before stay valid.
    pub async fn request_email_change(
        &self,
        email: &EmailAddress,
        password: Password,
    ) -> Result<(), ApiError> {
        let (app, person) = (self.app, &self.person);
        self.prove_password(password, "password", Action::EmailChangeRequested).await?;
        let stamp = Stamp::for_account(app, &person.id, email).await?;
        let sealed = person.seal_new_email(app, email).await?;
        let purpose = Purpose::ChangeEmail;
        let (token, issue) =
            tokens::issue_for(app, purpose, &person.id, Some(person.epoch), Some(sealed.clone()))
                .await?;
        let id = person.id.as_str();
        let event = self.caller.event(app, scope_of(person), Action::EmailChangeRequested, id);
        commit(app, vec![issue, audit::add(app, &event).await?]).await?;
        let mail = match persons::find_by_email(app, email).await? {
            Some(other) => Asked::AccountExists { person: other },
            None => Asked::ConfirmNewAddress {
                portal: person.usual_portal(),
                person: person.id.clone(),
                sealed_to: sealed,
                token,
            },
        };
        mail::post(app, Some(stamp), Some(mail)).await
    }

    /// Replaces the person's e-mail address by the one that the link was mailed to.
    ///
    /// Every session ends, and the old address is notified. The link works in a session of the account only. Otherwise
    /// an attacker could prepare an account and make the reader of a mailbox confirm that address for it.
    ///
    /// # Errors
    ///
    /// 409 `link_used_or_expired` for an unknown, used or expired token, for a token of another account, and when
    /// another person has the address by now.
    pub async fn confirm_email_change(self, token: &str) -> Result<(), ApiError> {
        let (app, person) = (self.app, self.person);
        let spent = || ApiError::Conflict("link_used_or_expired");
        let token = tokens::find(app, &[Purpose::ChangeEmail], token).await?.ok_or_else(spent)?;
        let is_theirs = token.person == person.id && token.is_of(&person);
        let sealed = token.sealed_email.as_deref().filter(|_| is_theirs).ok_or_else(spent)?;
        let (id, old) = (person.id.clone(), person.email(app).await?);
        let new = person.open_new_email(app, sealed).await?;
        let sealed_to = person.seal_new_email(app, &old).await?;
        let event = self.caller.event(app, scope_of(&person), Action::EmailChanged, id.as_str());
        let mut changes = persons::change_email(app, &self.caller, person, (&old, &new)).await?;
        changes.extend([tokens::consume(app, &token)?, audit::add(app, &event).await?]);
        match commit(app, changes).await? {
            Committed::Yes => notices::tell_at(app, &id, sealed_to, Notice::EmailChanged).await,
            Committed::Refused(_) => Err(spent()),
        }
    }
}
