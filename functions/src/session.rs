//! The current session: view and sign-out.

use platform::http::request::route;
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::sign_in::{self, SessionView};
use platform::{ApiError, App, Request, Response};

/// Serves `/v1/session`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/session" => show(app, request).await,
        "DELETE /v1/session" => end(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Returns the signed-in person, with a fresh CSRF token.
#[utoipa::path(get, path = "/v1/session", tag = "sign-in",
    responses((status = 200, description = "Who is signed in.", body = SessionView), Problems))]
async fn show(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    json(StatusCode::OK, &visitor.view().await?)
}

/// Signs out: the cookie is refused from the next request on.
#[utoipa::path(delete, path = "/v1/session", tag = "sign-in",
    responses((status = 204, description = "Signed out."), Problems))]
async fn end(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    sign_in::end_session(&visitor).await
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(show, end))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
