//! A site administrator's session: view, step-up, passkeys, invitations and sign-out.

use domain::email::EmailAddress;
use platform::http::request::{json as read_json, path_id, route};
use platform::http::response::{Problems, json, no_content};
use platform::lambda_http::http::StatusCode;
use platform::operators::{
    self, Invited, OperatorPasskeyEntry, OperatorSession, OperatorSignedIn, ShownCode,
};
use platform::sign_in::second_factor::{MadePasskey, PasskeyOptions};
use platform::store::page::List;
use platform::{ApiError, App, Request, Response};
use serde::Deserialize;
use utoipa::ToSchema;

/// The person to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Invitation {
    /// The e-mail address they will sign in with.
    email: String,
}

/// Serves `/v1/admin/session`, `/v1/admin/passkeys` and `/v1/admin/invitations`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/admin/session" => show(app, request).await,
        "DELETE /v1/admin/session" => end(app, request).await,
        "POST /v1/admin/session/step-up" => step_up(app, request).await,
        "GET /v1/admin/passkeys" => passkeys(app, request).await,
        "POST /v1/admin/passkeys" => begin_passkey(app, request).await,
        "POST /v1/admin/passkeys/confirmation" => finish_passkey(app, request).await,
        "DELETE /v1/admin/passkeys/{passkey}" => remove_passkey(app, request).await,
        "POST /v1/admin/invitations" => invite(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Returns the signed-in site administrator, with a fresh CSRF token.
#[utoipa::path(get, path = "/v1/admin/session", tag = "site administration",
    responses((status = 200, description = "Who is signed in.", body = OperatorSession), Problems))]
async fn show(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let operator = operators::operator(app, &request).await?;
    json(StatusCode::OK, &operator.view().await?)
}

/// Signs out: the cookie is refused from the next request on.
#[utoipa::path(delete, path = "/v1/admin/session", tag = "site administration",
    responses((status = 204, description = "Signed out."), Problems))]
async fn end(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let operator = operators::operator(app, &request).await?;
    operators::end_session(&operator).await
}

/// Verifies a second-factor code within a session (step-up).
///
/// The session continues under a new id. Operations that require a fresh code are allowed for ten minutes.
#[utoipa::path(post, path = "/v1/admin/session/step-up", tag = "site administration", request_body = ShownCode,
    responses((status = 200, description = "The code was right; the cookie is set.", body = OperatorSignedIn), Problems))]
async fn step_up(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let operator = operators::operator(app, &request).await?;
    let shown: ShownCode = read_json(&request)?;
    operator.step_up(&shown).await
}

/// Lists the caller's passkeys: at most five, on one page.
#[utoipa::path(get, path = "/v1/admin/passkeys", tag = "site administration",
    responses((status = 200, description = "The passkeys, the oldest first.", body = List<OperatorPasskeyEntry>), Problems))]
async fn passkeys(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let operator = operators::operator(app, &request).await?;
    json(StatusCode::OK, &List::whole(operator.passkeys().await?))
}

/// Returns the options with which the browser creates a passkey.
///
/// Requires a fresh code.
#[utoipa::path(post, path = "/v1/admin/passkeys", tag = "site administration",
    responses((status = 200, description = "The options.", body = PasskeyOptions), Problems))]
async fn begin_passkey(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let operator = operators::operator(app, &request).await?;
    json(StatusCode::OK, &operators::begin_passkey(operator.fresh()?).await?)
}

/// Registers the passkey that the browser created.
///
/// Requires a fresh code.
#[utoipa::path(post, path = "/v1/admin/passkeys/confirmation", tag = "site administration", request_body = MadePasskey,
    responses((status = 204, description = "The passkey counts."), Problems))]
async fn finish_passkey(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let operator = operators::operator(app, &request).await?;
    let made: MadePasskey = read_json(&request)?;
    operators::finish_passkey(operator.fresh()?, &made).await?;
    Ok(no_content())
}

/// Removes a passkey.
///
/// Requires a fresh code.
#[utoipa::path(delete, path = "/v1/admin/passkeys/{passkey}", tag = "site administration",
    params(("passkey" = String, Path)),
    responses((status = 204, description = "It is gone."), Problems))]
async fn remove_passkey(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let operator = operators::operator(app, &request).await?;
    let passkey = path_id(&request, "passkey")?;
    operators::remove_passkey(operator.fresh()?, &passkey).await?;
    Ok(no_content())
}

/// Invites another site administrator.
///
/// The link is shown once, to the inviter.
#[utoipa::path(post, path = "/v1/admin/invitations", tag = "site administration", request_body = Invitation,
    responses((status = 201, description = "The invitation.", body = Invited), Problems))]
async fn invite(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let operator = operators::operator(app, &request).await?;
    let typed: Invitation = read_json(&request)?;
    let email = EmailAddress::parse(&typed.email)
        .map_err(|_| ApiError::Invalid { code: "bad_email", field: "email" })?;
    let invited = operators::invite_by_operator(operator.fresh()?, &email).await?;
    json(StatusCode::CREATED, &invited)
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(
    show,
    end,
    step_up,
    passkeys,
    begin_passkey,
    finish_passkey,
    remove_passkey,
    invite
))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
