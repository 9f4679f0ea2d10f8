//! Step-up: far-reaching operations require a code that the site administrator showed in the last ten minutes.

use domain::audit::{Action, Outcome, Scope};
use domain::second_factor::FRESH_SECONDS;
use http::StatusCode;

use super::factor::{self, ShownCode};
use super::session::{self, Opening};
use super::view::OperatorSignedIn;
use crate::http::error::ApiError;
use crate::http::limits::tries::{self, Door, Standing};
use crate::http::response::{Response, json};
use crate::operators::operator::Operator;
use crate::people::operators::sessions;
use crate::sign_in::second_factor::wrong_code;
use crate::store::audit;
use crate::store::change::{Committed, commit};

/// A site administrator who has shown a second factor in the last ten minutes.
///
/// Created by [`Operator::fresh`] only. Far-reaching operations take it by value, so a handler without the check does
/// not compile.
pub struct FreshOperator<'a> {
    operator: &'a Operator,
}

impl<'a> FreshOperator<'a> {
    /// Returns the site administrator.
    pub fn operator(&self) -> &'a Operator {
        self.operator
    }
}

impl Operator {
    /// Returns the proof that a second factor was shown in the last ten minutes.
    ///
    /// # Errors
    ///
    /// 403 `second_factor_needed`: the page requests a code and tries again.
    pub fn fresh(&self) -> Result<FreshOperator<'_>, ApiError> {
        let age = self.app.now().as_second().saturating_sub(self.session.proved_at);
        if age >= FRESH_SECONDS {
            return Err(ApiError::Forbidden("second_factor_needed"));
        }
        Ok(FreshOperator { operator: self })
    }

    /// Verifies a code within a session.
    ///
    /// The session continues under a new id and a new token; its absolute expiry does not move. Codes are counted
    /// before they are verified.
    ///
    /// # Errors
    ///
    /// 422 `wrong_code`; 429 after ten codes in an hour.
    pub async fn step_up(&self, shown: &ShownCode) -> Result<Response, ApiError> {
        let (app, id) = (self.app, &self.stored.id);
        let standing = Standing::Session(id.as_str(), &self.session.id);
        let counted = tries::reserve_or_refuse(app, Door::SECOND_FACTOR, &standing).await?;
        let did = Action::SteppedUp;
        let mut event = self.caller.event(app, Scope::Platform, did, id.as_str());
        let checked = factor::check(app, &self.stored, shown, self.stored.edit()).await?;
        let Some((proof, edit)) = checked else {
            event.outcome = Outcome::Refused;
            audit::record(app, &event).await?;
            counted.wrong(app).await?;
            return Err(wrong_code());
        };
        let epoch = self.stored.epoch;
        let opening = Opening { operator: id, epoch, proof, ends: Some(self.session.ends) };
        let (opened, create) = session::new(app, &opening).await?;
        let changes = vec![
            self.stored.change(app, edit)?,
            sessions::remove(app, id, &self.session.id)?,
            create,
            audit::add(app, &event).await?,
        ];
        // A parallel request has used the code.
        if let Committed::Refused(_) = commit(app, changes).await? {
            counted.wrong(app).await?;
            return Err(wrong_code());
        }
        counted.right(app).await?;
        let mut response = json(StatusCode::OK, &OperatorSignedIn::new(app, &opened))?;
        opened.set_cookie(&mut response);
        Ok(response)
    }
}
