//! Where every door leads: a proof is shown, and the session opens.

use domain::person::Portal;
use domain::session::Proof;

use crate::app::App;
use crate::http::error::ApiError;
use crate::http::response::set_cookie;
use crate::mail::Told;
use crate::scope::Caller;
use crate::sign_in::{DeviceOf, second_stage, session};
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
    let is_known = match &caller.device {
        Some(device) => device.is_of(app, &person.id).await?,
        None => false,
    };
    let mut entered = session::open(app, caller, person, portal, proof, changes).await?;
    if !is_known {
        set_cookie(&mut entered.response, &DeviceOf::Person.open(app, &person.id).await?);
        if !entered.is_first {
            Told::NewDevice { person: person.id.clone(), portal }.send(app).await?;
        }
    }
    Ok(entered.response)
}
