//! A person's own sessions: list them, and end unknown ones.

use platform::http::request::{path_id, route};
use platform::http::response::{Problems, json, no_content};
use platform::lambda_http::http::StatusCode;
use platform::sign_in::{self, OpenSession};
use platform::{ApiError, App, Request, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// The sessions of one person: few enough for one page.
#[derive(Serialize, ToSchema)]
struct Sessions {
    /// Sorted by last use, newest first.
    items: Vec<OpenSession>,
    /// Always absent.
    next_cursor: Option<String>,
}

/// Serves `/v1/sessions` and below.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/sessions" => list(app, request).await,
        "DELETE /v1/sessions" => end_others(app, request).await,
        "DELETE /v1/sessions/{session}" => end(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Lists the person's sessions at every portal.
#[utoipa::path(get, path = "/v1/sessions", tag = "sign-in",
    responses((status = 200, description = "The open sessions.", body = Sessions), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    json(StatusCode::OK, &Sessions { items: visitor.sessions().await?, next_cursor: None })
}

/// Ends all of the person's sessions except the current one.
#[utoipa::path(delete, path = "/v1/sessions", tag = "sign-in",
    responses((status = 204, description = "The others are over."), Problems))]
async fn end_others(app: &'static App, request: Request) -> Result<Response, ApiError> {
    sign_in::anyone(app, &request).await?.end_others().await?;
    Ok(no_content())
}

/// Ends one of the person's sessions: the next request with it is refused.
#[utoipa::path(delete, path = "/v1/sessions/{session}", tag = "sign-in",
    params(("session" = String, Path)),
    responses((status = 204, description = "It is over."), Problems))]
async fn end(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    visitor.end(&path_id(&request, "session")?).await?;
    Ok(no_content())
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(list, end_others, end))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
