//! Impersonation: an authorized person sees an account as its owner sees it.
//!
//! The impersonation session has its own cookie. It lasts half an hour, and no longer than the sign-in of the person
//! who impersonates. Its [`Warrant`] limits what it sees. It can write only after a second switch, and never on routes
//! of [`Reach::Never`].
//!
//! Every audit event names both the person who impersonates and the account. No way leads from it to a session of the
//! account's owner.

mod of_school;
mod routes;

use crate::access::visitor::Acting;
use crate::access::warrant::{Seen, Warrant};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use domain::audit::{Action, Actor};
use domain::cookie::Presented;
use domain::ids::SessionId;
use domain::person::Portal;
use domain::reason::Reason;
use domain::session::Proof;
use http::{Method, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

pub use routes::{ROUTES, Reach};

use crate::access::visitor::{Visitor, actor};
use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::limits;
use crate::http::request::{Request, origin, request_id, route};
use crate::http::response::{Response, json, no_content, renew_cookie, set_cookie};
use crate::mail::notices;
use crate::people::operators;
use crate::people::persons::{self, Person, scope_of};
use crate::people::sessions::{self, NewSession, Session};
use crate::sign_in::secret::hash;
use crate::sign_in::{cookie, csrf};
use crate::store::change::{Change, Committed, commit};
use crate::store::error::StoreError;
use crate::store::{audit, keys, student_keys};
use crate::wire::time::rfc3339;

/// Seconds from the start of an impersonation to its end, without renewal.
///
/// Source: control C11: 30 minutes, no renewal.
const LIVES: i64 = 30 * 60;

/// The state of an impersonation, for the page's banner.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActingView {
    /// Whether writes are allowed.
    may_write: bool,
    /// When it expires.
    expires_at: String,
    /// The only school that is visible; absent for support.
    school: Option<String>,
}

/// The start page of an impersonation; the cookie is set.
#[derive(Serialize, ToSchema)]
pub struct ActingStarted {
    /// The page of the portal that shows what the owner sees.
    path: &'static str,
    /// When it expires.
    expires_at: String,
}

/// Writes were switched on; the cookie is replaced.
#[derive(Serialize, ToSchema)]
pub struct WritesAllowed {
    /// The CSRF token that writes carry in `X-CSRF-Token` from now on.
    csrf_token: String,
}

/// Reports whether a request carries the impersonation cookie. It takes precedence over every session cookie.
pub(super) fn is_presented(request: &Request) -> bool {
    cookie::has_acting(request)
}

/// Authenticates an impersonation session, at its portal and on a route that it may reach.
pub(super) async fn visitor(
    app: &'static App,
    request: &Request,
    portal: Option<Portal>,
) -> Result<Visitor, ApiError> {
    let found = match cookie::read_acting(request) {
        Some(presented) => find(app, &presented).await?,
        None => None,
    };
    let Some((session, seen, acting)) = found else {
        // The session is over: the browser deletes the cookie, so that its own sessions work again.
        renew_cookie(request, cookie::close_acting());
        return Err(ApiError::SignedOut);
    };
    if portal.is_some_and(|portal| portal != session.portal) {
        return Err(ApiError::SignedOut);
    }
    let seen_as = Box::new(actor(session.portal, &seen.person().id));
    let caller = Caller {
        who: Actor::Acting { by: Box::new(acting.warrant.actor()), seen_as },
        request: request_id(app, request),
        origin: Some(origin(request)),
        device: None,
    };
    // Counted by the session's id, so that the owner's rate limit is not used up.
    limits::request_of_a_person(app, &session.id).await?;
    csrf::check(app, request, &session)?;
    refuse_out_of_reach(request, &acting)?;
    Ok(Visitor { app, session, person: seen.into_person(), caller, acting: Some(acting) })
}

fn refuse_out_of_reach(request: &Request, acting: &Acting) -> Result<(), ApiError> {
    let reach = routes::reach_of(&route(request));
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    if reach == Reach::Itself {
        return Ok(());
    }
    if !is_read && !acting.may_write {
        return Err(ApiError::Forbidden("acting_read_only"));
    }
    if reach == Reach::Never {
        return Err(ApiError::Forbidden("not_while_acting"));
    }
    Ok(())
}

/// Reads session and person in parallel, then checks whether the right to impersonate still holds.
async fn find(
    app: &App,
    presented: &Presented,
) -> Result<Option<(Session, Seen, Acting)>, ApiError> {
    let access = app.access()?;
    let key = keys::acting_session(&presented.person, &presented.session);
    let (row, person) =
        futures_util::try_join!(access.get(&key), persons::find(app, &presented.person))?;
    let (Some(row), Some(person)) = (row, person) else {
        return Ok(None);
    };
    let session = sessions::read(&row, presented.session.clone())?;
    let hashed = hash(app.ring().await?, &session.id, 0, &presented.secret);
    let is_theirs =
        presented.generation == 0 && verify_slices_are_equal(&hashed, &session.hash).is_ok();
    let is_live = app.now().as_second() < session.ends
        && session.epoch == person.epoch
        && !person.is_disabled;
    if !is_theirs || !is_live {
        return Ok(None);
    }
    let warrant: Warrant = row.json("warrant").ok_or(StoreError::Corrupt("acting session"))?;
    if !warrant.holds(app).await? {
        return Ok(None);
    }
    let may_write = row.number::<i64>("may_write").is_some();
    let seen = warrant.confine(person);
    Ok(seen.map(|seen| (session, seen, Acting { warrant, may_write })))
}

