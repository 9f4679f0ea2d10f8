//! Sign-in with a mailed link: one request mails it, its page needs a click, and the click sends the token.

use domain::email::EmailAddress;
use platform::http::request::{json as read_json, route};
use platform::http::response::{CheckMail, Problems};
use platform::sign_in::{self, LinkPortal, SignInAnswer};
use platform::{ApiError, App, Request, Response};
use serde::Deserialize;
use utoipa::ToSchema;

/// The token of the mailed link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Link {
    /// The token.
    token: String,
}

/// A request for a link, from a person with an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkRequest {
    /// The e-mail address.
    email: String,
    /// `parent` (default) or `school`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    portal: LinkPortal,
}

/// Serves `/v1/sign-in/link…`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/sign-in/link-requests" => ask(app, request).await,
        "POST /v1/sign-in/link" => follow(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Mails a link that works for ten minutes, to a parent or to school staff.
///
/// The answer is the same for every address.
#[utoipa::path(post, path = "/v1/sign-in/link-requests", tag = "sign-in", request_body = LinkRequest,
    responses((status = 202, description = "If the address is a parent's, a link is in the mail.", body = CheckMail), Problems))]
async fn ask(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = sign_in::stranger(app, &request)?;
    let asked: LinkRequest = read_json(&request)?;
    let email = EmailAddress::parse(&asked.email)
        .map_err(|_| ApiError::Invalid { code: "bad_email", field: "email" })?;
    sign_in::request_link(app, &caller, asked.portal, &email).await
}

/// Signs in a parent or a member of a school's staff.
///
/// The token works once.
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

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
