//! Authenticator apps (TOTP): the secret is shown once, and is active from its first verified code on.

use domain::second_factor::{Method, TotpCode};
use domain::session::Proof;
use qrcode::{Color, EcLevel, QrCode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::fresh_second_factor::FreshSecondFactor;
use crate::access::visitor::Visitor;
use crate::base::app::App;
use crate::base::crypto::totp;
use crate::http::error::ApiError;
use crate::http::response::Response;
use crate::people::persons::Person;
use crate::people::{ceremonies, second_factors};
use crate::sign_in::second_factor::proved::{Proved, added, removed, wrong_code};
use crate::store::change::Change;

/// A new secret for the person's authenticator app, shown only once.
#[derive(Serialize, ToSchema)]
pub struct TotpSecret {
    /// For typing: base32.
    secret: String,
    /// For the app: the URI `otpauth://totp/…`.
    address: String,
    /// The URI as a QR code: one text per row, `1` is a dark module. Draw a margin of four light modules around it.
    qr: Vec<String>,
}

/// Creates a secret for the signed-in person. It is active after [`confirm_totp`] has verified a code.
///
/// # Errors
///
/// 409 `second_factor_exists` when there is an app; 403 when the person must show a second factor or sign in again
/// first.
pub async fn begin_totp(visitor: &Visitor) -> Result<TotpSecret, ApiError> {
    visitor.may_add_factor()?;
    begin_for(visitor.app, &visitor.person).await
}

pub(in crate::sign_in) async fn begin_for(
    app: &App,
    person: &Person,
) -> Result<TotpSecret, ApiError> {
    if person.factors.totp.is_some() {
        return Err(ApiError::Conflict("second_factor_exists"));
    }
    let secret = app.random();
    ceremonies::begin_enrolment(app, &person.id, &secret).await?;
    let email = person.email(app).await?;
    let address = totp::address(secret, email.as_str())
        .ok_or_else(|| ApiError::internal("an address that no app can carry"))?;
    let qr = modules(&address).map_err(ApiError::internal)?;
    Ok(TotpSecret { secret: totp::base32(&secret), address, qr })
}

/// Returns the modules of a QR code, row by row.
///
/// Error correction level M: the code is read from a screen, and smaller modules are harder to read.
pub(crate) fn modules(text: &str) -> Result<Vec<String>, qrcode::types::QrError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
    let width = code.width().max(1);
    let digits: Vec<char> = code
        .to_colors()
        .into_iter()
        .map(|color| match color {
            Color::Dark => '1',
            Color::Light => '0',
        })
        .collect();
    Ok(digits.chunks(width).map(|row| row.iter().collect()).collect())
}

/// Verifies the first code of a new secret, which is active from then on.
///
/// # Errors
///
/// 422 `wrong_code`; 409 `enrolment_is_over` when no secret is waiting; 403 as [`begin_totp`].
pub async fn confirm_totp(visitor: &Visitor, code: &str) -> Result<Response, ApiError> {
    visitor.may_add_factor()?;
    let changes = changes_of_first(visitor.app, &visitor.person, code).await?;
    added(visitor, Method::Totp, Proof::Totp, changes).await
}

/// Returns the changes that activate a waiting secret, if the code matches. They also use up the code.
pub(in crate::sign_in) async fn changes_of_first(
    app: &App,
    person: &Person,
    code: &str,
) -> Result<Vec<Change>, ApiError> {
    let sealed = ceremonies::enrolment(app, &person.id).await?;
    let sealed = sealed.ok_or(ApiError::Conflict("enrolment_is_over"))?;
    let secret = second_factors::open_secret(app, &person.id, &sealed).await?;
    let code = TotpCode::parse(code).map_err(|_| wrong_code())?;
    let now = app.now().as_second();
    let step = totp::matched_step(secret, &code, now).ok_or_else(wrong_code)?;
    Ok(vec![
        ceremonies::end_enrolment(app, &person.id)?,
        second_factors::add_totp(app, &person.id, sealed, step)?,
    ])
}

/// Removes the authenticator app.
///
/// The proof of a fresh second factor is a parameter, so no handler can call this without one.
///
/// # Errors
///
/// 404 when there is none.
pub async fn remove_totp(fresh: FreshSecondFactor<'_>) -> Result<Response, ApiError> {
    let visitor = fresh.visitor();
    let (app, person) = (visitor.app, &visitor.person);
    if person.factors.totp.is_none() {
        return Err(ApiError::NotFound);
    }
    let is_last = person.factors.passkeys.is_empty();
    let changes = vec![second_factors::remove_totp(app, &person.id)?];
    removed(visitor, Method::Totp, is_last, changes).await
}

/// Verifies a code. The returned change uses up its time step.
pub(super) async fn check(app: &App, person: &Person, typed: &str) -> Result<Proved, ApiError> {
    let code = TotpCode::parse(typed).map_err(|_| wrong_code())?;
    let stored = person.factors.totp.as_ref().ok_or_else(wrong_code)?;
    let secret = stored.secret(app, &person.id).await?;
    let now = app.now().as_second();
    let step = totp::matched_step(secret, &code, now).ok_or_else(wrong_code)?;
    let changes = vec![second_factors::use_step(app, &person.id, step)?];
    Ok(Proved::new(Proof::Totp, changes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qr_code_is_a_square_with_its_three_corners() {
        let rows = modules("otpauth://totp/Picture%20Day:ann?secret=GEZDGNBVGY3TQOJQ").unwrap();
        assert!(rows.iter().all(|row| row.len() == rows.len()));
        let last = rows.last().unwrap();
        assert!(rows[0].starts_with("1111111") && rows[0].ends_with("1111111"));
        assert!(last.starts_with("1111111") && !last.ends_with("1111111"));
    }
}
