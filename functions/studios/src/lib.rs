//! A photographer signs a studio up.

use domain::email::EmailAddress;
use domain::password::{Password, TypedPassword};
use domain::text::Line;
use platform::http::request::{json as read_json, route};
use platform::http::response::{CheckMail, Problems, check_mail};
use platform::{ApiError, App, Request, Response, sign_in};
use serde::Deserialize;
use utoipa::ToSchema;

/// A studio that signs up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewStudio {
    /// What the studio is called: 1 to 120 characters.
    studio_name: String,
    /// The owner's address.
    #[schema(format = "email")]
    email: String,
    /// At least 12 characters with an upper-case letter, a lower-case letter, a digit and another character.
    #[schema(value_type = String, format = Password)]
    password: TypedPassword,
}

/// `/v1/studios`.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/studios" => create(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Takes a sign-up and mails the link that confirms the address: the studio is made when it is followed.
#[utoipa::path(post, path = "/v1/studios", tag = "sign-up", request_body = NewStudio,
    responses((status = 202, description = "The next step is in the mail.", body = CheckMail), Problems))]
async fn create(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = sign_in::stranger(app, &request)?;
    let new: NewStudio = read_json(&request)?;
    let name = Line::parse(&new.studio_name)
        .map_err(|error| ApiError::Invalid { code: error.code(), field: "studio_name" })?;
    let email = EmailAddress::parse(&new.email)
        .map_err(|_| ApiError::Invalid { code: "bad_email", field: "email" })?;
    let password = Password::choose(new.password.reveal(), app.password_policy())
        .map_err(|error| ApiError::Invalid { code: error.code(), field: "password" })?;
    sign_in::sign_up(app, &caller, name, &email, password).await?;
    check_mail()
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(create))]
struct Api;

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
