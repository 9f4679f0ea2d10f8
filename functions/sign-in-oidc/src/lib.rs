//! Signing in at a district's identity provider: away, and back.

use platform::http::request::{path_id, route};
use platform::http::response::Problems;
use platform::{ApiError, App, Request, Response, sign_in};

/// `/v1/sign-in/oidc/{district}` and `/v1/sign-in/oidc-callback`.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/sign-in/oidc/{district}" => leave(app, request).await,
        "GET /v1/sign-in/oidc-callback" => come_back(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Sends the browser to the district's identity provider.
#[utoipa::path(get, path = "/v1/sign-in/oidc/{district}", tag = "sign-in", params(("district" = String, Path)),
    responses((status = 303, description = "To the provider; a cookie remembers who left."), Problems))]
async fn leave(app: &'static App, request: Request) -> Result<Response, ApiError> {
    sign_in::leave_for_identity_provider(app, &path_id(&request, "district")?).await
}

/// The browser comes back from the provider, and is signed in.
#[utoipa::path(get, path = "/v1/sign-in/oidc-callback", tag = "sign-in",
    params(("code" = Option<String>, Query), ("state" = Option<String>, Query)),
    responses((status = 303, description = "Signed in; the cookie is set."), Problems))]
async fn come_back(app: &'static App, request: Request) -> Result<Response, ApiError> {
    sign_in::return_from_identity_provider(app, &request).await
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(leave, come_back))]
struct Api;

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
