//! Guest tokens: each opens one gallery for one hour.

use platform::http::request::{path_id, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::Serialize;
use utoipa::ToSchema;

/// A guest token: shown in this answer only.
#[derive(Serialize, ToSchema)]
struct GuestTokenView {
    /// The value for the header `X-Guest-Token` of `GET /v1/galleries/{gallery}`.
    token: String,
    expires_at: String,
}

/// Serves `/v1/galleries/{gallery}/guest-tokens`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/galleries/{gallery}/guest-tokens" => give(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Creates a token with which a guest can see one gallery for one hour.
///
/// The guest sees what the family sees, and only while the caller keeps access.
#[utoipa::path(post, path = "/v1/galleries/{gallery}/guest-tokens", tag = "galleries",
    params(("gallery" = String, Path)),
    responses((status = 201, description = "The token.", body = GuestTokenView), Problems))]
async fn give(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::gallery_visitor(app, &request).await?;
    let new = visitor.give_guest_token(&path_id(&request, "gallery")?).await?;
    let view = GuestTokenView { token: new.token, expires_at: new.expires_at };
    json(StatusCode::CREATED, &view)
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(give))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
