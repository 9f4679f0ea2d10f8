//! Where every door leads: all that was required is shown, and the session opens.

use domain::person::Portal;
use domain::session::Proof;

use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::device::{DeviceOf, Shown};
use crate::http::error::ApiError;
use crate::http::response::{Response, set_cookie};
use crate::mail::Told;
use crate::people::persons::Person;
use crate::sign_in::session;
use crate::store::change::Change;

/// Creates the session of a person who has shown all that was required, together with `changes` (what was consumed for
/// it).
///
/// # Errors
///
/// [`ApiError::SignInRefused`] for somebody who was shut out.
pub(super) async fn enter(
    app: &App,
    caller: &Caller,
    person: &Person,
    portal: Portal,
    proof: Proof,
    changes: Vec<Change>,
) -> Result<Response, ApiError> {
    if person.is_disabled {
        return Err(ApiError::SignInRefused);
    }
    let (before, now) = (caller.device_shown(app, &person.id).await?, Shown::from(proof));
    let mut entered = session::open(app, caller, person, portal, proof, changes).await?;
    if before < Some(now) {
        let cookie = DeviceOf::Person.open(app, &person.id, now).await?;
        set_cookie(&mut entered.response, &cookie);
    }
    if before.is_none() && !entered.is_first {
        Told::NewDevice { person: person.id.clone(), portal }.send(app).await?;
    }
    Ok(entered.response)
}
