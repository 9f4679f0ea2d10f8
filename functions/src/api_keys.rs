//! The API keys of a photographer's programs: created, listed and revoked by the photographer, in a browser.

use domain::text::Line;
use platform::http::request::{fresh_bits, json as read_json, path_id, route};
use platform::http::response::{Problems, json, no_content};
use platform::lambda_http::http::StatusCode;
use platform::records::api_keys::{LabelledKey, NewApiKey};
use platform::records::schools::Created;
use platform::store::page::List;
use platform::wire::scopes::scopes;
use platform::wire::time::rfc3339;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A key to create.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewKey {
    /// The program's name: 1 to 120 characters.
    name: String,
    /// The allowed scopes: `read`, `schools:write`, `rosters:write`, `photos:write`, `galleries:write`.
    scopes: Vec<String>,
}

/// An API key.
#[derive(Serialize, ToSchema)]
struct ApiKeyView {
    /// The id that revokes the key.
    id: String,
    name: String,
    scopes: Vec<&'static str>,
    created_at: String,
    /// The key itself: present only in the answer that created it.
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

/// Serves `/v1/api-keys` and `/v1/api-keys/{key}`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/api-keys" => list(app, request).await,
        "POST /v1/api-keys" => create(app, request).await,
        "DELETE /v1/api-keys/{key}" => revoke(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Lists the keys of the caller's programs.
#[utoipa::path(get, path = "/v1/api-keys", tag = "programs",
    responses((status = 200, description = "The keys, without the keys themselves.", body = List<ApiKeyView>), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let keys = photographer.api_keys().await?;
    json(StatusCode::OK, &List::whole(keys.into_iter().map(ApiKeyView::from).collect()))
}

/// Creates a key and shows it in this answer only.
///
/// A repeated request (same `Idempotency-Key`) gets an answer without the key.
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

/// Revokes a key: it and its access tokens are refused from the next request on.
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

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
