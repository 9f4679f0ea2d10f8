//! The staff of a school. The school's administrators and its photographers invite, change and remove staff.

use domain::email::EmailAddress;
use domain::school_staff::{Assignment, Offer, SchoolRole};
use domain::text::Line;
use platform::access::stores::ManagedSchool;
use platform::http::request::{json as read_json, paging, path_id, route};
use platform::http::response::{Problems, json, no_content};
use platform::lambda_http::http::StatusCode;
use platform::records::invitations::Invitation;
use platform::records::school_staff::StaffMember;
use platform::store::page::List;
use platform::wire::time::rfc3339;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A person to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewInvitation {
    /// Their e-mail address. The mailed link works for no other address.
    email: String,
    /// `administrator` or `teacher`.
    #[schema(value_type = String)]
    role: SchoolRole,
    /// A teacher's classes, as the roster names them; empty for an administrator.
    #[serde(default)]
    classes: Vec<String>,
}

/// A person's new role and classes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAssignment {
    /// `administrator` or `teacher`.
    #[schema(value_type = String)]
    role: SchoolRole,
    /// A teacher's classes; empty for an administrator.
    #[serde(default)]
    classes: Vec<String>,
}

/// The answer to an invitation: the same for every address.
#[derive(Serialize, ToSchema)]
struct InvitationSent {
    /// Always `invited`.
    status: &'static str,
}

/// A member of the school's staff.
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

/// An open invitation.
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
    /// When the link expires.
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

/// Serves `/v1/schools/{school}/staff…` and `/v1/schools/{school}/staff-invitations…`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
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

/// Returns the school of the path, if the caller may manage its staff.
async fn school(app: &'static App, request: &Request) -> Result<ManagedSchool, ApiError> {
    let visitor = sign_in::school_visitor(app, request).await?;
    visitor.school(&path_id(request, "school")?).await?.managed()
}

fn assignment(role: SchoolRole, classes: &[String]) -> Result<Assignment, ApiError> {
    Assignment::new(role, classes)
        .map_err(|error| ApiError::Invalid { code: error.code(), field: "classes" })
}

/// Lists the staff of a school.
#[utoipa::path(get, path = "/v1/schools/{school}/staff", tag = "staff",
    params(("school" = String, Path),
        ("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "A page of people.", body = List<StaffView>), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let page = school(app, &request).await?.staff(paging(&request)?).await?;
    let items = page.items.into_iter().map(StaffView::from).collect();
    json(StatusCode::OK, &List { items, next_cursor: page.next_cursor })
}

/// Changes a person's role or classes, from their next request on.
///
/// The last administrator cannot make themselves a teacher.
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

/// Removes a person from the school's staff, from their next request on.
///
/// The last administrator cannot remove themselves.
#[utoipa::path(delete, path = "/v1/schools/{school}/staff/{person}", tag = "staff",
    params(("school" = String, Path), ("person" = String, Path)),
    responses((status = 204, description = "They work here no more."), Problems))]
async fn remove(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let school = school(app, &request).await?;
    school.remove_staff(&path_id(&request, "person")?).await?;
    Ok(no_content())
}

/// Lists the open invitations of a school.
#[utoipa::path(get, path = "/v1/schools/{school}/staff-invitations", tag = "staff",
    params(("school" = String, Path),
        ("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "A page of invitations.", body = List<InvitationView>), Problems))]
async fn list_invitations(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let page = school(app, &request).await?.staff_invitations(paging(&request)?).await?;
    let items = page.items.into_iter().map(InvitationView::from).collect();
    json(StatusCode::OK, &List { items, next_cursor: page.next_cursor })
}

/// Mails an invitation that works once, for seven days, for this address.
///
/// A second invitation sends another link and revokes the first. The answer does not tell whether the address has an
/// account.
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

/// Withdraws an invitation: its link stops working now.
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

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
