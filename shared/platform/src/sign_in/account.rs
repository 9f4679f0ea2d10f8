//! A photographer's account: sign-up, and the confirmation that makes it.

use domain::audit::{Action, Actor, Outcome, Scope};
use domain::email::EmailAddress;
use domain::ids::{PersonId, StudioId};
use domain::mailbox::MailboxDoor;
use domain::password::Password;
use domain::person::{Membership, StudioRole};
use domain::studio::Studio;
use domain::text::Line;

use crate::app::App;
use crate::breached;
use crate::crypto::password_hash::{self, StoredPassword, Verdict};
use crate::http::error::ApiError;
use crate::limits::tries::{self, Door, Standing};
use crate::mail::{self, Asked, Holds, Mailbox, SealedAddress, Stamp};
use crate::scope::Caller;
use crate::table::awaited::{self, Followed};
use crate::table::people::{self, MailboxProof, Person};
use crate::table::sign_ups::SignUp;
use crate::table::{Change, Committed, StoreError, audit, commit, student_keys, studios};

/// The zone of schools that name none, until the studio says otherwise.
const FIRST_TIME_ZONE: &str = "America/Denver";

/// Takes a sign-up and mails the link that confirms the address. Nothing is made before the link is followed. For
/// an address that is known already the answer and the work are the same, and the mail says so.
///
/// # Errors
///
/// When the store or the queue fails.
pub async fn sign_up(
    app: &'static App,
    caller: &Caller,
    studio_name: Line,
    email: &EmailAddress,
    password: Password,
) -> Result<(), ApiError> {
    breached::refuse(app, caller, &password, "password").await?;
    let password = password_hash::keep(app, password).await?;
    let known = people::find_of_address(app, email).await?.filter(has_account);
    // Counted when the hash is done: what is refused costs as much as what is not.
    let owner = known.as_ref().map(|known| &known.id);
    let mailbox = Mailbox { email, owner, is_mailed: true };
    let stamp = Stamp::for_stranger(app, caller, &mailbox, Holds::SignUp).await?;
    let sealed_to = SealedAddress::of(app, email).await?;
    // For a known address, too: its token is thrown away, and was sent nowhere.
    let sign_up = SignUp { email: email.clone(), studio_name, password };
    let (token, waits) = awaited::begin(app, &sign_up).await?;
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

/// Whether the address is an account's that a sign-up changes nothing of.
fn has_account(person: &Person) -> bool {
    person.is_verified || person.is_disabled
}

/// Confirms an address by the mailed token and the password of its sign-up: the person gets that password, and the
/// studio is made. Whatever stood at the address unproven is over. Answers the address.
///
/// The password says that whoever follows the mail is whoever signed up. Without it, a stranger's sign-up for
/// somebody's address would become that person's account by one press on a mail they half expected.
///
/// # Errors
///
/// 409 `link_used_or_expired` for a token that is not good any more, or never was, and when the address was proven
/// in another way meanwhile; 422 for another password, 429 for too many of them.
pub async fn confirm_address(
    app: &'static App,
    caller: &Caller,
    token: &str,
    password: Password,
) -> Result<EmailAddress, ApiError> {
    let spent = || ApiError::Conflict("link_used_or_expired");
    let waiting = awaited::follow::<SignUp>(app, token).await?.ok_or_else(spent)?;
    let sign_up = &waiting.content;
    let known = people::find_of_address(app, &sign_up.email).await?;
    if known.as_ref().is_some_and(has_account) {
        return Err(spent());
    }
    let password = &prove_password(app, caller, &waiting, password).await?;
    let (person, mut changes) = if let Some(known) = known {
        let proof = MailboxProof { door: MailboxDoor::SignUp, password: Some(password) };
        let proven = people::prove_mailbox(app, caller, known, &proof).await?;
        (proven.person.id, proven.changes)
    } else {
        let (id, _, changes) = people::create_confirmed(app, &sign_up.email, password).await?;
        (id, changes)
    };
    changes.push(waiting.consume(app)?);
    changes.extend(open_studio(app, caller, &person, sign_up.studio_name.clone()).await?);
    match commit(app, changes).await? {
        Committed::Yes => Ok(waiting.content.email),
        Committed::Refused(_) => Err(spent()),
    }
}

/// The password of a sign-up, as it is kept from here on. Its tries are counted for the link: only the mailbox's
/// reader has it.
async fn prove_password(
    app: &'static App,
    caller: &Caller,
    waiting: &Followed<SignUp>,
    typed: Password,
) -> Result<StoredPassword, ApiError> {
    let door = Door::sign_up(&app.config().limits);
    let counted = tries::reserve_or_refuse(app, door, &Standing::Nothing(waiting.name())).await?;
    let stored = waiting.content.password.clone();
    let kept = match password_hash::verify(app, typed, Some(stored.clone())).await? {
        Verdict::Right => stored,
        Verdict::Outdated(fresh) => fresh,
        Verdict::Wrong => {
            let mut event = caller.event(app, Scope::Platform, Action::EmailVerified, "address");
            event.outcome = Outcome::Refused;
            audit::record(app, &event).await?;
            counted.wrong(app).await?;
            return Err(ApiError::Invalid { code: "wrong_password", field: "password" });
        }
    };
    counted.right(app).await?;
    Ok(kept)
}

/// The changes that make a studio and its owner's membership, with the events of both proofs.
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
        Change::create(records, people::membership_item(owner, &membership))?,
        Change::create(records, studios::item(&studio))?,
        studios::list(app, &studio, owner)?,
        studio_key,
        audit::add(app, &verified).await?,
        audit::add(app, &created).await?,
    ])
}
