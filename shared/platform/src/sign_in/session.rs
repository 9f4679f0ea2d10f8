//! Sessions: created by a proof and renewed while they are used.
//!
//! A session ends by idleness, by age, by the person's new epoch, by signing out, and when two parties use it.

use crate::people::sessions::is_open;
use domain::audit::{Action, Outcome};
use domain::cookie::Presented;
use domain::ids::{PersonId, SessionId};
use domain::person::Portal;
use domain::session::{Lifetime, Proof};
use http::StatusCode;

use crate::access::visitor::Visitor;
use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::device::{DeviceOf, Shown};
use crate::http::error::ApiError;
use crate::http::response::{Response, json, no_content, set_cookie};
use crate::mail::Told;
use crate::people::persons::{self, Person, scope_of};
pub(crate) use crate::people::sessions::Session;
use crate::people::sessions::{self, NewSession};
use crate::sign_in::secret::{self, Checked, Kept};
use crate::sign_in::signed_in::{PersonView, SignedIn};
use crate::sign_in::{acting, cookie, csrf};
use crate::store::change::{Change, Committed, commit};
use crate::store::error::StoreError;
use crate::store::{audit, keys, student_keys};

/// Maximum retries when parallel sign-ins of one person collide.
const TRIES: u32 = 40;

/// A valid session, its person, and the cookie to send when the secret was renewed.
pub(super) struct Authenticated {
    pub(super) session: Session,
    pub(super) person: Person,
    pub(super) renewed: Option<String>,
}

/// Authenticates a presented cookie.
///
/// Reads the session, and the person with all memberships and grants, in parallel.
pub(super) async fn authenticate(
    app: &App,
    caller: &Caller,
    portal: Portal,
    presented: &Presented,
) -> Result<Authenticated, ApiError> {
    let (session, person) = futures_util::try_join!(
        sessions::find(app, &presented.person, &presented.session),
        persons::find(app, &presented.person)
    )?;
    let (Some(session), Some(person)) = (session, person) else {
        return Err(ApiError::SignedOut);
    };
    let kept = Kept {
        hash: &session.hash,
        generations: session.generations,
        last_seen: session.last_seen,
    };
    let now = app.now().as_second();
    let checked = secret::check(app.ring().await?, presented, &kept, now);
    if session.portal != portal || !is_live(app, &session, &person, now) {
        return Err(ApiError::SignedOut);
    }
    let renewed = match checked.ok_or(ApiError::SignedOut)? {
        Checked::Served { trace, renewed } => {
            if let Some(trace) = trace {
                sessions::leave(app, &keys::session(&person.id, &session.id), &trace).await?;
            }
            renewed.map(|renewed| cookie::open(portal, &renewed))
        }
        Checked::Stolen => return Err(shut(app, caller, &person, &session).await?),
    };
    Ok(Authenticated { session, person, renewed })
}

fn is_live(app: &App, session: &Session, person: &Person, now: i64) -> bool {
    let idle = lifetime(app, session.portal).idle;
    is_open(session, person, now) && now.saturating_sub(session.last_seen) < idle
}

/// Returns the lifetimes of a portal's sessions, overridden by the configured limits.
pub(crate) fn lifetime(app: &App, portal: Portal) -> Lifetime {
    let usual = Lifetime::usual(portal);
    let limits = &app.config().limits;
    Lifetime {
        idle: limits.idle_seconds.unwrap_or(usual.idle),
        absolute: limits.session_seconds.unwrap_or(usual.absolute),
    }
}

/// Ends a session that two parties use, for both.
///
/// The person is notified at the next sign-in, by a function that may send mail.
async fn shut(
    app: &App,
    caller: &Caller,
    person: &Person,
    session: &Session,
) -> Result<ApiError, ApiError> {
    let mut event = caller.event(app, scope_of(person), Action::SessionStolen, person.id.as_str());
    event.outcome = Outcome::Refused;
    let key = keys::session(&person.id, &session.id);
    let mark = sessions::mark_stolen(app, &key, app.now().as_second())?;
    commit(app, vec![mark, audit::add(app, &event).await?]).await?;
    Ok(ApiError::SignedOut)
}

