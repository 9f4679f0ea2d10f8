//! Ten printed recovery codes, for the case that a phone is lost.

use crate::sign_in::second_factor::proved::grouped;
use domain::audit::Action;
use domain::second_factor::{Method, RecoveryCode};
use domain::session::Proof;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::fresh_second_factor::FreshSecondFactor;
use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::response::{Response, json};
use crate::mail::notices::{self, Notice};
use crate::people::persons::Person;
use crate::people::second_factors;
use crate::sign_in::second_factor::proved::{Proved, factor_event, wrong_code};
use crate::store::change::{Committed, commit};

/// Ten new recovery codes, shown only once.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// The printed form: `ABCDE-FGHJK`.
    recovery_codes: Vec<String>,
}

/// Creates ten new recovery codes; the old ones become invalid.
///
/// # Errors
///
/// 409 `no_second_factor` for a person without one: the codes would stand in for nothing.
pub async fn new_recovery_codes(fresh: FreshSecondFactor<'_>) -> Result<Response, ApiError> {
    let visitor = fresh.visitor();
    let (app, person) = (visitor.app, &visitor.person);
    if !person.factors.has_any() {
        return Err(ApiError::Conflict("no_second_factor"));
    }
    let (codes, change) = second_factors::fresh_recovery_codes(app, &person.id).await?;
    let did = Action::RecoveryCodesMade;
    let event = factor_event(app, &visitor.caller, person, did, Method::RecoveryCode).await?;
    if let Committed::Refused(_) = commit(app, vec![change, event]).await? {
        return Err(ApiError::Conflict("wrong_state"));
    }
    notices::tell(app, &person.id, Notice::RecoveryCodesChanged).await?;
    json(StatusCode::CREATED, &RecoveryCodes { recovery_codes: grouped(&codes) })
}

/// Verifies a recovery code. The returned change uses it up.
pub(super) async fn check(
    app: &App,
    caller: &Caller,
    person: &Person,
    typed: &str,
) -> Result<Proved, ApiError> {
    let code = RecoveryCode::parse(typed).map_err(|_| wrong_code())?;
    if !person.factors.has_any() {
        return Err(wrong_code());
    }
    let change = person.factors.use_recovery_code(app, &person.id, &code).await?;
    let change = change.ok_or_else(wrong_code)?;
    let did = Action::RecoveryCodeUsed;
    let event = factor_event(app, caller, person, did, Method::RecoveryCode).await?;
    Ok(Proved::new(Proof::RecoveryCode, vec![change, event]))
}