/// The parameters of a new impersonation session.
struct Opening<'a> {
    caller: &'a Caller,
    warrant: &'a Warrant,
    person: &'a Person,
    portal: Portal,
    ends: i64,
    may_write: bool,
}

/// Creates a session with a random id: its cookie, its CSRF secret, and the change that stores it.
async fn open(app: &App, opening: &Opening<'_>) -> Result<(String, [u8; 32], Change), ApiError> {
    let Opening { person, portal, ends, .. } = *opening;
    let key = student_keys::of_person(app, &person.id).await?;
    let now = app.now().as_second();
    let presented = Presented {
        person: person.id.clone(),
        session: SessionId::from_random(app.random()),
        generation: 0,
        secret: app.random(),
    };
    let studio = match portal {
        Portal::Photographer => person.memberships.first().map(|member| &member.studio),
        Portal::School | Portal::Parent | Portal::Admin => None,
    };
    let new = NewSession {
        id: presented.session.clone(),
        person,
        portal,
        studio,
        csrf: app.random(),
        hash: hash(app.ring().await?, &presented.session, 0, &presented.secret),
        now,
        ends,
        proof: Proof::Password,
        origin: &opening.caller.origin(),
    };
    let at = keys::acting_session(&person.id, &presented.session);
    let mut row = sessions::item_at(&at, &new, &key)
        .with_json("warrant", opening.warrant)
        // No factor of the owner was shown, so nothing that requires a fresh one opens.
        .with_number("proved", 0);
    if opening.may_write {
        row = row.with_number("may_write", now);
    }
    let cookie = cookie::open_acting(&presented, ends.saturating_sub(now));
    Ok((cookie, new.csrf, Change::create(app.access()?, row)?))
}

/// Begins to impersonate a person. `caller` has proved the right to it, and a fresh second factor.
pub(crate) async fn start(
    app: &App,
    caller: &Caller,
    warrant: Warrant,
    person: Person,
    portal: Portal,
    reason: &Reason,
) -> Result<Response, ApiError> {
    let seen = warrant.confine(person).ok_or(ApiError::NotFound)?;
    let person = seen.person();
    if person.is_disabled || !person.may_enter(portal) {
        return Err(ApiError::Conflict("not_at_this_portal"));
    }
    let ends = app.now().as_second().saturating_add(LIVES);
    let opening = Opening { caller, warrant: &warrant, person, portal, ends, may_write: false };
    let (cookie, _, create) = open(app, &opening).await?;
    let did = Action::ActingStarted;
    let mut event = caller.event(app, scope_of(person), did, person.id.as_str());
    event.details = Some(warrant.details(reason));
    let mut changes = vec![create, audit::add(app, &event).await?];
    if let Warrant::Site { operator, epoch } = &warrant {
        changes.push(operators::acting::allow(app, operator, *epoch, ends)?);
    }
    if let Committed::Refused(_) = commit(app, changes).await? {
        return Err(StoreError::Corrupt("acting session").into());
    }
    let path = match portal {
        Portal::Photographer => "/photographer",
        Portal::School | Portal::Admin => "/school",
        Portal::Parent => "/parent/galleries",
    };
    let answer = ActingStarted { path, expires_at: rfc3339(ends) };
    let mut response = json(StatusCode::CREATED, &answer)?;
    set_cookie(&mut response, &cookie);
    Ok(response)
}

/// Switches writes on, under a new id and a new token; the expiry does not move. The owner is notified.
///
/// # Errors
///
/// 404 for a session that is no impersonation.
pub async fn allow_writes(visitor: &Visitor) -> Result<Response, ApiError> {
    let (app, person, old) = (visitor.app, &visitor.person, &visitor.session);
    let acting = visitor.acting.as_ref().ok_or(ApiError::NotFound)?;
    let opening = Opening {
        caller: &visitor.caller,
        warrant: &acting.warrant,
        person,
        portal: old.portal,
        ends: old.ends,
        may_write: true,
    };
    let (cookie, csrf, create) = open(app, &opening).await?;
    let did = Action::ActingWritesAllowed;
    let event = visitor.caller.event(app, scope_of(person), did, person.id.as_str());
    let key = keys::acting_session(&person.id, &old.id);
    let changes =
        vec![Change::delete(app.access()?, &key)?, create, audit::add(app, &event).await?];
    if let Committed::Refused(_) = commit(app, changes).await? {
        return Err(ApiError::Conflict("wrong_state"));
    }
    notices::tell(app, &person.id, acting.warrant.notice_of_writes()).await?;
    let mut response =
        json(StatusCode::OK, &WritesAllowed { csrf_token: csrf::token(app, &csrf) })?;
    set_cookie(&mut response, &cookie);
    Ok(response)
}

/// Ends the impersonation. No other session follows from it.
pub(super) async fn end(visitor: &Visitor) -> Result<Response, ApiError> {
    let (app, person) = (visitor.app, &visitor.person);
    let did = Action::ActingEnded;
    let event = visitor.caller.event(app, scope_of(person), did, person.id.as_str());
    let key = keys::acting_session(&person.id, &visitor.session.id);
    let end = Change::delete_if_there(app.access()?, &key)?;
    commit(app, vec![end, audit::add(app, &event).await?]).await?;
    let mut response = no_content();
    set_cookie(&mut response, &cookie::close_acting());
    Ok(response)
}

impl Visitor {
    /// Returns the state of the impersonation; `None` in an ordinary session.
    pub(super) fn acting_view(&self) -> Option<ActingView> {
        let acting = self.acting.as_ref()?;
        Some(ActingView {
            may_write: acting.may_write,
            expires_at: rfc3339(self.session.ends),
            school: acting.warrant.school().map(ToString::to_string),
        })
    }
}
