//! Accounts of people, for site administrators: search, disable, enable.

use domain::email::EmailAddress;
use domain::ids::PersonKind;
use domain::reason::Why;
use platform::http::request::{json as read_json, path_id, route};
use platform::http::response::{Problems, json, no_content};
use platform::lambda_http::http::StatusCode;
use platform::operators::{self, PersonEntry};
use platform::wire::reason::reason;
use platform::{ApiError, App, Request, Response};
use serde::Deserialize;
use utoipa::ToSchema;

/// The address to search for. It is in the body because URLs are logged on their way.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Search {
    /// The address.
    email: String,
}

/// The reason for a change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Because {
    /// `own_request`, `support_case`, `left`, `suspected_theft`, `abuse` or `mistake`.
    #[schema(value_type = String)]
    reason: Why,
    /// The number of the support case: letters, digits and hyphens.
    case: Option<String>,
}

/// Serves `/v1/admin/people`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/admin/people/searches" => search(app, request).await,
        "GET /v1/admin/people/{person}" => show(app, request).await,
        "POST /v1/admin/people/{person}/disabling" => disable(app, request).await,
        "POST /v1/admin/people/{person}/enabling" => enable(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Searches for the person with an e-mail address.
///
/// The search is recorded in the platform's audit log.
#[utoipa::path(post, path = "/v1/admin/people/searches", tag = "site administration", request_body = Search,
    responses((status = 200, description = "The person.", body = PersonEntry), Problems))]
async fn search(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let operator = operators::operator(app, &request).await?;
    let typed: Search = read_json(&request)?;
    let email = EmailAddress::parse(&typed.email)
        .map_err(|_| ApiError::Invalid { code: "bad_email", field: "email" })?;
    json(StatusCode::OK, &operator.look_up(&email).await?)
}

/// Returns one person.
///
/// The read is recorded in the audit log of the person's studio.
#[utoipa::path(get, path = "/v1/admin/people/{person}", tag = "site administration",
    params(("person" = String, Path)),
    responses((status = 200, description = "The person.", body = PersonEntry), Problems))]
async fn show(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let operator = operators::operator(app, &request).await?;
    json(StatusCode::OK, &operator.person(&path_id::<PersonKind>(&request, "person")?).await?)
}

/// Disables an account: each of its sessions and keys stops working at its next request.
#[utoipa::path(post, path = "/v1/admin/people/{person}/disabling", tag = "site administration", request_body = Because,
    params(("person" = String, Path)),
    responses((status = 204, description = "Nothing opens for them any more."), Problems))]
async fn disable(app: &'static App, request: Request) -> Result<Response, ApiError> {
    set(app, request, true).await
}

/// Enables an account again. The person must sign in anew.
#[utoipa::path(post, path = "/v1/admin/people/{person}/enabling", tag = "site administration", request_body = Because,
    params(("person" = String, Path)),
    responses((status = 204, description = "They can sign in again."), Problems))]
async fn enable(app: &'static App, request: Request) -> Result<Response, ApiError> {
    set(app, request, false).await
}

async fn set(app: &'static App, request: Request, is_disabled: bool) -> Result<Response, ApiError> {
    let operator = operators::operator(app, &request).await?;
    let person = path_id::<PersonKind>(&request, "person")?;
    let because: Because = read_json(&request)?;
    let reason = reason(because.reason, because.case.as_deref())?;
    operators::set_disabled(operator.fresh()?, &person, is_disabled, &reason).await?;
    Ok(no_content())
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(search, show, disable, enable))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