/// A new session: the response, and whether it is the person's first sign-in.
pub(super) struct Entered {
    pub(super) response: Response,
    pub(super) is_first: bool,
}

/// Creates a session together with `changes` (what the sign-in consumed), and sets the cookie.
///
/// Every session has a random id of its own. An id that a browser sent before is never adopted, which prevents session
/// fixation.
pub(super) async fn open(
    app: &App,
    caller: &Caller,
    person: &Person,
    portal: Portal,
    proof: Proof,
    changes: Vec<Change>,
) -> Result<Entered, ApiError> {
    let ring = app.ring().await?;
    let key = student_keys::of_person(app, &person.id).await?;
    let now = app.now().as_second();
    let studio = match portal {
        Portal::Photographer => {
            Some(&person.memberships.first().ok_or(ApiError::SignInRefused)?.studio)
        }
        Portal::School | Portal::Parent | Portal::Admin => None,
    };
    let presented = Presented {
        person: person.id.clone(),
        session: SessionId::from_random(app.random()),
        generation: 0,
        secret: app.random(),
    };
    let new = NewSession {
        id: presented.session.clone(),
        person,
        portal,
        studio,
        csrf: app.random(),
        hash: secret::hash(ring, &presented.session, 0, &presented.secret),
        now,
        ends: now.saturating_add(lifetime(app, portal).absolute),
        proof,
        origin: &caller.origin(),
    };
    let event = caller.event(app, scope_of(person), Action::SignedIn, person.id.as_str());
    let mut tries = 0;
    let (was_stolen, is_first) = loop {
        let (there, set) = sessions::all(app, &person.id).await?;
        let (live, over): (Vec<_>, Vec<_>) =
            there.iter().partition(|session| is_live(app, session, person, now));
        let mut all = changes.clone();
        let set_at = all.len();
        all.push(set.moves_on(app, &person.id)?);
        all.push(Change::create(app.access()?, sessions::item(&new, &key))?);
        all.push(audit::add(app, &event).await?);
        for id in over.iter().map(|session| &session.id).chain(evicted(app, &live, portal)) {
            if all.len() < crate::store::change::MOST_CHANGES {
                all.push(sessions::remove(app, &person.id, id)?);
            }
        }
        match commit(app, all).await? {
            Committed::Yes => {
                break (over.iter().any(|session| session.is_stolen), set.is_new());
            }
            // A parallel sign-in of the same person committed first: evaluate the session limit again.
            Committed::Refused(row) if row == set_at && tries < TRIES => tries += 1,
            Committed::Refused(_) => return Err(ApiError::Conflict("link_used_or_expired")),
        }
    };
    if was_stolen {
        Told::SessionStolen { person: person.id.clone(), portal }.send(app).await?;
    }
    let answer = SignedIn {
        status: "signed_in",
        csrf_token: csrf::token(app, &new.csrf),
        person: PersonView {
            id: person.id.to_string(),
            email: person.email(app).await?.as_str().to_owned(),
        },
    };
    let mut response = json(StatusCode::OK, &answer)?;
    set_cookie(&mut response, &cookie::open(portal, &presented));
    Ok(Entered { response, is_first })
}

/// A session that continues under a new id, with a new token.
pub(super) struct Replaced {
    csrf: [u8; 32],
    cookie: String,
    /// The device cookie, when a second factor was shown: this browser is now a device that has shown it.
    device: Option<String>,
}

impl Replaced {
    /// Returns the token that writes must carry from now on.
    pub(super) fn csrf_token(&self, app: &App) -> String {
        csrf::token(app, &self.csrf)
    }

    /// Sets the new cookies.
    pub(super) fn set_cookie(&self, response: &mut Response) {
        set_cookie(response, &self.cookie);
        if let Some(device) = &self.device {
            set_cookie(response, device);
        }
    }
}

