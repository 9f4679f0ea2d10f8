//! A photographer confirms the address they signed up with.

use platform::http::request::{json as read_json, route};
use platform::http::response::{Problems, no_content};
use platform::{ApiError, App, Request, Response, sign_in};
use serde::Deserialize;
use utoipa::ToSchema;

/// The mailed link's token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Verification {
    /// The token.
    token: String,
}

/// `/v1/email-verifications`.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/email-verifications" => verify(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Confirms an address: the studio and the password of the link's own sign-up count from here on, and no other's. The
/// token works once.
#[utoipa::path(post, path = "/v1/email-verifications", tag = "sign-up", request_body = Verification,
    responses((status = 204, description = "The address is confirmed."), Problems))]
async fn verify(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = sign_in::stranger(app, &request)?;
    let verification: Verification = read_json(&request)?;
    sign_in::confirm_address(app, &caller, &verification.token).await?;
    Ok(no_content())
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(verify))]
struct Api;

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
