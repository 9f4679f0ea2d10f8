//! Allows writes in an impersonation session.

use platform::http::request::route;
use platform::http::response::Problems;
use platform::sign_in;
use platform::sign_in::acting::{self, WritesAllowed};
use platform::{ApiError, App, Request, Response};

/// Serves `/v1/session/acting/writes`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/session/acting/writes" => allow(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Allows writes in the current impersonation session.
///
/// The account's owner gets an e-mail about it.
#[utoipa::path(post, path = "/v1/session/acting/writes", tag = "sign-in",
    responses((status = 200, description = "Things may be changed; the cookie is another.", body = WritesAllowed), Problems))]
async fn allow(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    acting::allow_writes(&visitor).await
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(allow))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
