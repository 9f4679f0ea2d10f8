//! Parents ask for access with a code, and so do students of 18 and over where the school lets them; the school or its
//! photographer decides where the school wants to be asked.

use domain::access::{AccessEvent, AccessState, Relation};
use domain::email::EmailAddress;
use platform::http::request::{json as read_json, paging, path_id, route};
use platform::http::response::{CheckMail, List, Problems, check_mail, json};
use platform::lambda_http::http::StatusCode;
use platform::table::access_requests::{AccessRequest, request_access};
use platform::wire::student::display_name;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A parent with a code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAccessRequest {
    /// The code as it was typed.
    code: String,
    /// The address of whoever asks.
    email: String,
    /// `parent` (default), or `student`: the student, of 18 or over, where the school has opened that.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    relation: Relation,
}

/// A family's request.
#[derive(Serialize, ToSchema)]
struct AccessRequestView {
    id: String,
    student_id: String,
    student_name: Option<String>,
    class: Option<String>,
    email: String,
    /// `parent`, or `student` for the student themselves.
    #[schema(value_type = String)]
    relation: Relation,
    /// `requested`, `approved`, `consented`, `active` or `ended`.
    #[schema(value_type = String)]
    state: AccessState,
    requested_at: String,
    /// Whether it waits for a decision that is the caller's to make.
    may_decide: bool,
}

/// What a decision led to.
#[derive(Serialize, ToSchema)]
struct Decision {
    /// `approved`, `active` or `ended`.
    #[schema(value_type = String)]
    state: AccessState,
}

/// `/v1/access-requests…` and `/v1/schools/{school}/access-requests`.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/access-requests" => ask(app, request).await,
        "GET /v1/schools/{school}/access-requests" => list(app, request).await,
        "POST /v1/access-requests/{request}/approval" => approve(app, request).await,
        "POST /v1/access-requests/{request}/refusal" => refuse(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Asks for access. The answer is the same for right, wrong and malformed codes; a right one mails a link.
#[utoipa::path(post, path = "/v1/access-requests", tag = "access", request_body = NewAccessRequest,
    responses((status = 202, description = "If the code is right, a link is in the mail.", body = CheckMail), Problems))]
async fn ask(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = sign_in::stranger(app, &request)?;
    let new: NewAccessRequest = read_json(&request)?;
    let email = EmailAddress::parse(&new.email)
        .map_err(|_| ApiError::Invalid { code: "bad_email", field: "email" })?;
    request_access(app, &caller, &new.code, &email, new.relation).await?;
    check_mail()
}

/// A school's requests. A teacher sees those for the students of their classes.
#[utoipa::path(get, path = "/v1/schools/{school}/access-requests", tag = "access",
    params(("school" = String, Path),
        ("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "A page of requests.", body = List<AccessRequestView>), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::school_visitor(app, &request).await?;
    let school = visitor.school(&path_id(&request, "school")?).await?;
    let page = school.access_requests(paging(&request)?).await?;
    let view = |request: AccessRequest| AccessRequestView {
        id: request.id.to_string(),
        student_name: request.student.as_ref().map(display_name),
        class: request.student.and_then(|student| student.enrolment.class),
        student_id: request.student_id.to_string(),
        email: request.email.into(),
        relation: request.relation,
        state: request.state,
        requested_at: request.requested_at,
        may_decide: request.may_decide,
    };
    let items = page.items.into_iter().map(view).collect();
    json(StatusCode::OK, &List { items, next_cursor: page.next_cursor })
}

/// Approves a request.
#[utoipa::path(post, path = "/v1/access-requests/{request}/approval", tag = "access",
    params(("request" = String, Path)),
    responses((status = 200, description = "What it led to.", body = Decision), Problems))]
async fn approve(app: &'static App, request: Request) -> Result<Response, ApiError> {
    decide(app, request, AccessEvent::Approve).await
}

/// Refuses a request.
#[utoipa::path(post, path = "/v1/access-requests/{request}/refusal", tag = "access",
    params(("request" = String, Path)),
    responses((status = 200, description = "What it led to.", body = Decision), Problems))]
async fn refuse(app: &'static App, request: Request) -> Result<Response, ApiError> {
    decide(app, request, AccessEvent::Refuse).await
}

async fn decide(
    app: &'static App,
    request: Request,
    decision: AccessEvent,
) -> Result<Response, ApiError> {
    let id = path_id(&request, "request")?;
    let school = sign_in::school_visitor(app, &request).await?.school_of(&id).await?;
    let state = school.decide_access(&id, decision).await?;
    json(StatusCode::OK, &Decision { state })
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(ask, list, approve, refuse))]
struct Api;

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
