//! The proof of a mailbox: the one place that decides which credentials of an account survive it.
//!
//! Which credential is deleted in which flow is the domain's table ([`MailboxDoor::fate_of`]). Every flow calls this
//! file, so a new flow or a new credential must be decided there, or this does not compile.

use std::mem::{replace, take};

use domain::audit::{Action, Scope};
use domain::email::EmailAddress;
use domain::mailbox::{AccountCredential, CredentialFate, MailboxDoor};
use domain::person::StudioRole;
use domain::second_factor::Method;

use crate::base::app::App;
use crate::base::crypto::password_hash::StoredPassword;
use crate::http::caller::Caller;
use crate::people::persons::person::{Person, email_item, email_place, scope_of, set_password};
use crate::people::second_factors;
use crate::store::change::{Change, Edit};
use crate::store::error::StoreError;
use crate::store::item::{bytes, number};
use crate::store::{audit, keys, student_keys};

/// The flow that proves a mailbox, and the data that it brings.
pub(crate) struct MailboxProof<'a> {
    pub(crate) door: MailboxDoor,
    /// The password chosen in the flow; stored where the flow's table says `Replaced`.
    pub(crate) password: Option<&'a StoredPassword>,
}

/// A person as they are after the changes.
pub(crate) struct ProvenPerson {
    pub(crate) person: Person,
    pub(crate) changes: Vec<Change>,
}

/// Returns the changes that prove a person's mailbox and delete the credentials that do not survive the proof.
///
/// They fail when the account changed since the person was read. There are none when nothing changes.
pub(crate) async fn prove_mailbox(
    app: &App,
    caller: &Caller,
    person: Person,
    proof: &MailboxProof<'_>,
) -> Result<ProvenPerson, StoreError> {
    let ends = ending_at(proof.door, person.is_verified);
    if person.is_verified && ends.is_empty() {
        return Ok(ProvenPerson { person, changes: Vec::new() });
    }
    Proving::of(app, caller, person, proof.door).finish(&ends, proof.password).await
}

/// Returns the changes that give a person another address, which the followed e-mail has proven.
///
/// They fail when another person has the address, or the account changed since the person was read.
pub(crate) async fn change_email(
    app: &App,
    caller: &Caller,
    person: Person,
    (old, new): (&EmailAddress, &EmailAddress),
) -> Result<Vec<Change>, StoreError> {
    let records = app.records()?;
    let key = student_keys::of_person(app, &person.id).await?;
    let sealed = key.seal(&email_place(&person.id), new.as_str().as_bytes());
    let id = person.id.clone();
    let door = MailboxDoor::EmailChange;
    let ends = ending_at(door, person.is_verified);
    let mut proving = Proving::of(app, caller, person, door);
    let now = number(app.now().as_second());
    proving.edit = proving.edit.set("email", bytes(&sealed)).set("moved", now);
    let mut changes = proving.finish(&ends, None).await?.changes;
    if old.lookup() != new.lookup() {
        let lookup = app.ring().await?.lookup("email", old.lookup().as_bytes());
        changes.push(Change::create(records, email_item(app, new, &id).await?)?);
        changes.push(Change::delete(records, &keys::email(&lookup))?);
    }
    Ok(changes)
}

/// Returns the credentials that do not survive a proof in this flow.
fn ending_at(door: MailboxDoor, was_proven: bool) -> Vec<AccountCredential> {
    let does_end = |it: &AccountCredential| door.fate_of(*it, was_proven) != CredentialFate::Kept;
    AccountCredential::ALL.into_iter().filter(does_end).collect()
}

/// A proof in progress: the person, the edit of their row, and the other changes.
struct Proving<'a> {
    app: &'a App,
    caller: &'a Caller,
    scope: Scope,
    door: MailboxDoor,
    was_proven: bool,
    person: Person,
    edit: Edit,
    changes: Vec<Change>,
}

impl<'a> Proving<'a> {
    fn of(app: &'a App, caller: &'a Caller, mut person: Person, door: MailboxDoor) -> Self {
        let edit = Edit::default()
            .expect("epoch", number(person.epoch))
            .set("verified", number(app.now().as_second()));
        let was_proven = replace(&mut person.is_verified, true);
        let scope = scope_of(&person);
        Self { app, caller, scope, door, was_proven, person, edit, changes: Vec::new() }
    }

    async fn finish(
        mut self,
        ends: &[AccountCredential],
        password: Option<&StoredPassword>,
    ) -> Result<ProvenPerson, StoreError> {
        if ends.contains(&AccountCredential::OwnedStudio) {
            // No one can read the log of a studio that has no members any more.
            self.scope = Scope::Platform;
        }
        if !self.was_proven {
            self.log_proof(ends).await?;
        }
        for credential in ends {
            match credential {
                AccountCredential::Password => self.keep_password(password),
                AccountCredential::Totp => self.end_totp().await?,
                AccountCredential::Passkeys => self.end_passkeys().await?,
                AccountCredential::RecoveryCodes => self.end_recovery_codes()?,
                AccountCredential::ApiKeys => self.end_api_keys().await?,
                AccountCredential::Sessions => self.end_sessions(),
                AccountCredential::OwnedStudio => self.leave_owned_studio()?,
            }
        }
        let row = Change::edit(self.app.records()?, &keys::person(&self.person.id), self.edit)?;
        // First, so that a change made meanwhile refuses the whole transaction.
        self.changes.insert(0, row);
        Ok(ProvenPerson { person: self.person, changes: self.changes })
    }

