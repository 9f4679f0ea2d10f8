//! Where every door leads: a proof is shown, and the session opens.

use domain::person::Portal;
use domain::session::{Assurance, Proof};

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
    let (is_known, has_shown_second) = match &caller.device {
        Some(device) => (
            device.is_of(app, &person.id).await?,
            device.has_shown_second_factor(app, &person.id).await?,
        ),
        None => (false, false),
    };
    let mut entered = session::open(app, caller, person, portal, proof, changes).await?;
    let of = DeviceOf::Person;
    if proof.assurance() == Assurance::Aal2 && !has_shown_second {
        let cookie = of.open_after_second_factor(app, &person.id).await?;
        set_cookie(&mut entered.response, &cookie);
    } else if !is_known {
        set_cookie(&mut entered.response, &of.open(app, &person.id).await?);
    }
    if !is_known && !entered.is_first {
        Told::NewDevice { person: person.id.clone(), portal }.send(app).await?;
    }
    Ok(entered.response)
}
