//! Sign-in at a district's identity provider (OIDC): redirect and return.

use platform::http::request::{json as read_json, path_id, route};
use platform::http::response::Problems;
use platform::sign_in::{self, Returned, SignInAnswer};
use platform::{ApiError, App, Request, Response};
use serde::Deserialize;
use utoipa::ToSchema;

/// The values with which a provider redirected the browser back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Return {
    /// The authorization code: works once, only in the browser that started the sign-in.
    code: String,
    /// The state that the browser was redirected with.
    state: String,
}

/// Serves `/v1/sign-in/oidc/{district}` and `/v1/sign-in/oidc`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/sign-in/oidc/{district}" => leave(app, request).await,
        "POST /v1/sign-in/oidc" => come_back(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Redirects the browser to the district's identity provider.
#[utoipa::path(get, path = "/v1/sign-in/oidc/{district}", tag = "sign-in", params(("district" = String, Path)),
    responses((status = 303, description = "To the provider; a cookie remembers who left."), Problems))]
async fn leave(app: &'static App, request: Request) -> Result<Response, ApiError> {
    sign_in::leave_for_identity_provider(app, &path_id(&request, "district")?).await
}

/// Completes the sign-in with the values that the provider sent to the return page.
#[utoipa::path(post, path = "/v1/sign-in/oidc", tag = "sign-in", request_body = Return,
    responses((status = 200, description = "Signed in; the cookie is set.", body = SignInAnswer), Problems))]
async fn come_back(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = sign_in::stranger(app, &request)?;
    let came: Return = read_json(&request)?;
    let returned = Returned { code: &came.code, state: &came.state };
    sign_in::return_from_identity_provider(app, &caller, &request, &returned).await
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(leave, come_back))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
