//! Sign-up of a studio by a photographer.

use domain::email::EmailAddress;
use platform::http::request::{json as read_json, route};
use platform::http::response::{CheckMail, Problems, check_mail};
use platform::{ApiError, App, Request, Response, sign_in};
use serde::Deserialize;
use utoipa::ToSchema;

/// A studio's sign-up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewStudio {
    /// The owner's e-mail address.
    #[schema(format = "email")]
    email: String,
}

/// Serves `/v1/studios`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/studios" => create(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Accepts a sign-up and mails a link that confirms the address.
///
/// The studio is named and created when the link is opened.
#[utoipa::path(post, path = "/v1/studios", tag = "sign-up", request_body = NewStudio,
    responses((status = 202, description = "The next step is in the mail.", body = CheckMail), Problems))]
async fn create(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = sign_in::stranger(app, &request)?;
    let new: NewStudio = read_json(&request)?;
    let email = EmailAddress::parse(&new.email)
        .map_err(|_| ApiError::Invalid { code: "bad_email", field: "email" })?;
    sign_in::sign_up(app, &caller, &email).await?;
    check_mail()
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(create))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
