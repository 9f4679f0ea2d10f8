//! Signing in by a mailed link: one request mails it, its page asks for a click, and the click comes here.

use domain::email::EmailAddress;
use platform::http::request::{json as read_json, route};
use platform::http::response::{CheckMail, Problems};
use platform::sign_in::{LinkPortal, SignInAnswer};
use platform::{ApiError, App, Request, Response, sign_in};
use serde::Deserialize;
use utoipa::ToSchema;

/// The mailed link's token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Link {
    /// The token.
    token: String,
}

/// Who has been here before and wants a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkRequest {
    /// The address.
    email: String,
    /// `parent` (default) or `school`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    portal: LinkPortal,
}

/// `/v1/sign-in/link…`.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/sign-in/link-requests" => ask(app, request).await,
        "POST /v1/sign-in/link" => follow(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Mails a link that works for ten minutes to a parent, or to somebody of a school. The answer is the same for every address.
#[utoipa::path(post, path = "/v1/sign-in/link-requests", tag = "sign-in", request_body = LinkRequest,
    responses((status = 202, description = "If the address is a parent's, a link is in the mail.", body = CheckMail), Problems))]
async fn ask(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = sign_in::stranger(app, &request)?;
    let asked: LinkRequest = read_json(&request)?;
    let email = EmailAddress::parse(&asked.email)
        .map_err(|_| ApiError::Invalid { code: "bad_email", field: "email" })?;
    sign_in::request_link(app, &caller, asked.portal, &email).await
}

/// Signs a parent or somebody of a school in. The token works once.
#[utoipa::path(post, path = "/v1/sign-in/link", tag = "sign-in", request_body = Link,
    responses((status = 200, description = "Signed in, or a second factor is waited for; the cookie is set.", body = SignInAnswer), Problems))]
async fn follow(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = sign_in::stranger(app, &request)?;
    let link: Link = read_json(&request)?;
    sign_in::sign_in_by_link(app, &caller, &link.token).await
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(ask, follow))]
struct Api;

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
