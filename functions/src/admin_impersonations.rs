//! Starts an impersonation: a site administrator sees an account as its owner sees it.

use domain::ids::PersonKind;
use domain::person::Portal;
use domain::reason::Why;
use platform::http::request::{json as read_json, path_id, route};
use platform::http::response::Problems;
use platform::sign_in::acting::ActingStarted;
use platform::wire::reason::reason;
use platform::{ApiError, App, Request, Response, operators};
use serde::Deserialize;
use utoipa::ToSchema;

/// The portal to impersonate in, and the reason.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Impersonation {
    /// `photographer`, `school` or `parent`.
    portal: String,
    /// `own_request`, `support_case`, `left`, `suspected_theft`, `abuse` or `mistake`.
    #[schema(value_type = String)]
    reason: Why,
    /// The number of the support case: letters, digits and hyphens.
    case: Option<String>,
}

/// Serves `/v1/admin/people/{person}/impersonation`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/admin/people/{person}/impersonation" => start(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Opens a read-only impersonation session of half an hour.
///
/// Every audit event of the session names both people.
#[utoipa::path(post, path = "/v1/admin/people/{person}/impersonation", tag = "site administration", request_body = Impersonation,
    params(("person" = String, Path)),
    responses((status = 201, description = "Begun; the cookie is set.", body = ActingStarted), Problems))]
async fn start(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let operator = operators::operator(app, &request).await?;
    let person = path_id::<PersonKind>(&request, "person")?;
    let typed: Impersonation = read_json(&request)?;
    let portal = Portal::ALL.into_iter().find(|portal| portal.name() == typed.portal);
    let portal = portal.ok_or(ApiError::Invalid { code: "unknown_portal", field: "portal" })?;
    let reason = reason(typed.reason, typed.case.as_deref())?;
    operators::act_as(operator.fresh()?, &person, portal, &reason).await
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(start))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
