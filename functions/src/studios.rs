//! A photographer signs a studio up.

use domain::email::EmailAddress;
use platform::http::request::{json as read_json, route};
use platform::http::response::{CheckMail, Problems, check_mail};
use platform::{ApiError, App, Request, Response, sign_in};
use serde::Deserialize;
use utoipa::ToSchema;

/// A studio that signs up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewStudio {
    /// The owner's address.
    #[schema(format = "email")]
    email: String,
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

/// Takes a sign-up and mails the link that confirms the address: the studio is named, and made, when it is followed.
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

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
