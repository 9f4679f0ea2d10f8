//! A school's administrator begins to see the school as one of its teachers does.

use domain::ids::{PersonKind, SchoolKind};
use domain::reason::Why;
use platform::http::request::{json as read_json, path_id, route};
use platform::http::response::Problems;
use platform::sign_in::acting::ActingStarted;
use platform::wire::reason::reason;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::Deserialize;
use utoipa::ToSchema;

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StaffImpersonation {
    /// `own_request`, `support_case`, `left`, `suspected_theft`, `abuse` or `mistake`.
    #[schema(value_type = String)]
    reason: Why,
    /// The number of the case it belongs to: letters, digits and hyphens.
    case: Option<String>,
}

/// `/v1/schools/{school}/staff/{person}/impersonation`.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/schools/{school}/staff/{person}/impersonation" => start(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Opens a session of half an hour that sees this one school as a teacher of it does, and nothing else of theirs. Both
/// names stand in every event of it. Only for the school's administrators, with a fresh second factor.
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

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
