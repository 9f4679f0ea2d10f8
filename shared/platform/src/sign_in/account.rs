//! Photographer accounts: sign-up, and the e-mail confirmation that creates the account.

use domain::audit::{Action, Actor, Outcome, Scope};
use domain::email::EmailAddress;
use domain::ids::{PersonId, StudioId};
use domain::mailbox::MailboxDoor;
use domain::password::Password;
use domain::person::{Membership, StudioRole};
use domain::studio::Studio;
use domain::text::Line;

use crate::base::app::App;
use crate::base::crypto::password_hash;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::mail::{self, Asked, Holds, Mailbox, SealedAddress, Stamp};
use crate::people::persons::{self, MailboxProof, Person};
use crate::people::sign_ups::SignUp;
use crate::records::studios;
use crate::sign_in::breached;
use crate::store::change::{Change, Committed, commit};
use crate::store::error::StoreError;
use crate::store::{audit, awaited, student_keys};

/// Time zone of schools that name none, until the studio sets its own.
const FIRST_TIME_ZONE: &str = "America/Denver";

/// Accepts a sign-up and mails the link that confirms the e-mail address.
///
/// Nothing is created before the link is followed. Only the address is taken, because anyone can type another person's
/// address. For an address that already has an account, the response and the work are the same; only the mail differs.
///
/// # Errors
///
/// When the store or the queue fails.
pub async fn sign_up(
    app: &'static App,
    caller: &Caller,
    email: &EmailAddress,
) -> Result<(), ApiError> {
    let known = persons::find_of_address(app, email).await?.filter(has_account);
    let owner = known.as_ref().map(|known| &known.id);
    let mailbox = Mailbox { email, owner, is_mailed: true };
    let stamp = Stamp::for_stranger(app, caller, &mailbox, Holds::SignUp).await?;
    let sealed_to = SealedAddress::of(app, email).await?;
    // Also done for a known address, so that the work is the same. That token is discarded and never sent.
    let (token, waits) = awaited::begin(app, &SignUp { email: email.clone() }).await?;
    let mut event = caller.event(app, Scope::Platform, Action::SignUpRequested, "address");
    if known.is_some() {
        event.outcome = Outcome::Refused;
    }
    commit(app, vec![waits, audit::add(app, &event).await?]).await?;
    let mail = match known {
        Some(known) => Asked::AccountExists { person: known.id },
        None => Asked::ConfirmAddress { sealed_to, token },
    };
    mail::post(app, stamp, Some(mail)).await
}

/// Reports whether the address has an account that a sign-up must not change.
fn has_account(person: &Person) -> bool {
    person.is_verified || person.is_disabled
}

/// Confirms an e-mail address by the mailed token and creates the person and the studio.
///
/// The person who followed the link chooses the studio name and the password. Unproven data stored for the address
/// becomes invalid. Returns the address.
///
/// Nothing typed at the sign-up counts, because another person may have typed it.
///
/// # Errors
///
/// 409 `link_used_or_expired` for an unknown, used or expired token, or when the address was proven in another way
/// meanwhile; 422 for a password that is known to be breached.
pub async fn confirm_address(
    app: &'static App,
    caller: &Caller,
    token: &str,
    studio_name: Line,
    password: Password,
) -> Result<EmailAddress, ApiError> {
    let spent = || ApiError::Conflict("link_used_or_expired");
    let waiting = awaited::follow::<SignUp>(app, token).await?.ok_or_else(spent)?;
    let email = &waiting.content.email;
    let known = persons::find_of_address(app, email).await?;
    if known.as_ref().is_some_and(has_account) {
        return Err(spent());
    }
    breached::refuse(app, caller, &password, "password").await?;
    let password = &password_hash::keep(app, password).await?;
    let (person, mut changes) = if let Some(known) = known {
        let proof = MailboxProof { door: MailboxDoor::SignUp, password: Some(password) };
        let proven = persons::prove_mailbox(app, caller, known, &proof).await?;
        (proven.person.id, proven.changes)
    } else {
        let (id, _, changes) = persons::create_confirmed(app, email, password).await?;
        (id, changes)
    };
    changes.push(waiting.consume(app)?);
    changes.extend(open_studio(app, caller, &person, studio_name).await?);
    match commit(app, changes).await? {
        Committed::Yes => Ok(waiting.content.email),
        Committed::Refused(_) => Err(spent()),
    }
}

/// Returns the changes that create a studio and its owner's membership, with the audit events of both.
async fn open_studio(
    app: &App,
    caller: &Caller,
    owner: &PersonId,
    name: Line,
) -> Result<Vec<Change>, StoreError> {
    let id = StudioId::from_random(app.random());
    let studio = Studio { id: id.clone(), name, time_zone: FIRST_TIME_ZONE.to_owned() };
    let (_, studio_key) = student_keys::new_of_studio(app, &id).await?;
    let membership = Membership { studio: id.clone(), role: StudioRole::Owner };
    let scope = Scope::Studio(id.clone());
    let caller = Caller { who: Actor::Photographer(owner.clone()), ..caller.clone() };
    let created = caller.event(app, scope.clone(), Action::StudioCreated, id.as_str());
    let verified = caller.event(app, scope, Action::EmailVerified, owner.as_str());
    let records = app.records()?;
    Ok(vec![
        Change::create(records, persons::membership_item(owner, &membership))?,
        Change::create(records, studios::item(&studio))?,
        studios::list(app, &studio, owner)?,
        studio_key,
        audit::add(app, &verified).await?,
        audit::add(app, &created).await?,
    ])
}
