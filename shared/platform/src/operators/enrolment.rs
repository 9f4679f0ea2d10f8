//! Enrolment of site administrators: an invitation sets a password and a second factor in one step.
//!
//! The first invitation is issued by a caller with the right to invoke the function; it has no URL. Later ones are
//! issued by a site administrator with a fresh second factor.
//!
//! An invitation to a known address replaces its credentials, for the case that both the app and the printed codes are
//! lost.

use domain::audit::{Action, Actor, Scope};
use domain::email::EmailAddress;
use domain::ids::OperatorId;
use domain::password::Password;
use domain::second_factor::{RecoveryCode, TotpCode};
use domain::session::Proof;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::session::{self, Opening};
use super::step_up::FreshOperator;
use super::view::{Enrolled, OperatorSignedIn};
use crate::base::app::App;
use crate::base::crypto::{password_hash, totp};
use crate::http::caller::Caller;
use crate::http::device::{DeviceOf, Shown};
use crate::http::error::ApiError;
use crate::http::response::{Response, json, set_cookie};
use crate::people::operators::{self, NewOperator, invitations};
use crate::people::second_factors;
use crate::sign_in::breached;
use crate::sign_in::second_factor::{modules, wrong_code};
use crate::store::audit;
use crate::store::change::{Committed, commit};
use crate::store::error::StoreError;
use crate::wire::time::rfc3339;

/// An invitation, shown only once. The issuer hands it over by a trusted channel.
#[derive(Serialize, ToSchema)]
pub struct Invited {
    /// The link to the page that sets a password and a second factor.
    link: String,
    /// When it expires.
    expires_at: String,
}

/// Invites a site administrator, by the right to invoke this function.
///
/// # Errors
///
/// When the store fails.
pub async fn invite(app: &'static App, email: &EmailAddress) -> Result<Invited, ApiError> {
    issue(app, &Caller::worker(app, "operator-invitations"), email).await
}

/// Invites a site administrator, as another one.
///
/// The proof of a fresh second factor is a parameter, so no handler can call this without one.
///
/// # Errors
///
/// When the store fails.
pub async fn invite_by_operator(
    fresh: FreshOperator<'_>,
    email: &EmailAddress,
) -> Result<Invited, ApiError> {
    let operator = fresh.operator();
    issue(operator.app, &operator.caller, email).await
}

async fn issue(app: &App, caller: &Caller, email: &EmailAddress) -> Result<Invited, ApiError> {
    let (token, change) = invitations::issue(app, email).await?;
    let event = caller.event(app, Scope::Platform, Action::OperatorInvited, "operator");
    let changes = vec![change, audit::add(app, &event).await?];
    if let Committed::Refused(_) = commit(app, changes).await? {
        return Err(StoreError::Corrupt("invitation").into());
    }
    let ends = app.now().as_second().saturating_add(invitations::LIVES_SECONDS);
    Ok(Invited {
        link: format!("{}/admin/enrol?token={}", app.config().public_url, token.as_str()),
        expires_at: rfc3339(ends),
    })
}

/// The content of an invitation: its e-mail address, and the secret for the authenticator app.
#[derive(Serialize, ToSchema)]
pub struct NewSecret {
    /// The invited e-mail address.
    email: String,
    /// For typing: base32.
    secret: String,
    /// For the app: the URI `otpauth://totp/…`.
    address: String,
    /// The URI as a QR code: one text per row, `1` is a dark module. Draw a margin of four light modules around it.
    qr: Vec<String>,
}

const SPENT: ApiError = ApiError::Conflict("link_used_or_expired");

/// Returns the secret of an invitation. Each call returns the same secret.
///
/// # Errors
///
/// 409 `link_used_or_expired` for an unknown, used or expired invitation.
pub async fn begin_enrolment(app: &App, token: &str) -> Result<NewSecret, ApiError> {
    let invitation = invitations::find(app, token).await?.ok_or(SPENT)?;
    let address = totp::address(invitation.totp, invitation.email.as_str())
        .ok_or_else(|| ApiError::internal("an address that no app can carry"))?;
    Ok(NewSecret {
        email: invitation.email.as_str().to_owned(),
        secret: totp::base32(&invitation.totp),
        qr: modules(&address).map_err(ApiError::internal)?,
        address,
    })
}

/// Creates the site administrator and the first session, from the link, a password and the app's first code.
///
/// For a known address it replaces the credentials and ends the session.
///
/// # Errors
///
/// 409 `link_used_or_expired`; 422 `wrong_code`, or for a password that is known to be breached.
pub async fn finish_enrolment(
    app: &'static App,
    caller: &Caller,
    token: &str,
    password: Password,
    code: &str,
) -> Result<Response, ApiError> {
    let invitation = invitations::find(app, token).await?.ok_or(SPENT)?;
    let code = TotpCode::parse(code).map_err(|_| wrong_code())?;
    let step = totp::matched_step(invitation.totp, &code, app.now().as_second());
    let step = step.ok_or_else(wrong_code)?;
    breached::refuse(app, caller, &password, "password").await?;
    let ring = app.operators_ring().await?;
    let password = password_hash::keep_under(app, ring, password).await?;
    let known = operators::find_of_address(app, &invitation.email).await?;
    let (id, epoch) = match known {
        Some(known) => (known.id, known.epoch.saturating_add(1)),
        None => (OperatorId::from_random(app.random()), 0),
    };
    let recovery_codes = second_factors::new_codes(app);
    let new = NewOperator {
        id: &id,
        email: &invitation.email,
        password: &password,
        totp: &invitation.totp,
        step,
        recovery_codes: &recovery_codes,
        epoch,
    };
    let mut changes = operators::keep(app, &new).await?;
    let opening = Opening { operator: &id, epoch, proof: Proof::Totp, ends: None };
    let (opened, create) = session::new(app, &opening).await?;
    let by = Caller { who: Actor::Operator(id.clone()), ..caller.clone() };
    let event = by.event(app, Scope::Platform, Action::OperatorEnrolled, id.as_str());
    changes.extend([
        invitations::consume(app, &invitation)?,
        create,
        audit::add(app, &event).await?,
    ]);
    if let Committed::Refused(_) = commit(app, changes).await? {
        return Err(SPENT);
    }
    let answer = Enrolled {
        session: OperatorSignedIn::new(app, &opened),
        recovery_codes: recovery_codes.iter().map(RecoveryCode::grouped).collect(),
    };
    let mut response = json(StatusCode::CREATED, &answer)?;
    opened.set_cookie(&mut response);
    let device = DeviceOf::Operator.open(app, &id, Shown::SecondFactor).await?;
    set_cookie(&mut response, &device);
    Ok(response)
}
