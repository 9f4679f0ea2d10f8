//! Step-up: destructive operations require a second factor shown in the last ten minutes.

use domain::audit::Action;
use domain::session::Assurance;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::visitor::Visitor;
use crate::http::error::ApiError;
use crate::http::limits::tries::Standing;
use crate::http::response::{Response, json};
use crate::mail::notices;
use crate::people::persons::scope_of;
use crate::sign_in::second_factor::{self, PasskeyOptions, ShownFactor, wrong_code};
use crate::sign_in::session;
use crate::store::audit;

impl Visitor {
    /// Returns the request options for a passkey in this session.
    ///
    /// # Errors
    ///
    /// 409 `no_passkey` for a person without one.
    pub async fn passkey_options(&self) -> Result<PasskeyOptions, ApiError> {
        second_factor::options_of(self.app, &self.person).await
    }

    /// Verifies a second factor within a session.
    ///
    /// The session continues under a new id and a new token, with assurance `aal2` from now on.
    ///
    /// # Errors
    ///
    /// 422 for a factor that does not match; 429 after ten codes in an hour.
    pub async fn step_up(&self, shown: &ShownFactor) -> Result<Response, ApiError> {
        let (app, person) = (self.app, &self.person);
        let did = Action::SteppedUp;
        // An attacker with the first factor alone can create such sessions again and again, so their codes count
        // together with those of the sign-in.
        // Only the owner can have a session that has shown the second factor.
        let standing = match self.session.assurance {
            Assurance::Aal1 => Standing::FirstFactor(person.id.as_str(), self.session.proof),
            Assurance::Aal2 => Standing::Session(person.id.as_str(), &self.session.id),
        };
        let checked = second_factor::check(app, &self.caller, person, (shown, did), &standing);
        let mut proved = checked.await?;
        let (proof, mut changes) = (proved.proof, std::mem::take(&mut proved.changes));
        let event = self.caller.event(app, scope_of(person), did, person.id.as_str());
        changes.push(audit::add(app, &event).await?);
        let now = app.now().as_second();
        let replaced = session::replace(self, person.epoch, (proof, now), changes).await;
        proved.into_outcome(app, replaced.is_ok()).await?;
        let replaced = match replaced {
            // A parallel request has used the code.
            Err(ApiError::Conflict(_)) => return Err(wrong_code()),
            replaced => replaced?,
        };
        notices::tell_of_used(app, &person.id, proof).await?;
        let answer =
            SteppedUp { assurance: Assurance::Aal2.name(), csrf_token: replaced.csrf_token(app) };
        let mut response = json(StatusCode::OK, &answer)?;
        replaced.set_cookie(&mut response);
        Ok(response)
    }
}

/// The response to a step-up.
#[derive(Serialize, ToSchema)]
pub struct SteppedUp {
    /// Always `aal2`.
    assurance: &'static str,
    /// The CSRF token that writes carry in `X-CSRF-Token` from now on.
    csrf_token: String,
}