    /// Replaces the password with the flow's; removes it when the flow has none.
    fn keep_password(&mut self, password: Option<&StoredPassword>) {
        self.edit = set_password(take(&mut self.edit), password);
        self.person.password = password.cloned();
    }

    async fn end_totp(&mut self) -> Result<(), StoreError> {
        if self.person.factors.totp.take().is_some() {
            self.changes.push(second_factors::remove_totp(self.app, &self.person.id)?);
            self.log_removed_factor(Method::Totp).await?;
        }
        Ok(())
    }

    async fn end_passkeys(&mut self) -> Result<(), StoreError> {
        let passkeys = take(&mut self.person.factors.passkeys);
        for passkey in &passkeys {
            let change = second_factors::remove_passkey(self.app, &self.person.id, &passkey.id)?;
            self.changes.push(change);
        }
        if !passkeys.is_empty() {
            self.log_removed_factor(Method::Passkey).await?;
        }
        Ok(())
    }

    fn end_recovery_codes(&mut self) -> Result<(), StoreError> {
        if self.person.factors.recovery_codes_left() > 0 {
            self.person.factors.forget_recovery_codes();
            self.changes.push(second_factors::end_recovery_codes(self.app, &self.person.id)?);
        }
        Ok(())
    }

    async fn end_api_keys(&mut self) -> Result<(), StoreError> {
        for stored in take(&mut self.person.api_keys) {
            self.changes.extend(stored.end(self.app, &self.person.id)?);
            let scope = Scope::Studio(stored.key.studio);
            let id = stored.key.id.as_str();
            let event = self.caller.event(self.app, scope, Action::ApiKeyRevoked, id);
            self.changes.push(audit::add(self.app, &event).await?);
        }
        Ok(())
    }

    /// Begins a new epoch, which invalidates sessions, two-stage sign-ins in progress, programs' tokens and password
    /// links.
    fn end_sessions(&mut self) {
        let next = self.person.epoch.saturating_add(1);
        self.edit = take(&mut self.edit).set("epoch", number(next));
        self.person.epoch = next;
    }

    /// Removes the person from a studio that was created for the address before it was proven.
    ///
    /// The studio's rows stay, without members. A sign-up that waits for its link has created no studio, so only older
    /// accounts have one.
    fn leave_owned_studio(&mut self) -> Result<(), StoreError> {
        let records = self.app.records()?;
        for owned in self.person.memberships.extract_if(.., |it| it.role == StudioRole::Owner) {
            let at = keys::membership(&self.person.id, &owned.studio);
            self.changes.push(Change::delete_if_there(records, &at)?);
        }
        Ok(())
    }

    /// Logs that the mailbox was proven, and which credentials the account had until then.
    ///
    /// The studio that a sign-up creates has this in its own log. For a sign-up it is logged separately only if the
    /// account had credentials before.
    async fn log_proof(&mut self, ends: &[AccountCredential]) -> Result<(), StoreError> {
        let ended: Vec<_> = ends.iter().filter(|it| self.has(**it)).map(|it| it.name()).collect();
        if self.door == MailboxDoor::SignUp && ended.is_empty() {
            return Ok(());
        }
        let (scope, id) = (self.scope.clone(), self.person.id.as_str());
        let mut event = self.caller.event(self.app, scope, Action::EmailVerified, id);
        event.details = (!ended.is_empty()).then(|| format!("ended {}", ended.join(", ")));
        self.changes.push(audit::add(self.app, &event).await?);
        Ok(())
    }

    /// Does the account have this credential? Sessions are not read here: their epoch invalidates them.
    fn has(&self, credential: AccountCredential) -> bool {
        let person = &self.person;
        match credential {
            AccountCredential::Password => person.password.is_some(),
            AccountCredential::Totp => person.factors.totp.is_some(),
            AccountCredential::Passkeys => !person.factors.passkeys.is_empty(),
            AccountCredential::RecoveryCodes => person.factors.recovery_codes_left() > 0,
            AccountCredential::ApiKeys => !person.api_keys.is_empty(),
            AccountCredential::Sessions => false,
            AccountCredential::OwnedStudio => {
                person.memberships.iter().any(|it| it.role == StudioRole::Owner)
            }
        }
    }

    async fn log_removed_factor(&mut self, method: Method) -> Result<(), StoreError> {
        let (scope, id) = (self.scope.clone(), self.person.id.as_str());
        let mut event = self.caller.event(self.app, scope, Action::SecondFactorRemoved, id);
        event.details = Some(method.name().to_owned());
        self.changes.push(audit::add(self.app, &event).await?);
        Ok(())
    }
}
