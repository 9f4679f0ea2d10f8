//! Changes of a person's own password and e-mail address.

use domain::email::EmailAddress;
use domain::password::{Password, TypedPassword};
use platform::http::request::{json as read_json, route};
use platform::http::response::{CheckMail, Problems, check_mail, no_content};
use platform::{ApiError, App, Request, Response, sign_in};
use serde::Deserialize;
use utoipa::ToSchema;

/// The current password and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    /// The current password.
    #[schema(value_type = String, format = Password)]
    current: TypedPassword,
    /// The new password.
    #[schema(value_type = String, format = Password)]
    new: TypedPassword,
}

/// The new e-mail address, and the current password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EmailChange {
    /// The new e-mail address.
    #[schema(format = "email")]
    email: String,
    /// The current password.
    #[schema(value_type = String, format = Password)]
    password: TypedPassword,
}

/// The token of the link that was mailed to the new address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAddress {
    /// The token.
    token: String,
}

/// Serves `/v1/person/…`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "PUT /v1/person/password" => change_password(app, request).await,
        "POST /v1/person/email-changes" => change_email(app, request).await,
        "POST /v1/person/email-changes/confirmation" => confirm_email(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Changes the password and ends every other session of the person.
#[utoipa::path(put, path = "/v1/person/password", tag = "person", request_body = PasswordChange,
    responses((status = 204, description = "The password is changed."), Problems))]
async fn change_password(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    let change: PasswordChange = read_json(&request)?;
    let current = presented(&change.current, "current")?;
    let new = Password::choose(change.new.reveal(), app.password_policy())
        .map_err(|error| ApiError::Invalid { code: error.code(), field: "new" })?;
    visitor.change_password(current, new).await?;
    Ok(no_content())
}

/// Mails a link to the new address. The old address stays until the link is opened.
#[utoipa::path(post, path = "/v1/person/email-changes", tag = "person", request_body = EmailChange,
    responses((status = 202, description = "The next step is in the mail.", body = CheckMail), Problems))]
async fn change_email(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    let change: EmailChange = read_json(&request)?;
    let email = EmailAddress::parse(&change.email)
        .map_err(|_| ApiError::Invalid { code: "bad_email", field: "email" })?;
    let password = presented(&change.password, "password")?;
    visitor.request_email_change(&email, password).await?;
    check_mail()
}

/// Sets the new address and ends every session.
///
/// The token works once, and only in a session of the account that requested the change.
#[utoipa::path(post, path = "/v1/person/email-changes/confirmation", tag = "person", request_body = NewAddress,
    responses((status = 204, description = "The address is changed."), Problems))]
async fn confirm_email(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    let confirmation: NewAddress = read_json(&request)?;
    visitor.confirm_email_change(&confirmation.token).await?;
    Ok(no_content())
}

fn presented(typed: &TypedPassword, field: &'static str) -> Result<Password, ApiError> {
    Password::present(typed.reveal())
        .map_err(|error| ApiError::Invalid { code: error.code(), field })
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(change_password, change_email, confirm_email))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
