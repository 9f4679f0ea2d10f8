//! Sign-in with a passkey alone: the user types no address, the device knows the account.

use platform::http::request::{json as read_json, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::sign_in::second_factor::PasskeyOptions;
use platform::sign_in::{self, PasskeySignIn, SignedIn};
use platform::{ApiError, App, Request, Response};

/// Serves `/v1/sign-in/passkey` and below.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/sign-in/passkey/options" => options(app, request).await,
        "POST /v1/sign-in/passkey" => prove(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Returns the request options for a discoverable-credential sign-in.
#[utoipa::path(post, path = "/v1/sign-in/passkey/options", tag = "sign-in",
    responses((status = 200, description = "The options.", body = PasskeyOptions), Problems))]
async fn options(app: &'static App, request: Request) -> Result<Response, ApiError> {
    sign_in::stranger(app, &request)?;
    json(StatusCode::OK, &sign_in::options_of_anybody(app).await?)
}

/// Signs in with the passkey's assertion.
///
/// Every refusal looks the same.
#[utoipa::path(post, path = "/v1/sign-in/passkey", tag = "sign-in", request_body = PasskeySignIn,
    responses((status = 200, description = "Signed in; the cookie is set.", body = SignedIn), Problems))]
async fn prove(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = sign_in::stranger(app, &request)?;
    let shown: PasskeySignIn = read_json(&request)?;
    sign_in::sign_in_by_passkey(app, &caller, &shown).await
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(options, prove))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
