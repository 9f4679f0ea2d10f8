//! Tokens for guests: one gallery, one hour.

use platform::http::request::{path_id, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::Serialize;
use utoipa::ToSchema;

/// A guest's token: shown here and never again.
#[derive(Serialize, ToSchema)]
struct GuestTokenView {
    /// For the header `X-Guest-Token` of `GET /v1/galleries/{gallery}`.
    token: String,
    expires_at: String,
}

/// `/v1/galleries/{gallery}/guest-tokens`.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/galleries/{gallery}/guest-tokens" => give(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Gives a guest one gallery to look at for an hour, as its family sees it and for as long as the caller may.
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

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
