//! The end of a photographer's sign-up: the address is confirmed, the studio named and the password chosen.

use domain::password::{Password, TypedPassword};
use domain::text::Line;
use platform::http::request::{json as read_json, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The token of the mailed link, with the studio name and the password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Verification {
    /// The token.
    token: String,
    /// The studio's name: 1 to 120 characters.
    studio_name: String,
    /// At least 12 characters with an upper-case letter, a lower-case letter, a digit and another character.
    #[schema(value_type = String, format = Password)]
    password: TypedPassword,
}

/// The account that now exists.
#[derive(Serialize, ToSchema)]
struct Verified {
    /// The confirmed e-mail address, which is also the sign-in name.
    email: String,
}

/// Serves `/v1/email-verifications`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/email-verifications" => verify(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Confirms an e-mail address and creates the account and its studio.
///
/// The token works once.
#[utoipa::path(post, path = "/v1/email-verifications", tag = "sign-up", request_body = Verification,
    responses((status = 200, description = "The address is confirmed.", body = Verified), Problems))]
async fn verify(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = sign_in::stranger(app, &request)?;
    let verification: Verification = read_json(&request)?;
    let name = Line::parse(&verification.studio_name)
        .map_err(|error| ApiError::Invalid { code: error.code(), field: "studio_name" })?;
    let password = Password::choose(verification.password.reveal(), app.password_policy())
        .map_err(|error| ApiError::Invalid { code: error.code(), field: "password" })?;
    let email = sign_in::confirm_address(app, &caller, &verification.token, name, password).await?;
    json(StatusCode::OK, &Verified { email: email.as_str().to_owned() })
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(verify))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
