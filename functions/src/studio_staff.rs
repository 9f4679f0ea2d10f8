//! The staff of a studio. Only its owner invites and removes staff.

use domain::email::EmailAddress;
use platform::http::request::{json as read_json, paging, path_id, route};
use platform::http::response::{Problems, json, no_content};
use platform::lambda_http::http::StatusCode;
use platform::records::invitations::Invitation;
use platform::records::studio_staff::{OwnedStudio, StudioStaffMember};
use platform::store::page::List;
use platform::wire::time::rfc3339;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A person to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewStudioInvitation {
    /// Their e-mail address. The mailed link works for no other address.
    email: String,
}

/// The answer to an invitation: the same for every address.
#[derive(Serialize, ToSchema)]
struct StudioInvited {
    /// Always `invited`.
    status: &'static str,
}

/// A member of the studio's staff.
#[derive(Serialize, ToSchema)]
struct StudioStaffView {
    person_id: String,
    email: String,
    since: String,
}

/// An open invitation.
#[derive(Serialize, ToSchema)]
struct StudioInvitationView {
    id: String,
    email: String,
    /// When the link expires.
    expires_at: String,
}

/// Serves `/v1/studio/staff…` and `/v1/studio/staff-invitations…`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/studio/staff" => list(app, request).await,
        "DELETE /v1/studio/staff/{colleague}" => remove(app, request).await,
        "GET /v1/studio/staff-invitations" => list_invitations(app, request).await,
        "POST /v1/studio/staff-invitations" => invite(app, request).await,
        "DELETE /v1/studio/staff-invitations/{offer}" => withdraw(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

async fn studio(app: &'static App, request: &Request) -> Result<OwnedStudio, ApiError> {
    sign_in::photographer(app, request).await?.owned_studio()
}

/// Lists the staff of the studio, without the owner.
#[utoipa::path(get, path = "/v1/studio/staff", tag = "staff",
    params(("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "A page of people.", body = List<StudioStaffView>), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let page = studio(app, &request).await?.staff(paging(&request)?).await?;
    let view = |member: StudioStaffMember| StudioStaffView {
        person_id: member.person.to_string(),
        email: member.email.into(),
        since: member.since,
    };
    let items = page.items.into_iter().map(view).collect();
    json(StatusCode::OK, &List { items, next_cursor: page.next_cursor })
}

/// Removes a person from the studio's staff, from their next request on.
///
/// The API keys of their programs are revoked too.
#[utoipa::path(delete, path = "/v1/studio/staff/{colleague}", tag = "staff",
    params(("colleague" = String, Path)),
    responses((status = 204, description = "They work here no more."), Problems))]
async fn remove(app: &'static App, request: Request) -> Result<Response, ApiError> {
    studio(app, &request).await?.remove_staff(&path_id(&request, "colleague")?).await?;
    Ok(no_content())
}

/// Lists the open invitations to the studio.
#[utoipa::path(get, path = "/v1/studio/staff-invitations", tag = "staff",
    params(("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "A page of invitations.", body = List<StudioInvitationView>), Problems))]
async fn list_invitations(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let page = studio(app, &request).await?.invitations(paging(&request)?).await?;
    let view = |invitation: Invitation| StudioInvitationView {
        id: invitation.id.to_string(),
        email: invitation.email.into(),
        expires_at: rfc3339(invitation.ends),
    };
    let items = page.items.into_iter().map(view).collect();
    json(StatusCode::OK, &List { items, next_cursor: page.next_cursor })
}

/// Mails an invitation that works once, for seven days, for this address.
///
/// The answer does not tell whether the address has an account.
#[utoipa::path(post, path = "/v1/studio/staff-invitations", tag = "staff",
    request_body = NewStudioInvitation,
    responses((status = 202, description = "The invitation is in the mail.", body = StudioInvited), Problems))]
async fn invite(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let studio = studio(app, &request).await?;
    let new: NewStudioInvitation = read_json(&request)?;
    let email = EmailAddress::parse(&new.email)
        .map_err(|_| ApiError::Invalid { code: "bad_email", field: "email" })?;
    studio.invite_staff(email).await?;
    json(StatusCode::ACCEPTED, &StudioInvited { status: "invited" })
}

/// Withdraws an invitation: its link stops working now.
#[utoipa::path(delete, path = "/v1/studio/staff-invitations/{offer}", tag = "staff",
    params(("offer" = String, Path)),
    responses((status = 204, description = "It is withdrawn."), Problems))]
async fn withdraw(app: &'static App, request: Request) -> Result<Response, ApiError> {
    studio(app, &request).await?.withdraw_invitation(&path_id(&request, "offer")?).await?;
    Ok(no_content())
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(list, remove, list_invitations, invite, withdraw))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
