//! Sign-in with a password.

use domain::email::EmailAddress;
use domain::password::{Password, TypedPassword};
use domain::person::Portal;
use platform::http::request::{json as read_json, route};
use platform::http::response::Problems;
use platform::sign_in::{self, SignInAnswer};
use platform::{ApiError, App, Request, Response};
use serde::Deserialize;
use utoipa::ToSchema;

/// The portal, the e-mail address and the password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignIn {
    /// `photographer`, `school`, `parent` or `admin`.
    portal: String,
    /// The e-mail address.
    email: String,
    /// The password.
    #[schema(value_type = String, format = Password)]
    password: TypedPassword,
}

/// Serves `/v1/sign-in/password`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/sign-in/password" => sign_in_here(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Signs in with a password. Every refusal looks the same.
#[utoipa::path(post, path = "/v1/sign-in/password", tag = "sign-in", request_body = SignIn,
    responses((status = 200, description = "Signed in, or a second factor is waited for; the cookie is set.", body = SignInAnswer), Problems))]
async fn sign_in_here(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = sign_in::stranger(app, &request)?;
    let typed: SignIn = read_json(&request)?;
    let portal = Portal::ALL.into_iter().find(|portal| portal.name() == typed.portal);
    let portal = portal.ok_or(ApiError::Invalid { code: "unknown_portal", field: "portal" })?;
    let email = EmailAddress::parse(&typed.email)
        .map_err(|_| ApiError::Invalid { code: "bad_email", field: "email" })?;
    let password = Password::present(typed.password.reveal())
        .map_err(|_| ApiError::Invalid { code: "password_too_long", field: "password" })?;
    sign_in::sign_in_by_password(app, &caller, portal, &email, password).await
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(sign_in_here))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
