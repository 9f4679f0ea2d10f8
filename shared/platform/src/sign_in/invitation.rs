//! Accepting an invitation: the mailed link proves the address; a new person chooses a password.

use std::sync::Arc;

use domain::audit::{Action, Actor, Scope};
use domain::email::EmailAddress;
use domain::ids::PersonId;
use domain::mailbox::MailboxDoor;
use domain::password::Password;
use domain::person::Portal;
use domain::school_staff::Offer;

use crate::base::app::App;
use crate::base::crypto::data_key::DataKey;
use crate::base::crypto::password_hash;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::request::Request;
use crate::people::persons::{self, MailboxProof, Person};
use crate::records::invitations::{self, Followed};
use crate::records::{school_staff, studio_staff};
use crate::sign_in::entry::visitor;
use crate::sign_in::{breached, cookie};
use crate::store::change::{Change, Committed, commit};
use crate::store::{audit, student_keys};

/// The result of an accepted invitation.
pub struct Accepted {
    /// The portal where the person signs in from now on.
    pub portal: Portal,
}

/// The person who accepts, with the changes that prepare the account.
struct Accepting {
    person: PersonId,
    key: Arc<DataKey>,
    changes: Vec<Change>,
}

/// Accepts an invitation, for the signed-in account or for the account of the invited address.
///
/// A person who is signed in at the school portal with the invited address accepts for that account. This is needed for
/// a district's own people, whom an address lookup does not find. Otherwise the account of the address accepts.
///
/// # Errors
///
/// 409 `link_used_or_expired` for an unknown, used or expired link; 422 `password_missing` for a new person without a
/// password, `password_not_asked` for a person who already has an account; 409 `already_staff`, `another_studio`.
pub async fn accept_invitation(
    app: &'static App,
    caller: &Caller,
    request: &Request,
    token: &str,
    password: Option<Password>,
) -> Result<Accepted, ApiError> {
    let spent = || ApiError::Conflict("link_used_or_expired");
    let followed = invitations::follow(app, token).await?.ok_or_else(spent)?;
    let email = &followed.invitation.email;
    let visitor = signed_in(app, request, email).await?;
    let is_signed_in = visitor.is_some();
    let known = match visitor {
        Some(person) => Some(person),
        None => match persons::find_by_email(app, email).await? {
            Some(id) => persons::find(app, &id).await?,
            None => None,
        },
    };
    if let Some(person) = &known {
        refuse_who_has_it(person, &followed)?;
    }
    let accepting = match known {
        // An unverified account may have been created by a person who cannot read the address: its password does not
        // count.
        Some(person) if is_signed_in || person.is_verified => {
            if password.is_some() {
                return Err(ApiError::Invalid { code: "password_not_asked", field: "password" });
            }
            let key = student_keys::of_person(app, &person.id).await?;
            Accepting { person: person.id, key, changes: Vec::new() }
        }
        known => with_password(app, caller, email, known, password).await?,
    };
    let portal = match followed.invitation.offer {
        Offer::SchoolStaff { .. } => Portal::School,
        Offer::StudioStaff => Portal::Photographer,
    };
    let who = match portal {
        Portal::School => Actor::SchoolStaff(accepting.person.clone()),
        Portal::Photographer | Portal::Parent | Portal::Admin => {
            Actor::Photographer(accepting.person.clone())
        }
    };
    let caller = Caller { who, ..caller.clone() };
    let (scope, id) = (Scope::Studio(followed.studio.clone()), accepting.person.as_str());
    let mut event = caller.event(app, scope, Action::InvitationAccepted, id);
    event.details = Some(invitations::in_the_log(&followed.invitation.offer));
    let mut changes = accepting.changes;
    changes.extend(followed.consume(app)?);
    changes.push(audit::add(app, &event).await?);
    match &followed.invitation.offer {
        Offer::SchoolStaff { school, assignment } => {
            let who = (&accepting.person, accepting.key.as_ref());
            let place = (&followed.studio, school);
            changes.extend(school_staff::join(app, who, place, assignment)?);
        }
        Offer::StudioStaff => {
            changes.extend(studio_staff::join(app, &accepting.person, &followed.studio)?);
        }
    }
    match commit(app, changes).await? {
        Committed::Yes => Ok(Accepted { portal }),
        Committed::Refused(_) => Err(spent()),
    }
}

/// Returns the person signed in at the school portal, if the invitation is to their address.
async fn signed_in(
    app: &'static App,
    request: &Request,
    email: &EmailAddress,
) -> Result<Option<Person>, ApiError> {
    if cookie::read(request, Portal::School).is_none() {
        return Ok(None);
    }
    let person = match visitor(app, request, Portal::School).await {
        Ok(visitor) => visitor.person,
        // An expired session counts as no session.
        Err(ApiError::SignedOut) => return Ok(None),
        Err(error) => return Err(error),
    };
    let is_theirs = person.email(app).await?.lookup() == email.lookup();
    Ok(is_theirs.then_some(person))
}

fn refuse_who_has_it(person: &Person, followed: &Followed) -> Result<(), ApiError> {
    if person.is_disabled {
        return Err(ApiError::Conflict("link_used_or_expired"));
    }
    match &followed.invitation.offer {
        Offer::SchoolStaff { school, .. } => {
            let mut theirs = person.school_memberships.iter();
            if theirs.any(|(membership, _)| membership.school == *school) {
                return Err(ApiError::Conflict("already_staff"));
            }
        }
        // A session at the photographers' portal belongs to one studio. A studio that was signed up with an unproven
        // address is not its owner's, and is removed by the proof.
        Offer::StudioStaff if person.is_verified && !person.memberships.is_empty() => {
            return Err(ApiError::Conflict("another_studio"));
        }
        Offer::StudioStaff => {}
    }
    Ok(())
}

/// Prepares a new person, or one who never confirmed the address: they choose their password now.
async fn with_password(
    app: &'static App,
    caller: &Caller,
    email: &EmailAddress,
    known: Option<Person>,
    password: Option<Password>,
) -> Result<Accepting, ApiError> {
    let missing = ApiError::Invalid { code: "password_missing", field: "password" };
    let password = password.ok_or(missing)?;
    breached::refuse(app, caller, &password, "password").await?;
    let stored = password_hash::keep(app, password).await?;
    if let Some(person) = known {
        let key = student_keys::of_person(app, &person.id).await?;
        let proof = MailboxProof { door: MailboxDoor::Invitation, password: Some(&stored) };
        let proven = persons::prove_mailbox(app, caller, person, &proof).await?;
        return Ok(Accepting { person: proven.person.id, key, changes: proven.changes });
    }
    let new = persons::create_confirmed(app, email, &stored).await?;
    Ok(Accepting { person: new.0, key: Arc::new(new.1), changes: new.2 })
}
