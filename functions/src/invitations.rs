//! Accepting an invitation to work at a school or in a studio.

use domain::password::{Password, TypedPassword};
use platform::http::request::{json as read_json, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The token of the mailed link, and a password for a new account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Acceptance {
    /// The token.
    token: String,
    /// The password of a person who has no account yet.
    ///
    /// Without it the answer for such a person is `password_missing`, and the invitation stays open.
    #[schema(value_type = Option<String>, format = Password)]
    password: Option<TypedPassword>,
}

/// The portal to sign in to.
#[derive(Serialize, ToSchema)]
struct AcceptedView {
    /// `school` or `photographer`.
    portal: &'static str,
}

/// Serves `/v1/invitations/acceptance`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/invitations/acceptance" => accept(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Accepts an invitation. The token works once and proves the address.
///
/// A person with an account keeps their password and signs in as usual.
#[utoipa::path(post, path = "/v1/invitations/acceptance", tag = "staff", request_body = Acceptance,
    responses((status = 200, description = "Where to sign in now.", body = AcceptedView), Problems))]
async fn accept(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = sign_in::stranger(app, &request)?;
    let acceptance: Acceptance = read_json(&request)?;
    let password = match &acceptance.password {
        None => None,
        Some(typed) => {
            let chosen = Password::choose(typed.reveal(), app.password_policy());
            Some(
                chosen
                    .map_err(|error| ApiError::Invalid { code: error.code(), field: "password" })?,
            )
        }
    };
    let token = &acceptance.token;
    let accepted = sign_in::accept_invitation(app, &caller, &request, token, password).await?;
    json(StatusCode::OK, &AcceptedView { portal: accepted.portal.name() })
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(accept))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
