//! The second switch of somebody who acts at an account: from now on things may be changed.

use platform::http::request::route;
use platform::http::response::Problems;
use platform::sign_in::acting::{self, WritesAllowed};
use platform::{ApiError, App, Request, Response, sign_in};

/// `/v1/session/acting/writes`.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/session/acting/writes" => allow(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Switches writing on for whoever acts at an account. The owner is told by mail.
#[utoipa::path(post, path = "/v1/session/acting/writes", tag = "sign-in",
    responses((status = 200, description = "Things may be changed; the cookie is another.", body = WritesAllowed), Problems))]
async fn allow(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    acting::allow_writes(&visitor).await
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(allow))]
struct Api;

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
