//! Password reset: a link by e-mail, and a new password with its token.

use domain::email::EmailAddress;
use domain::password::{Password, TypedPassword};
use platform::http::request::{json as read_json, route};
use platform::http::response::{CheckMail, Problems};
use platform::{ApiError, App, Request, Response, sign_in};
use serde::Deserialize;
use utoipa::ToSchema;

/// The account whose password is forgotten.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResetRequest {
    /// The e-mail address.
    email: String,
}

/// The token of the mailed link, and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Confirmation {
    /// The token.
    token: String,
    /// The new password.
    #[schema(value_type = String, format = Password)]
    password: TypedPassword,
}

/// Serves `/v1/password-resets…`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/password-resets" => ask(app, request).await,
        "POST /v1/password-resets/confirmation" => confirm(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Mails a link that works for 15 minutes.
///
/// The answer is the same for every address.
#[utoipa::path(post, path = "/v1/password-resets", tag = "sign-in", request_body = ResetRequest,
    responses((status = 202, description = "If the address is somebody's, a link is in the mail.", body = CheckMail), Problems))]
async fn ask(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = sign_in::stranger(app, &request)?;
    let asked: ResetRequest = read_json(&request)?;
    let email = EmailAddress::parse(&asked.email)
        .map_err(|_| ApiError::Invalid { code: "bad_email", field: "email" })?;
    sign_in::request_reset(app, &caller, &email).await
}

/// Stores the new password, ends every session of the person and revokes every API key of theirs.
///
/// The token works once.
#[utoipa::path(post, path = "/v1/password-resets/confirmation", tag = "sign-in", request_body = Confirmation,
    responses((status = 204, description = "The password is changed."), Problems))]
async fn confirm(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = sign_in::stranger(app, &request)?;
    let confirmation: Confirmation = read_json(&request)?;
    let password = Password::choose(confirmation.password.reveal(), app.password_policy())
        .map_err(|error| ApiError::Invalid { code: error.code(), field: "password" })?;
    sign_in::confirm_reset(app, &caller, &confirmation.token, password).await
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(ask, confirm))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
