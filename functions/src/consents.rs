//! The consent that a parent gives before any photo is shown.

use domain::consent::PARENT_ACCESS;
use platform::http::request::{json as read_json, route};
use platform::http::response::{Problems, json, no_content};
use platform::lambda_http::http::StatusCode;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The current consent document.
#[derive(Serialize, ToSchema)]
struct ConsentView {
    /// `parent_access`.
    document: &'static str,
    /// The version of the wording.
    version: &'static str,
    title: &'static str,
    /// Paragraphs of plain text.
    text: Vec<&'static str>,
    /// Whether this person has accepted this version.
    accepted: bool,
}

/// A consent to one version of a document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewConsent {
    /// `parent_access`.
    document: String,
    /// The version that the person read.
    version: String,
}

/// Serves `/v1/consents` and `/v1/consents/current`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/consents/current" => current(app, request).await,
        "POST /v1/consents" => consent(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Returns the current consent document.
#[utoipa::path(get, path = "/v1/consents/current", tag = "access",
    responses((status = 200, description = "The current document.", body = ConsentView), Problems))]
async fn current(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let parent = sign_in::parent(app, &request).await?;
    let document = PARENT_ACCESS;
    let view = ConsentView {
        document: document.name,
        version: document.version,
        title: document.title,
        text: document.text.to_vec(),
        accepted: parent.visitor().has_consented(&document),
    };
    json(StatusCode::OK, &view)
}

/// Records consent to the current document.
#[utoipa::path(post, path = "/v1/consents", tag = "access", request_body = NewConsent,
    responses((status = 204, description = "Agreed."), Problems))]
async fn consent(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let parent = sign_in::parent(app, &request).await?;
    let new: NewConsent = read_json(&request)?;
    if new.document != PARENT_ACCESS.name {
        return Err(ApiError::Invalid { code: "unknown_document", field: "document" });
    }
    if new.version != PARENT_ACCESS.version {
        return Err(ApiError::Conflict("old_version"));
    }
    parent.visitor().consent(&PARENT_ACCESS).await?;
    Ok(no_content())
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(current, consent))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
