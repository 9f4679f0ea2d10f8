//! A person's own sessions: to see where they are signed in, and to end what they do not know.

use platform::http::request::{path_id, route};
use platform::http::response::{Problems, json, no_content};
use platform::lambda_http::http::StatusCode;
use platform::sign_in::{self, OpenSession};
use platform::{ApiError, App, Request, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// The sessions of one person. There are few, so that they come in one page.
#[derive(Serialize, ToSchema)]
struct Sessions {
    /// The last used first.
    items: Vec<OpenSession>,
    /// Always absent.
    next_cursor: Option<String>,
}

/// `/v1/sessions` and below.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/sessions" => list(app, request).await,
        "DELETE /v1/sessions" => end_others(app, request).await,
        "DELETE /v1/sessions/{session}" => end(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Where the person is signed in, at every portal.
#[utoipa::path(get, path = "/v1/sessions", tag = "sign-in",
    responses((status = 200, description = "The open sessions.", body = Sessions), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    json(StatusCode::OK, &Sessions { items: visitor.sessions().await?, next_cursor: None })
}

/// Ends all of the person's sessions but the one that asks.
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

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
