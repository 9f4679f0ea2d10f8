//! The site administrators' sign-in: e-mail address, password and code in one request.
//!
//! Every failure has the same response, so a password cannot be tried without the code. Attempts are counted before
//! anything is verified: five, then a quarter of an hour of lock. In a browser that the owner has signed in with
//! before, they are counted apart. Passkeys are not counted. So no attacker can lock either.

use domain::audit::{Action, Actor, Outcome, Scope};
use domain::email::EmailAddress;
use domain::ids::OperatorId;
use domain::password::Password;
use http::StatusCode;

use super::factor::{self, ShownCode};
use super::session::{self, Opened};
use super::view::OperatorSignedIn;
use crate::base::app::App;
use crate::base::crypto::password_hash::{self, Verdict};
use crate::http::caller::Caller;
use crate::http::device::{DeviceOf, Shown};
use crate::http::error::ApiError;
use crate::http::limits::tries::{Attempt, Door, Standing};
use crate::http::response::{Response, json, set_cookie};
use crate::people::operators::{self, StoredOperator};
use crate::people::persons;
use crate::store::audit;
use crate::store::change::Edit;

/// Signs a site administrator in. A previous session ends.
///
/// # Errors
///
/// [`ApiError::SignInRefused`] for an unknown address, a wrong password, a wrong or used code, a locked sign-in.
pub async fn sign_in(
    app: &'static App,
    caller: &Caller,
    email: &EmailAddress,
    password: Password,
    shown: &ShownCode,
) -> Result<Response, ApiError> {
    let stored = operators::find_of_address(app, email).await?;
    let known = stored.as_ref().map(|operator| operator.id.clone());
    let address = email.lookup();
    let standing = Standing::by(app, caller, known.as_ref(), Standing::Nothing(&address)).await?;
    let door = Door::operator(&app.config().limits);
    let Some(attempt) = Attempt::reserve(app, caller, door, &standing).await? else {
        return Err(refused(app, caller, known, Some("locked")).await?);
    };
    let kept = stored.as_ref().map(|operator| operator.password.clone());
    let ring = app.operators_ring().await?;
    let verdict = password_hash::verify_under(app, ring, password, kept).await?;
    let proved = match &stored {
        Some(operator) => factor::check(app, operator, shown, operator.edit()).await?,
        None => None,
    };
    if let (Some(operator), Some((proof, edit)), Some(edit_password)) =
        (stored, proved, edit_of(verdict))
    {
        let edit = edit_password(edit);
        // `None`: a parallel request has used the same code.
        if let Some(opened) = session::enter(app, caller, &operator, (proof, edit)).await? {
            attempt.right(app).await?;
            return answer(app, caller, &operator, &opened).await;
        }
    }
    let refusal = refused(app, caller, known.clone(), None).await?;
    if attempt.is_last() {
        let to = known.as_ref().map_or("", |operator| operator.as_str());
        let event = caller.event(app, Scope::Platform, Action::SignInLocked, to);
        audit::record(app, &event).await?;
    }
    attempt.wrong(app).await?;
    Err(refusal)
}

/// Returns the response to a sign-in, and marks the browser as a known device of the site administrator.
pub(super) async fn answer(
    app: &App,
    caller: &Caller,
    operator: &StoredOperator,
    opened: &Opened,
) -> Result<Response, ApiError> {
    let mut response = json(StatusCode::OK, &OperatorSignedIn::new(app, opened))?;
    opened.set_cookie(&mut response);
    if caller.device_shown(app, &operator.id).await?.is_none() {
        let device = DeviceOf::Operator.open(app, &operator.id, Shown::SecondFactor).await?;
        set_cookie(&mut response, &device);
    }
    Ok(response)
}

/// Returns the edit of the row after a valid password: none, or the upgraded hash. `None` for a wrong password.
fn edit_of(verdict: Verdict) -> Option<Box<dyn FnOnce(Edit) -> Edit + Send>> {
    match verdict {
        Verdict::Wrong => None,
        Verdict::Right => Some(Box::new(|edit| edit)),
        Verdict::Outdated(fresh) => {
            Some(Box::new(move |edit| persons::set_password(edit, Some(&fresh))))
        }
    }
}

pub(super) async fn refused(
    app: &App,
    caller: &Caller,
    known: Option<OperatorId>,
    details: Option<&str>,
) -> Result<ApiError, ApiError> {
    let to = known.as_ref().map_or("admin", |operator| operator.as_str());
    let caller = Caller { who: Actor::Nobody, ..caller.clone() };
    let mut event = caller.event(app, Scope::Platform, Action::SignedIn, to);
    event.outcome = Outcome::Refused;
    event.details = details.map(str::to_owned);
    audit::record(app, &event).await?;
    Ok(ApiError::SignInRefused)
}
