//! The keys of a photographer's programs: made, listed, revoked by the photographer, at a browser.

use domain::text::Line;
use platform::http::request::{fresh_bits, json as read_json, path_id, route};
use platform::http::response::{List, Problems, json, no_content};
use platform::lambda_http::http::StatusCode;
use platform::table::api_keys::{LabelledKey, NewApiKey};
use platform::table::schools::Created;
use platform::wire::scopes::scopes;
use platform::wire::time::rfc3339;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A key to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewKey {
    /// What the program is called: 1 to 120 characters.
    name: String,
    /// What it may do: `read`, `schools:write`, `rosters:write`, `photos:write`, `galleries:write`.
    scopes: Vec<String>,
}

/// A key.
#[derive(Serialize, ToSchema)]
struct ApiKeyView {
    /// What revokes it.
    id: String,
    name: String,
    scopes: Vec<&'static str>,
    created_at: String,
    /// The key itself: only in the answer that made it, and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

impl From<LabelledKey> for ApiKeyView {
    fn from(labelled: LabelledKey) -> Self {
        Self {
            id: labelled.key.id.to_string(),
            name: labelled.label.into(),
            scopes: labelled.key.scopes.iter().map(|scope| scope.name()).collect(),
            created_at: rfc3339(labelled.key.created_at),
            key: labelled.secret,
        }
    }
}

/// `/v1/api-keys` and `/v1/api-keys/{key}`.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/api-keys" => list(app, request).await,
        "POST /v1/api-keys" => create(app, request).await,
        "DELETE /v1/api-keys/{key}" => revoke(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// The keys of the caller's programs.
#[utoipa::path(get, path = "/v1/api-keys", tag = "programs",
    responses((status = 200, description = "The keys, without the keys themselves.", body = List<ApiKeyView>), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let keys = photographer.api_keys().await?;
    json(StatusCode::OK, &List::whole(keys.into_iter().map(ApiKeyView::from).collect()))
}

/// Makes a key. It is shown in this answer and never again; a repeated request is answered without it.
#[utoipa::path(post, path = "/v1/api-keys", tag = "programs", request_body = NewKey,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "The key.", body = ApiKeyView), Problems))]
async fn create(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let new: NewKey = read_json(&request)?;
    let label = Line::parse(&new.name)
        .map_err(|error| ApiError::Invalid { code: error.code(), field: "name" })?;
    let scopes = scopes(&new.scopes)?;
    let bits = fresh_bits(app, &request, photographer.person_id().as_str()).await?;
    match photographer.create_api_key(NewApiKey { label, scopes, bits }).await? {
        Created::Done(key) => json(StatusCode::CREATED, &ApiKeyView::from(key)),
        Created::Differs => Err(ApiError::Conflict("idempotency_key_reused")),
    }
}

/// Revokes a key: neither it nor a token that followed from it opens anything from the next request on.
#[utoipa::path(delete, path = "/v1/api-keys/{key}", tag = "programs", params(("key" = String, Path)),
    responses((status = 204, description = "The key is revoked."), Problems))]
async fn revoke(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let is_revoked = photographer.revoke_api_key(&path_id(&request, "key")?).await?;
    if is_revoked { Ok(no_content()) } else { Err(ApiError::NotFound) }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(list, create, revoke))]
struct Api;

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
