//! Health check. The answer contains nothing else: no version, no table, no dependency.

use std::future::{Ready, ready};

use platform::http::request::route;
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::{ApiError, App, Request, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// The answer of the health check.
#[derive(Serialize, ToSchema)]
struct Health {
    /// Always `ok`.
    status: &'static str,
}

/// Serves `/v1/health`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
#[expect(clippy::needless_pass_by_value, reason = "every handler takes its request")]
pub fn handle(_app: &'static App, request: Request) -> Ready<Result<Response, ApiError>> {
    ready(match route(&request).as_str() {
        "GET /v1/health" => health(),
        _ => Err(ApiError::MethodNotAllowed),
    })
}

/// Answers `ok` while the system runs.
#[utoipa::path(get, path = "/v1/health", tag = "system",
    responses((status = 200, description = "It answers.", body = Health), Problems))]
fn health() -> Result<Response, ApiError> {
    json(StatusCode::OK, &Health { status: "ok" })
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(health))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
