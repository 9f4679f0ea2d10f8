//! Starts an impersonation: a school's administrator sees the school as one of its teachers does.

use domain::ids::{PersonKind, SchoolKind};
use domain::reason::Why;
use platform::http::request::{json as read_json, path_id, route};
use platform::http::response::Problems;
use platform::sign_in::acting::ActingStarted;
use platform::wire::reason::reason;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::Deserialize;
use utoipa::ToSchema;

/// The reason for the impersonation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StaffImpersonation {
    /// `own_request`, `support_case`, `left`, `suspected_theft`, `abuse` or `mistake`.
    #[schema(value_type = String)]
    reason: Why,
    /// The number of the support case: letters, digits and hyphens.
    case: Option<String>,
}

/// Serves `/v1/schools/{school}/staff/{person}/impersonation`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/schools/{school}/staff/{person}/impersonation" => start(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Opens an impersonation session of half an hour for one teacher of this school.
///
/// The session sees this one school as the teacher sees it, and nothing else of the teacher's. Every audit event of
/// the session names both people. Only for the school's administrators, with a fresh second factor.
#[utoipa::path(post, path = "/v1/schools/{school}/staff/{person}/impersonation", tags = ["staff", "fresh-second-factor"],
    request_body = StaffImpersonation, params(("school" = String, Path), ("person" = String, Path)),
    responses((status = 201, description = "Begun; the cookie is set.", body = ActingStarted), Problems))]
async fn start(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::school_visitor(app, &request).await?;
    let fresh = visitor.fresh_second_factor()?;
    let school = visitor.school(&path_id::<SchoolKind>(&request, "school")?).await?.managed()?;
    let person = path_id::<PersonKind>(&request, "person")?;
    let typed: StaffImpersonation = read_json(&request)?;
    let reason = reason(typed.reason, typed.case.as_deref())?;
    school.see_as(fresh, &person, &reason).await
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(start))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
