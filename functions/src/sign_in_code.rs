//! Sign-in with a mailed code: one request mails the code, the next one submits it.

use domain::email::EmailAddress;
use domain::person::Portal;
use platform::http::request::{json as read_json, route};
use platform::http::response::{CheckMail, Problems};
use platform::sign_in::{self, Flow, SignedIn};
use platform::{ApiError, App, Request, Response};
use serde::Deserialize;
use utoipa::ToSchema;

/// A request for a code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CodeRequest {
    /// `photographer`, `school`, `parent` or `admin`.
    portal: String,
    /// The e-mail address.
    email: String,
}

/// The mailed code; the browser's flow cookie identifies the request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TypedCode {
    /// The portal for which the code was requested.
    portal: String,
    /// Six digits; spaces and hyphens are ignored.
    code: String,
}

/// Serves `/v1/sign-in/code…`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/sign-in/code-requests" => ask(app, request).await,
        "POST /v1/sign-in/code" => enter(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Mails a code that works for ten minutes in this browser.
///
/// The answer is the same for every address.
#[utoipa::path(post, path = "/v1/sign-in/code-requests", tag = "sign-in", request_body = CodeRequest,
    responses((status = 202, description = "If the address may sign in, a code is in the mail.", body = CheckMail), Problems))]
async fn ask(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = sign_in::stranger(app, &request)?;
    let asked: CodeRequest = read_json(&request)?;
    let portal = portal(&asked.portal)?;
    let email = EmailAddress::parse(&asked.email)
        .map_err(|_| ApiError::Invalid { code: "bad_email", field: "email" })?;
    sign_in::request_code(app, &caller, portal, &email).await
}

/// Signs in with the code.
///
/// Five attempts are allowed. Every refusal looks the same.
#[utoipa::path(post, path = "/v1/sign-in/code", tag = "sign-in", request_body = TypedCode,
    responses((status = 200, description = "Signed in; the cookie is set.", body = SignedIn), Problems))]
async fn enter(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = sign_in::stranger(app, &request)?;
    let typed: TypedCode = read_json(&request)?;
    let portal = portal(&typed.portal)?;
    sign_in::sign_in_by_code(app, &caller, portal, Flow::of(&request), &typed.code).await
}

fn portal(name: &str) -> Result<Portal, ApiError> {
    let portal = Portal::ALL.into_iter().find(|portal| portal.name() == name);
    portal.ok_or(ApiError::Invalid { code: "unknown_portal", field: "portal" })
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(ask, enter))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
