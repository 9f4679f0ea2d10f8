//! A site administrator's session: one at a time, renewed and ended by the same rules as a person's.

use domain::audit::{Action, Actor, Outcome, Scope};
use domain::cookie::Presented;
use domain::ids::{OperatorKind, SessionId};
use domain::person::Portal;
use domain::session::Proof;

use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::response::{Response, no_content, set_cookie};
use crate::operators::operator::Operator;
use crate::people::operators::sessions::{self, NewSession, StoredSession};
use crate::people::operators::{self, StoredOperator, acting};
use crate::sign_in::secret::{self, Checked, Kept};
use crate::sign_in::session::lifetime;
use crate::sign_in::{cookie, csrf};
use crate::store::audit;
use crate::store::change::{Change, Committed, Edit, commit};
use crate::store::item::number;

/// A valid session, its site administrator, and the cookie to send when the secret was renewed.
pub(super) struct Authenticated {
    pub(super) session: StoredSession,
    pub(super) stored: StoredOperator,
    pub(super) renewed: Option<String>,
}

/// Authenticates a presented cookie.
///
/// Reads the session and the site administrator in parallel.
pub(super) async fn authenticate(
    app: &App,
    caller: &Caller,
    presented: &Presented<OperatorKind>,
) -> Result<Authenticated, ApiError> {
    let id = &presented.person;
    let (session, stored) = futures_util::try_join!(
        sessions::find(app, id, &presented.session),
        operators::find(app, id)
    )?;
    let (Some(session), Some(stored)) = (session, stored) else {
        return Err(ApiError::SignedOut);
    };
    let kept = Kept {
        hash: &session.hash,
        generations: session.generations,
        last_seen: session.last_seen,
    };
    let now = app.now().as_second();
    let checked = secret::check(app.operators_ring().await?, presented, &kept, now);
    if !is_live(app, &session, &stored, now) {
        return Err(ApiError::SignedOut);
    }
    let renewed = match checked.ok_or(ApiError::SignedOut)? {
        Checked::Served { trace, renewed } => {
            if let Some(trace) = trace {
                sessions::leave(app, id, &session.id, &trace).await?;
            }
            renewed.map(|renewed| cookie::open(Portal::Admin, &renewed))
        }
        Checked::Stolen => return Err(shut(app, caller, &stored, &session).await?),
    };
    Ok(Authenticated { session, stored, renewed })
}

fn is_live(app: &App, session: &StoredSession, operator: &StoredOperator, now: i64) -> bool {
    !session.is_stolen
        && session.epoch == operator.epoch
        && now < session.ends
        && now.saturating_sub(session.last_seen) < lifetime(app, Portal::Admin).idle
}

/// Ends a session that two parties use, for both, and every impersonation with it.
async fn shut(
    app: &App,
    caller: &Caller,
    operator: &StoredOperator,
    session: &StoredSession,
) -> Result<ApiError, ApiError> {
    let did = Action::SessionStolen;
    let mut event = caller.event(app, Scope::Platform, did, operator.id.as_str());
    event.outcome = Outcome::Refused;
    let mark = sessions::mark_stolen(app, &operator.id, &session.id)?;
    let end_acting = acting::end(app, &operator.id)?;
    commit(app, vec![mark, end_acting, audit::add(app, &event).await?]).await?;
    Ok(ApiError::SignedOut)
}

/// The parameters of a new session, or of one that replaces another.
pub(super) struct Opening<'a> {
    pub(super) operator: &'a domain::ids::OperatorId,
    pub(super) epoch: u32,
    pub(super) proof: Proof,
    /// The absolute expiry in Unix seconds; `None` for the usual lifetime.
    pub(super) ends: Option<i64>,
}

/// A new session.
pub(super) struct Opened {
    csrf: [u8; 32],
    cookie: String,
}

impl Opened {
    /// Returns the token that writes must carry from now on.
    pub(super) fn csrf_token(&self, app: &App) -> String {
        csrf::token(app, &self.csrf)
    }

    /// Sets the cookie.
    pub(super) fn set_cookie(&self, response: &mut Response) {
        set_cookie(response, &self.cookie);
    }
}

/// Creates a session with a random id, and returns the change that stores it.
pub(super) async fn new(app: &App, opening: &Opening<'_>) -> Result<(Opened, Change), ApiError> {
    let presented = Presented {
        person: opening.operator.clone(),
        session: SessionId::from_random(app.random()),
        generation: 0,
        secret: app.random(),
    };
    let now = app.now().as_second();
    let usual = || now.saturating_add(lifetime(app, Portal::Admin).absolute);
    let new = NewSession {
        operator: opening.operator,
        id: &presented.session,
        csrf: app.random(),
        hash: secret::hash(app.operators_ring().await?, &presented.session, 0, &presented.secret),
        epoch: opening.epoch,
        now,
        ends: opening.ends.unwrap_or_else(usual),
        proof: opening.proof,
    };
    let change = sessions::create(app, &new)?;
    Ok((Opened { csrf: new.csrf, cookie: cookie::open(Portal::Admin, &presented) }, change))
}

/// Creates a session and commits `edit`, which uses up the proof. Ends the previous session and all impersonation.
///
/// Of two parallel requests with the same code, one succeeds. `Ok(None)` for the other.
pub(super) async fn enter(
    app: &App,
    caller: &Caller,
    operator: &StoredOperator,
    (proof, edit): (Proof, Edit),
) -> Result<Option<Opened>, ApiError> {
    let epoch = operator.epoch.saturating_add(1);
    let opening = Opening { operator: &operator.id, epoch, proof, ends: None };
    let (opened, create) = new(app, &opening).await?;
    let by = Caller { who: Actor::Operator(operator.id.clone()), ..caller.clone() };
    let event = by.event(app, Scope::Platform, Action::SignedIn, operator.id.as_str());
    let changes = vec![
        operator.change(app, edit.set("epoch", number(epoch)))?,
        create,
        acting::end(app, &operator.id)?,
        audit::add(app, &event).await?,
    ];
    match commit(app, changes).await? {
        Committed::Yes => Ok(Some(opened)),
        Committed::Refused(_) => Ok(None),
    }
}

/// Signs out. The session and all impersonation are invalid at the next request.
///
/// # Errors
///
/// When the store fails.
pub async fn end_session(operator: &Operator) -> Result<Response, ApiError> {
    let (app, id) = (operator.app, &operator.stored.id);
    let event = operator.caller.event(app, Scope::Platform, Action::SignedOut, id.as_str());
    let end = sessions::end(app, id, &operator.session.id)?;
    let end_acting = acting::end(app, id)?;
    commit(app, vec![end, end_acting, audit::add(app, &event).await?]).await?;
    let mut response = no_content();
    set_cookie(&mut response, &cookie::close(Portal::Admin));
    Ok(response)
}
