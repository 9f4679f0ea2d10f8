//! The common part of every kind of second factor: the result of a check, of adding one and of removing one.

use crate::access::visitor::Visitor;
use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::limits::tries::Reserved;
use crate::http::response::{Response, json};
use crate::mail::Told;
use crate::people::persons::{self, Person, scope_of};
use crate::people::second_factors;
use crate::sign_in::session;
use crate::store::audit;
use crate::store::change::Change;
use domain::audit::Action;
use domain::second_factor::Method;
use domain::second_factor::RecoveryCode;
use domain::session::Proof;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// A verified second factor, with the changes that use it up.
///
/// The changes are committed together with what the factor opens. Only then it counts, and only once.
pub(in crate::sign_in) struct Proved {
    pub(in crate::sign_in) proof: Proof,
    pub(in crate::sign_in) changes: Vec<Change>,
    /// The counted attempt, for methods that are counted.
    pub(super) counted: Option<Reserved>,
}

impl Proved {
    pub(in crate::sign_in) const fn new(proof: Proof, changes: Vec<Change>) -> Self {
        Self { proof, changes, counted: None }
    }

    /// Settles the counted attempt: right when the factor has opened something, wrong when a parallel request used it
    /// first.
    pub(in crate::sign_in) async fn into_outcome(
        self,
        app: &App,
        has_opened: bool,
    ) -> Result<(), ApiError> {
        match self.counted {
            Some(counted) if has_opened => Ok(counted.right(app).await?),
            Some(counted) => Ok(counted.wrong(app).await?),
            None => Ok(()),
        }
    }
}

/// Returns the one error for every invalid code: wrong, used, or another person's.
pub(crate) const fn wrong_code() -> ApiError {
    ApiError::Invalid { code: "wrong_code", field: "code" }
}

/// Returns the one error for every invalid passkey.
pub(crate) const fn wrong_passkey() -> ApiError {
    ApiError::Invalid { code: "wrong_passkey", field: "credential" }
}

/// Formats codes as they are printed.
pub(super) fn grouped(codes: &[RecoveryCode]) -> Vec<String> {
    codes.iter().map(RecoveryCode::grouped).collect()
}

/// The response when a second factor was added.
#[derive(Serialize, ToSchema)]
pub struct FactorAdded {
    /// The CSRF token that writes carry in `X-CSRF-Token` from now on.
    csrf_token: String,
    /// Ten codes for the case that the factor is lost; shown only once. Absent when the person has codes already.
    recovery_codes: Option<Vec<String>>,
}

/// Stores that a factor was added, and notifies the person by mail.
///
/// All other sessions end. This one continues under a new id, with the assurance that was just shown.
pub(in crate::sign_in) async fn added(
    visitor: &Visitor,
    method: Method,
    proof: Proof,
    mut changes: Vec<Change>,
) -> Result<Response, ApiError> {
    let (app, person) = (visitor.app, &visitor.person);
    let mut recovery_codes = None;
    if !person.factors.has_any() {
        let (codes, change) = second_factors::fresh_recovery_codes(app, &person.id).await?;
        recovery_codes = Some(grouped(&codes));
        changes.push(change);
    }
    changes
        .push(factor_event(app, &visitor.caller, person, Action::SecondFactorAdded, method).await?);
    let now = app.now().as_second();
    let replaced = replace_after(visitor, (proof, now), changes).await?;
    let answer = FactorAdded { csrf_token: replaced.csrf_token(app), recovery_codes };
    let mut response = json(StatusCode::CREATED, &answer)?;
    replaced.set_cookie(&mut response);
    let portal = visitor.session.portal;
    Told::SecondFactorAdded { person: person.id.clone(), method, portal }.send(app).await?;
    Ok(response)
}

/// Stores that a factor was removed, in the same way.
pub(in crate::sign_in) async fn removed(
    visitor: &Visitor,
    method: Method,
    is_last: bool,
    mut changes: Vec<Change>,
) -> Result<Response, ApiError> {
    let (app, person) = (visitor.app, &visitor.person);
    if is_last {
        // Without another factor, recovery codes stand in for nothing and are removed.
        changes.push(second_factors::end_recovery_codes(app, &person.id)?);
    }
    let event = factor_event(app, &visitor.caller, person, Action::SecondFactorRemoved, method);
    changes.push(event.await?);
    // Removing a factor does not make the earlier proof fresher.
    let shown = (visitor.session.proof, visitor.session.proved_at);
    let replaced = replace_after(visitor, shown, changes).await?;
    let mut response = crate::http::response::no_content();
    replaced.set_cookie(&mut response);
    let portal = visitor.session.portal;
    Told::SecondFactorRemoved { person: person.id.clone(), method, portal }.send(app).await?;
    Ok(response)
}

pub(in crate::sign_in) async fn factor_event(
    app: &App,
    caller: &Caller,
    person: &Person,
    did: Action,
    method: Method,
) -> Result<Change, ApiError> {
    let mut event = caller.event(app, scope_of(person), did, person.id.as_str());
    event.details = Some(method.name().to_owned());
    Ok(audit::add(app, &event).await?)
}

/// Commits `changes`, ends every session of the person, and replaces this session by a new one.
pub(in crate::sign_in) async fn replace_after(
    visitor: &Visitor,
    shown: (Proof, i64),
    mut changes: Vec<Change>,
) -> Result<session::Replaced, ApiError> {
    changes.push(persons::end_older_sessions(visitor.app, &visitor.person)?);
    let epoch = visitor.person.epoch.saturating_add(1);
    session::replace(visitor, epoch, shown, changes).await
}
