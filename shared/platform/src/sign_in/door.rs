//! Where every door leads: a proof is shown, and the session opens.

use domain::person::Portal;
use domain::session::Proof;

use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::response::Response;
use crate::people::persons::Person;
use crate::sign_in::{arrival, second_stage};
use crate::store::change::Change;

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
    arrival::enter(app, caller, person, portal, proof, changes).await
}
