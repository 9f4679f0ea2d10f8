//! Step-up: a second factor within a session, before an irreversible operation.

use platform::http::request::{json as read_json, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::sign_in::second_factor::{PasskeyOptions, ShownFactor};
use platform::sign_in::{self, SteppedUp};
use platform::{ApiError, App, Request, Response};

/// Serves `/v1/session/step-up` and below.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/session/step-up" => prove(app, request).await,
        "POST /v1/session/step-up/passkey-options" => passkey_options(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Verifies a second factor: operations that require a fresh one are allowed for ten minutes.
///
/// The session continues under a new id and a new CSRF token.
#[utoipa::path(post, path = "/v1/session/step-up", tag = "sign-in", request_body = ShownFactor,
    responses((status = 200, description = "Two factors sure; the cookie is set anew.", body = SteppedUp), Problems))]
async fn prove(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    let shown: ShownFactor = read_json(&request)?;
    visitor.step_up(&shown).await
}

/// Returns the options with which the browser requests a passkey.
#[utoipa::path(post, path = "/v1/session/step-up/passkey-options", tag = "sign-in",
    responses((status = 200, description = "The options.", body = PasskeyOptions), Problems))]
async fn passkey_options(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    json(StatusCode::OK, &visitor.passkey_options().await?)
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(prove, passkey_options))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
