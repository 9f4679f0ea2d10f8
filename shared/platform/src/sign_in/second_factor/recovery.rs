//! Ten codes on paper, for the day a phone is lost.

use domain::audit::Action;
use domain::second_factor::{Method, RecoveryCode};
use domain::session::Proof;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::error::ApiError;
use crate::http::response::json;
use crate::notices::{self, Notice};
use crate::scope::Caller;
use crate::sign_in::second_factor::{Proved, factor_event, wrong_code};
use crate::sign_in::step_up::FreshSecondFactor;
use crate::start::Response;
use crate::table::people::Person;
use crate::table::{Committed, commit, second_factors};

/// Ten new codes. Shown this once.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// As they are printed: `ABCDE-FGHJK`.
    recovery_codes: Vec<String>,
}

/// As they are printed.
pub(super) fn grouped(codes: &[RecoveryCode]) -> Vec<String> {
    codes.iter().map(RecoveryCode::grouped).collect()
}

/// Ten new codes; the old ones are over.
///
/// # Errors
///
/// 409 `no_second_factor` for somebody who has none: there is nothing the codes could stand in for.
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

/// Checks a code; the change uses it up.
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
