//! The common end of every sign-in method: a proof was shown, and the session or the second stage begins.

use domain::person::Portal;
use domain::session::Proof;

use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::response::Response;
use crate::people::persons::Person;
use crate::sign_in::{arrival, second_stage};
use crate::store::change::Change;

/// Signs in a person who has shown a proof, together with `changes`.
///
/// `changes` holds what the sign-in consumed. Begins the second stage instead when the portal requires a second factor.
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
    if second_stage::is_asked(app, person, portal, proof) {
        return second_stage::begin(app, person, portal, proof, changes).await;
    }
    arrival::enter(app, caller, person, portal, proof, changes).await
}
