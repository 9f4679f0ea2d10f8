//! The second stage of a sign-in, and the enrolment of a second factor for people who must have one.

use platform::http::request::{json as read_json, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::sign_in::second_factor::{PasskeyOptions, ShownFactor, TotpSecret};
use platform::sign_in::{self, SignedIn, second_stage};
use platform::{ApiError, App, Request, Response};
use serde::Deserialize;
use utoipa::ToSchema;

/// The first code of a new secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FirstCode {
    /// Six digits.
    code: String,
}

/// Serves `/v1/sign-in/second-factor` and below.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/sign-in/second-factor" => prove(app, request).await,
        "POST /v1/sign-in/second-factor/passkey-options" => passkey_options(app, request).await,
        "POST /v1/sign-in/second-factor/enrolment" => begin_enrolment(app, request).await,
        "POST /v1/sign-in/second-factor/enrolment/confirmation" => {
            finish_enrolment(app, request).await
        }
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Verifies the second factor. Five attempts are allowed in one sign-in.
#[utoipa::path(post, path = "/v1/sign-in/second-factor", tag = "sign-in", request_body = ShownFactor,
    responses((status = 200, description = "Signed in; the cookie is set.", body = SignedIn), Problems))]
async fn prove(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = sign_in::stranger(app, &request)?;
    let shown: ShownFactor = read_json(&request)?;
    second_stage::show_second_factor(app, &caller, &request, &shown).await
}

/// Returns the options with which the browser requests a passkey.
#[utoipa::path(post, path = "/v1/sign-in/second-factor/passkey-options", tag = "sign-in",
    responses((status = 200, description = "The options.", body = PasskeyOptions), Problems))]
async fn passkey_options(app: &'static App, request: Request) -> Result<Response, ApiError> {
    sign_in::stranger(app, &request)?;
    json(StatusCode::OK, &second_stage::options_of_second_stage(app, &request).await?)
}

/// Creates an authenticator-app secret for a person who must have a second factor and has none.
#[utoipa::path(post, path = "/v1/sign-in/second-factor/enrolment", tag = "sign-in",
    responses((status = 200, description = "The secret, shown this once.", body = TotpSecret), Problems))]
async fn begin_enrolment(app: &'static App, request: Request) -> Result<Response, ApiError> {
    sign_in::stranger(app, &request)?;
    json(StatusCode::OK, &second_stage::begin_enrolment(app, &request).await?)
}

/// Confirms the first code of the new secret and signs in.
#[utoipa::path(post, path = "/v1/sign-in/second-factor/enrolment/confirmation", tag = "sign-in",
    request_body = FirstCode,
    responses((status = 200, description = "Signed in; the cookie is set.", body = SignedIn), Problems))]
async fn finish_enrolment(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = sign_in::stranger(app, &request)?;
    let first: FirstCode = read_json(&request)?;
    second_stage::finish_enrolment(app, &caller, &request, &first.code).await
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(prove, passkey_options, begin_enrolment, finish_enrolment))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
