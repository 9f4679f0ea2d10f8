//! The last step of every sign-in method: all required proofs were shown, and the session is created.

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

/// Creates the session of a fully authenticated person, together with `changes`.
///
/// `changes` holds what the sign-in consumed, such as a token. A sign-in from a new device is mailed to the person,
/// except at the very first sign-in.
///
/// # Errors
///
/// [`ApiError::SignInRefused`] for a disabled person.
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
