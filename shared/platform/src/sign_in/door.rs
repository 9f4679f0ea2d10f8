//! Where every door leads: a proof is shown, and the session opens.

use domain::person::Portal;
use domain::session::Proof;

use crate::app::App;
use crate::http::error::ApiError;
use crate::http::response::set_cookie;
use crate::mail::Told;
use crate::scope::Caller;
use crate::sign_in::{DeviceOf, Shown, second_stage, session};
use crate::start::Response;
use crate::table::Change;
use crate::table::people::Person;

/// Lets somebody in who has shown a proof, together with `changes` (what was consumed for it); or asks for a
/// second factor first, where the portal does.
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
    if second_stage::is_asked(app, person, portal, proof) {
        return second_stage::begin(app, person, portal, proof, changes).await;
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
