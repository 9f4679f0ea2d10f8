//! Step-up: what is destructive asks for a second factor that was shown in the last ten minutes.

use domain::audit::Action;
use domain::second_factor::FRESH_SECONDS;
use domain::session::Assurance;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::error::ApiError;
use crate::http::response::json;
use crate::limits::tries::Standing;
use crate::notices;
use crate::sign_in::second_factor::{self, PasskeyOptions, ShownFactor, wrong_code};
use crate::sign_in::{By, Photographer, Visitor, scope_of, session};
use crate::start::Response;
use crate::table::audit;

/// Somebody who has shown a second factor in the last ten minutes.
///
/// Only [`Visitor::fresh_second_factor`] makes one. What is destructive takes it by value, so that a handler
/// that does not ask for it does not compile.
pub struct FreshSecondFactor<'a> {
    visitor: &'a Visitor,
}

impl<'a> FreshSecondFactor<'a> {
    /// Who it is.
    pub fn visitor(&self) -> &'a Visitor {
        self.visitor
    }
}

impl Photographer {
    /// As [`Visitor::fresh_second_factor`]; a program has none.
    ///
    /// # Errors
    ///
    /// 403 `second_factor_needed`.
    pub fn fresh_second_factor(&self) -> Result<FreshSecondFactor<'_>, ApiError> {
        match &self.by {
            By::Visitor(visitor) => visitor.fresh_second_factor(),
            By::Program(_) => Err(ApiError::Forbidden("not_for_programs")),
        }
    }
}

impl Visitor {
    /// The proof that a second factor was shown lately.
    ///
    /// # Errors
    ///
    /// 403 `second_factor_needed`: the page asks for it, and tries again.
    pub fn fresh_second_factor(&self) -> Result<FreshSecondFactor<'_>, ApiError> {
        let age = self.app.now().as_second().saturating_sub(self.session.proved_at);
        if self.session.assurance < Assurance::Aal2 || age >= FRESH_SECONDS {
            return Err(ApiError::Forbidden("second_factor_needed"));
        }
        Ok(FreshSecondFactor { visitor: self })
    }

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
