//! Step-up: what is destructive asks for a second factor that was shown in the last ten minutes.

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
    /// The options with which this session asks for a passkey.
    ///
    /// # Errors
    ///
    /// 409 `no_passkey` for somebody without one.
    pub async fn passkey_options(&self) -> Result<PasskeyOptions, ApiError> {
        second_factor::options_of(self.app, &self.person).await
    }

    /// Takes a second factor in the middle of a session: the session goes on under a new id and a new token,
    /// two factors sure, from now on.
    ///
    /// # Errors
    ///
    /// 422 for what does not fit; 429 after ten codes in an hour.
    pub async fn step_up(&self, shown: &ShownFactor) -> Result<Response, ApiError> {
        let (app, person) = (self.app, &self.person);
        let did = Action::SteppedUp;
        // A session that was opened by a first factor alone is had again and again for it: its codes count with those of
        // the door. One that has shown the second factor is nobody else's.
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
            // The code was used at the same moment by somebody else.
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

/// The answer to a step-up.
#[derive(Serialize, ToSchema)]
pub struct SteppedUp {
    /// `aal2`.
    assurance: &'static str,
    /// What writes carry in `X-CSRF-Token` from now on.
    csrf_token: String,
}
