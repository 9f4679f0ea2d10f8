//! SCIM tokens: with them a district's directory reports who joined and who left.

use domain::ids::DistrictId;
use platform::http::request::{fresh_bits, path_id, route};
use platform::http::response::{Problems, json, no_content};
use platform::lambda_http::http::StatusCode;
use platform::records::scim_tokens::{self, ScimToken};
use platform::store::untrusted::Untrusted;
use platform::wire::time::rfc3339;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::Serialize;
use utoipa::ToSchema;

/// A SCIM token.
#[derive(Serialize, ToSchema)]
struct ScimTokenView {
    /// The id that revokes the token.
    id: String,
    created_at: String,
    /// When the token expires: one year after it was created.
    expires_at: String,
    /// The token itself: present only in the answer that created it.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

/// The values for the directory's settings.
#[derive(Serialize, ToSchema)]
struct ScimTokensView {
    /// The URL of our SCIM service for this district.
    address: String,
    /// The valid tokens, without the tokens themselves; at most two.
    items: Vec<ScimTokenView>,
}

impl From<ScimToken> for ScimTokenView {
    fn from(token: ScimToken) -> Self {
        Self {
            id: token.id.to_string(),
            created_at: rfc3339(token.created_at),
            expires_at: rfc3339(token.ends_at),
            token: token.secret,
        }
    }
}

/// Serves `/v1/districts/{district}/scim-tokens` and `/v1/districts/{district}/scim-tokens/{token}`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/districts/{district}/scim-tokens" => list(app, request).await,
        "POST /v1/districts/{district}/scim-tokens" => issue(app, request).await,
        "DELETE /v1/districts/{district}/scim-tokens/{token}" => revoke(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Lists the SCIM tokens of a district's directory, with the service URL.
#[utoipa::path(get, path = "/v1/districts/{district}/scim-tokens", tag = "schools",
    params(("district" = String, Path)),
    responses((status = 200, description = "The tokens, and the address.", body = ScimTokensView), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let owner = sign_in::owner(app, &request).await?;
    let district = path_id(&request, "district")?;
    let tokens = owner.store.scim_tokens(&district).await?.ok_or(ApiError::NotFound)?;
    let view = ScimTokensView {
        address: address(app, &request),
        items: tokens.into_iter().map(ScimTokenView::from).collect(),
    };
    json(StatusCode::OK, &view)
}

/// Creates a SCIM token and shows it in this answer only.
///
/// A repeated request (same `Idempotency-Key`) gets an answer without the token. Requires a fresh second factor,
/// because a holder of the token decides who may sign in.
#[utoipa::path(post, path = "/v1/districts/{district}/scim-tokens", tags = ["schools", "fresh-second-factor"],
    params(("district" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "The token.", body = ScimTokenView), Problems))]
async fn issue(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let owner = sign_in::owner(app, &request).await?;
    let proof = owner.fresh_second_factor()?;
    let district: Untrusted<DistrictId> = path_id(&request, "district")?;
    let bits = fresh_bits(app, &request, owner.person_id().as_str()).await?;
    let token = scim_tokens::issue(&owner.store, proof, &district, bits).await?;
    json(StatusCode::CREATED, &ScimTokenView::from(token))
}

/// Revokes a token: the directory's next request with it is refused.
#[utoipa::path(delete, path = "/v1/districts/{district}/scim-tokens/{token}", tag = "schools",
    params(("district" = String, Path), ("token" = String, Path)),
    responses((status = 204, description = "The token is revoked."), Problems))]
async fn revoke(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let owner = sign_in::owner(app, &request).await?;
    let (district, token) = (path_id(&request, "district")?, path_id(&request, "token")?);
    let is_revoked = owner.store.revoke_scim_token(&district, &token).await?;
    if is_revoked { Ok(no_content()) } else { Err(ApiError::NotFound) }
}

/// Returns the SCIM URL of the district in the path. The caller has already verified that the district is theirs.
fn address(app: &App, request: &Request) -> String {
    let path = request.uri().path();
    let district = path.split('/').nth(3).unwrap_or_default();
    format!("{}/scim/v2/{district}", app.config().public_url)
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(list, issue, revoke))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
