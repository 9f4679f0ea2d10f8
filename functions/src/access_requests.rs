//! Requests for access to a student's photos, made with a share code.
//!
//! Parents request access, and students of 18 and over where their school allows it. The school or its photographer
//! decides where the school wants to approve requests. Both sides can end an access.

use domain::access::{AccessEvent, AccessState, Relation};
use domain::email::EmailAddress;
use platform::http::request::{json as read_json, paging, path_id, route};
use platform::http::response::{CheckMail, Problems, check_mail, json, no_content};
use platform::lambda_http::http::StatusCode;
use platform::records::access_requests::{AccessRequest, OwnAccess, request_access};
use platform::sign_in::{self, AccessEnder};
use platform::store::page::List;
use platform::wire::student::display_name;
use platform::{ApiError, App, Request, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A request for access with a share code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAccessRequest {
    /// The code as it was typed.
    code: String,
    /// The e-mail address of the requester.
    email: String,
    /// `parent` (default), or `student`: the student, of 18 or over, where the school allows it.
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
    ended_at: Option<String>,
    /// Whether the request waits for a decision that the caller may make.
    may_decide: bool,
    /// Whether the caller can end it.
    may_end: bool,
}

/// One access of the signed-in person: active, requested or ended.
#[derive(Serialize, ToSchema)]
struct OwnAccessView {
    id: String,
    school_name: String,
    /// Present only while the photos are shown.
    student_name: Option<String>,
    /// `parent`, or `student` for the student themselves.
    #[schema(value_type = String)]
    relation: Relation,
    /// `requested`, `approved`, `consented`, `active` or `ended`.
    #[schema(value_type = String)]
    state: AccessState,
    /// Whether the school must approve a new request, even with a valid code.
    school_must_agree: bool,
    requested_at: String,
    ended_at: Option<String>,
}

/// The result of a decision.
#[derive(Serialize, ToSchema)]
struct Decision {
    /// `approved`, `active` or `ended`.
    #[schema(value_type = String)]
    state: AccessState,
}

/// Serves `/v1/access-requests…` and `/v1/schools/{school}/access-requests`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/access-requests" => ask(app, request).await,
        "GET /v1/access-requests" => own(app, request).await,
        "DELETE /v1/access-requests/{request}" => end(app, request).await,
        "GET /v1/schools/{school}/access-requests" => list(app, request).await,
        "POST /v1/access-requests/{request}/approval" => approve(app, request).await,
        "POST /v1/access-requests/{request}/refusal" => refuse(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Requests access with a share code.
///
/// The answer is the same for right, wrong and malformed codes. A right code mails a link. The request is stored when
/// the link is opened.
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

/// Lists a school's access requests.
///
/// A teacher sees those for the students of their classes.
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
        ended_at: request.ended_at,
        may_end: request.may_end,
        may_decide: request.may_decide,
    };
    let items = page.items.into_iter().map(view).collect();
    json(StatusCode::OK, &List { items, next_cursor: page.next_cursor })
}

/// Lists the accesses of the signed-in parent: active, requested and ended.
#[utoipa::path(get, path = "/v1/access-requests", tag = "access",
    params(("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "A page of them.", body = List<OwnAccessView>), Problems))]
async fn own(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let parent = sign_in::parent(app, &request).await?;
    let page = parent.accesses(paging(&request)?).await?;
    let view = |access: OwnAccess| OwnAccessView {
        id: access.id.to_string(),
        school_name: access.school_name,
        student_name: access.student.as_ref().map(display_name),
        relation: access.relation,
        state: access.state,
        school_must_agree: access.must_agree,
        requested_at: access.requested_at,
        ended_at: access.ended_at,
    };
    json(StatusCode::OK, &page.map(view))
}

/// Ends an access, active or requested, from the next request on.
///
/// It ends for the family member who has it and for the guests to whom they gave a gallery. The school's staff, its
/// photographer and the family member may end it. A family member whom the school or the photographer removed needs
/// the school's approval to return, even where a code is enough for others. The student's code is revoked together
/// with the access.
#[utoipa::path(delete, path = "/v1/access-requests/{request}", tag = "access",
    params(("request" = String, Path)),
    responses((status = 204, description = "It has ended."), Problems))]
async fn end(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let id = path_id(&request, "request")?;
    match sign_in::access_ender(app, &request).await? {
        AccessEnder::School(visitor) => visitor.school_of(&id).await?.end_access(&id).await?,
        AccessEnder::Parent(parent) => parent.give_up(&id).await?,
    }
    Ok(no_content())
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
#[openapi(paths(ask, own, list, approve, refuse, end))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
