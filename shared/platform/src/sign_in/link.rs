//! Sign-in by a mailed link: the link's page requests a click, and only the click consumes the link.

use domain::audit::Action;
use domain::email::EmailAddress;
use domain::ids::PersonId;
use domain::mailbox::MailboxDoor;
use domain::person::Portal;
use domain::session::Proof;

use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::response::{Response, check_mail};
use crate::mail::{self, Asked, Holds};
use crate::people::persons::{self, MailboxProof};
use crate::people::tokens::{self, Purpose};
use crate::records::access_requests::asked::Asked as AskedAccess;
use crate::sign_in::mailbox::{self, Wish};
use crate::sign_in::{door, letter, session};
use crate::store::change::commit;
use crate::store::{audit, awaited};

/// The portals that a mailed link signs in to.
#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkPortal {
    /// Families.
    #[default]
    Parent,
    /// Schools.
    School,
}

/// Mails a link to a parent or a school's staff member who may enter the portal.
///
/// The response and the work are the same for any other address.
///
/// # Errors
///
/// When the store or the queue fails.
pub async fn request_link(
    app: &App,
    caller: &Caller,
    portal: LinkPortal,
    email: &EmailAddress,
) -> Result<Response, ApiError> {
    let (portal, purpose) = match portal {
        LinkPortal::Parent => (Portal::Parent, Purpose::SignInAgain),
        LinkPortal::School => (Portal::School, Purpose::SignInAtSchool),
    };
    let may = |person: &persons::Person| person.may_enter(portal);
    let wish = Wish { action: Action::SignInLinkRequested, holds: Holds::Door };
    let asked = mailbox::ask(app, caller, email, wish, may).await?;
    let person = asked.person.map(|person| person.id);
    // For an unknown address the token belongs to a random person id and is discarded: it is never sent.
    let holder = person.clone().unwrap_or_else(|| PersonId::from_random(app.random()));
    let (token, issue) = tokens::issue(app, purpose, &holder).await?;
    commit(app, vec![issue, audit::add(app, &asked.event).await?]).await?;
    let mail = person.map(|person| Asked::SignInLink { person, token, portal });
    mail::post(app, asked.stamp, mail).await?;
    check_mail()
}

/// Signs in a parent or a school's staff member. It also confirms the address; unproven data becomes invalid.
///
/// # Errors
///
/// 409 `link_used_or_expired` for an unknown, used or expired token; 409 `too_many_students`.
pub async fn sign_in_by_link(
    app: &'static App,
    caller: &Caller,
    token: &str,
) -> Result<Response, ApiError> {
    let spent = || ApiError::Conflict("link_used_or_expired");
    if let Some(followed) = awaited::follow::<AskedAccess>(app, token).await? {
        return letter::enter(app, caller, &followed).await;
    }
    let purposes = [Purpose::SignInAgain, Purpose::SignInAtSchool];
    let token = tokens::find(app, &purposes, token).await?.ok_or_else(spent)?;
    let person = session::person_or_refuse(app, &token.person).await?;
    // The link was mailed to an address that the person has since replaced: it proves nothing.
    if !person.was_reached_at(token.issued_at) {
        return Err(spent());
    }
    let proof = MailboxProof { door: MailboxDoor::SignInLink, password: None };
    let proven = persons::prove_mailbox(app, caller, person, &proof).await?;
    let (person, mut changes) = (proven.person, proven.changes);
    changes.push(tokens::consume(app, &token)?);
    let portal = match token.purpose {
        Purpose::SignInAtSchool => Portal::School,
        Purpose::SignInAgain | Purpose::ResetPassword | Purpose::ChangeEmail => Portal::Parent,
    };
    // A person removed from the school's staff since the link was mailed may not enter the school portal.
    if portal == Portal::School && !person.may_enter(portal) {
        return Err(spent());
    }
    door::enter(app, caller, &person, portal, Proof::MailedLink, changes).await
}
