//! Who works at a school: the school's administrators and its photographers invite, change and remove.

use domain::email::EmailAddress;
use domain::school_staff::{Assignment, Offer, SchoolRole};
use domain::text::Line;
use platform::http::request::{json as read_json, paging, path_id, route};
use platform::http::response::{List, Problems, json, no_content};
use platform::lambda_http::http::StatusCode;
use platform::scope::ManagedSchool;
use platform::table::invitations::Invitation;
use platform::table::school_staff::StaffMember;
use platform::wire::time::rfc3339;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody to be invited.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewInvitation {
    /// Their address: the link that is mailed there works for no other.
    email: String,
    /// `administrator` or `teacher`.
    #[schema(value_type = String)]
    role: SchoolRole,
    /// A teacher's classes, as the roster calls them; none for an administrator.
    #[serde(default)]
    classes: Vec<String>,
}

/// What somebody is from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAssignment {
    /// `administrator` or `teacher`.
    #[schema(value_type = String)]
    role: SchoolRole,
    /// A teacher's classes; none for an administrator.
    #[serde(default)]
    classes: Vec<String>,
}

/// The same for every address.
#[derive(Serialize, ToSchema)]
struct InvitationSent {
    /// Always `invited`.
    status: &'static str,
}

/// Somebody who works at the school.
#[derive(Serialize, ToSchema)]
struct StaffView {
    person_id: String,
    email: String,
    /// `administrator` or `teacher`.
    #[schema(value_type = String)]
    role: SchoolRole,
    /// A teacher's classes.
    #[schema(value_type = Vec<String>)]
    classes: Vec<Line>,
    since: String,
}

/// An invitation that stands open.
#[derive(Serialize, ToSchema)]
struct InvitationView {
    id: String,
    email: String,
    /// `administrator` or `teacher`.
    #[schema(value_type = Option<String>)]
    role: Option<SchoolRole>,
    /// A teacher's classes.
    #[schema(value_type = Vec<String>)]
    classes: Vec<Line>,
    /// Until when the link works.
    expires_at: String,
}

impl From<StaffMember> for StaffView {
    fn from(member: StaffMember) -> Self {
        Self {
            person_id: member.person.to_string(),
            email: member.email.into(),
            role: member.assignment.role(),
            classes: member.assignment.classes().to_vec(),
            since: member.since,
        }
    }
}

impl From<Invitation> for InvitationView {
    fn from(invitation: Invitation) -> Self {
        let assignment = match invitation.offer {
            Offer::SchoolStaff { assignment, .. } => Some(assignment),
            Offer::StudioStaff => None,
        };
        Self {
            id: invitation.id.to_string(),
            email: invitation.email.into(),
            role: assignment.as_ref().map(Assignment::role),
            classes: assignment.map(|it| it.classes().to_vec()).unwrap_or_default(),
            expires_at: rfc3339(invitation.ends),
        }
    }
}

/// `/v1/schools/{school}/staff…` and `/v1/schools/{school}/staff-invitations…`.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/schools/{school}/staff" => list(app, request).await,
        "PUT /v1/schools/{school}/staff/{person}" => change(app, request).await,
        "DELETE /v1/schools/{school}/staff/{person}" => remove(app, request).await,
        "GET /v1/schools/{school}/staff-invitations" => list_invitations(app, request).await,
        "POST /v1/schools/{school}/staff-invitations" => invite(app, request).await,
        "DELETE /v1/schools/{school}/staff-invitations/{invitation}" => {
            withdraw(app, request).await
        }
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// The school of the path, for whoever decides who works there.
async fn school(app: &'static App, request: &Request) -> Result<ManagedSchool, ApiError> {
    let visitor = sign_in::school_visitor(app, request).await?;
    visitor.school(&path_id(request, "school")?).await?.managed()
}

fn assignment(role: SchoolRole, classes: &[String]) -> Result<Assignment, ApiError> {
    Assignment::new(role, classes)
        .map_err(|error| ApiError::Invalid { code: error.code(), field: "classes" })
}

/// Who works at a school.
#[utoipa::path(get, path = "/v1/schools/{school}/staff", tag = "staff",
    params(("school" = String, Path),
        ("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "A page of people.", body = List<StaffView>), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let page = school(app, &request).await?.staff(paging(&request)?).await?;
    let items = page.items.into_iter().map(StaffView::from).collect();
    json(StatusCode::OK, &List { items, next_cursor: page.next_cursor })
}

/// Gives somebody another role or other classes, from their next request on. The last administrator cannot become
/// a teacher by themselves.
#[utoipa::path(put, path = "/v1/schools/{school}/staff/{person}", tag = "staff",
    request_body = NewAssignment, params(("school" = String, Path), ("person" = String, Path)),
    responses((status = 204, description = "It is so from now on."), Problems))]
async fn change(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let school = school(app, &request).await?;
    let new: NewAssignment = read_json(&request)?;
    let assignment = assignment(new.role, &new.classes)?;
    school.change_staff(&path_id(&request, "person")?, &assignment).await?;
    Ok(no_content())
}

/// Ends somebody's work at the school, from their next request on. The last administrator cannot leave by
/// themselves.
#[utoipa::path(delete, path = "/v1/schools/{school}/staff/{person}", tag = "staff",
    params(("school" = String, Path), ("person" = String, Path)),
    responses((status = 204, description = "They work here no more."), Problems))]
async fn remove(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let school = school(app, &request).await?;
    school.remove_staff(&path_id(&request, "person")?).await?;
    Ok(no_content())
}

/// The invitations to a school that stand open.
#[utoipa::path(get, path = "/v1/schools/{school}/staff-invitations", tag = "staff",
    params(("school" = String, Path),
        ("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "A page of invitations.", body = List<InvitationView>), Problems))]
async fn list_invitations(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let page = school(app, &request).await?.staff_invitations(paging(&request)?).await?;
    let items = page.items.into_iter().map(InvitationView::from).collect();
    json(StatusCode::OK, &List { items, next_cursor: page.next_cursor })
}

/// Mails an invitation that works for seven days, once, for this address. Inviting again sends another link and
/// ends the one before. The answer does not tell whether the address has an account.
#[utoipa::path(post, path = "/v1/schools/{school}/staff-invitations", tag = "staff",
    request_body = NewInvitation, params(("school" = String, Path)),
    responses((status = 202, description = "The invitation is in the mail.", body = InvitationSent), Problems))]
async fn invite(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let school = school(app, &request).await?;
    let new: NewInvitation = read_json(&request)?;
    let email = EmailAddress::parse(&new.email)
        .map_err(|_| ApiError::Invalid { code: "bad_email", field: "email" })?;
    let assignment = assignment(new.role, &new.classes)?;
    school.invite_staff(email, assignment).await?;
    json(StatusCode::ACCEPTED, &InvitationSent { status: "invited" })
}

/// Withdraws an invitation: its link leads nowhere from now on.
#[utoipa::path(delete, path = "/v1/schools/{school}/staff-invitations/{invitation}", tag = "staff",
    params(("school" = String, Path), ("invitation" = String, Path)),
    responses((status = 204, description = "It is withdrawn."), Problems))]
async fn withdraw(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let school = school(app, &request).await?;
    school.withdraw_staff_invitation(&path_id(&request, "invitation")?).await?;
    Ok(no_content())
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(list, change, remove, list_invitations, invite, withdraw))]
struct Api;

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
