//! Signing in by a mailed link: the page asks for a click, and the click comes here.

use platform::http::request::{json as read_json, route};
use platform::http::response::Problems;
use platform::sign_in::SignedIn;
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

/// `/v1/sign-in/link`.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/sign-in/link" => follow(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Signs a parent in. The token works once.
#[utoipa::path(post, path = "/v1/sign-in/link", tag = "sign-in", request_body = Link,
    responses((status = 200, description = "Signed in; the cookie is set.", body = SignedIn), Problems))]
async fn follow(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = sign_in::stranger(app, &request)?;
    let link: Link = read_json(&request)?;
    sign_in::sign_in_by_link(app, &caller, &link.token).await
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(follow))]
struct Api;

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