/// Replaces the visitor's session by a new one, together with `changes`.
///
/// The new session keeps the last proof and its time. Its absolute expiry does not move.
///
/// Source: ASVS 7.2.4: a new session id after each authentication.
pub(super) async fn replace(
    visitor: &Visitor,
    epoch: u32,
    (proof, proved_at): (Proof, i64),
    mut changes: Vec<Change>,
) -> Result<Replaced, ApiError> {
    let (app, person, old) = (visitor.app, &visitor.person, &visitor.session);
    let key = student_keys::of_person(app, &person.id).await?;
    let presented = Presented {
        person: person.id.clone(),
        session: SessionId::from_random(app.random()),
        generation: 0,
        secret: app.random(),
    };
    let new = NewSession {
        id: presented.session.clone(),
        person,
        portal: old.portal,
        studio: old.studio.as_ref(),
        csrf: app.random(),
        hash: secret::hash(app.ring().await?, &presented.session, 0, &presented.secret),
        now: app.now().as_second(),
        ends: old.ends,
        proof,
        origin: &visitor.caller.origin(),
    };
    let row = sessions::item(&new, &key)
        .with_number("opened", old.opened_at)
        .with_number("epoch", epoch)
        .with_number("proved", proved_at);
    let access = app.access()?;
    // The delete requires the old row, so one of two parallel replacements wins.
    changes.push(Change::delete(access, &keys::session(&person.id, &old.id))?);
    changes.push(Change::create(access, row)?);
    let device = match Shown::from(proof) {
        Shown::FirstFactor => None,
        shown @ Shown::SecondFactor => Some(DeviceOf::Person.open(app, &person.id, shown).await?),
    };
    match commit(app, changes).await? {
        Committed::Yes => {
            Ok(Replaced { csrf: new.csrf, cookie: cookie::open(old.portal, &presented), device })
        }
        Committed::Refused(_) => Err(ApiError::Conflict("wrong_state")),
    }
}

/// Returns the oldest sessions of a portal that must end to make room for one more.
fn evicted<'a>(
    app: &App,
    live: &[&'a Session],
    portal: Portal,
) -> impl Iterator<Item = &'a SessionId> + use<'a> {
    let mut there: Vec<_> =
        live.iter().copied().filter(|session| session.portal == portal).collect();
    there.sort_by_key(|session| session.opened_at);
    let room = usize::try_from(app.config().limits.sessions_at_most).unwrap_or(1).max(1) - 1;
    let too_many = there.len().saturating_sub(room);
    there.into_iter().take(too_many).map(|session| &session.id)
}

/// Signs out. The session is invalid at the next request.
///
/// # Errors
///
/// When the store fails.
pub async fn end_session(visitor: &Visitor) -> Result<Response, ApiError> {
    if visitor.acting.is_some() {
        return acting::end(visitor).await;
    }
    let app = visitor.app;
    let person = &visitor.person;
    let event = visitor.caller.event(app, scope_of(person), Action::SignedOut, person.id.as_str());
    let changes = vec![
        sessions::remove(app, &person.id, &visitor.session.id)?,
        audit::add(app, &event).await?,
    ];
    commit(app, changes).await?;
    let mut response = no_content();
    set_cookie(&mut response, &cookie::close(visitor.session.portal));
    Ok(response)
}

/// Returns the person of a token. Used only where the person is known by id alone.
pub(super) async fn person_or_refuse(app: &App, id: &PersonId) -> Result<Person, ApiError> {
    persons::find(app, id).await?.ok_or(ApiError::Conflict("link_used_or_expired"))
}

/// Returns the person's sessions that are live now.
pub(super) async fn live_of(app: &App, person: &Person) -> Result<Vec<Session>, StoreError> {
    let now = app.now().as_second();
    let (all, _) = sessions::all(app, &person.id).await?;
    Ok(all.into_iter().filter(|session| is_live(app, session, person, now)).collect())
}
