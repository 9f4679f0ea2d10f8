//! Access tokens of programs. Only this function creates them.

use platform::http::request::{json as read_json, route};
use platform::http::response::{Problems, json, no_content};
use platform::lambda_http::http::StatusCode;
use platform::sign_in::programs::{self, Grant, Tokens};
use platform::{ApiError, App, Request, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The credential that a program exchanges for tokens.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "grant_type", rename_all = "snake_case", deny_unknown_fields)]
enum Shown {
    /// An API key.
    ApiKey {
        /// `pdk_…`
        api_key: String,
    },
    /// The refresh token of the last exchange.
    RefreshToken {
        /// `pdr_…`
        refresh_token: String,
    },
}

/// Tokens, with the member names of RFC 6749.
#[derive(Serialize, ToSchema)]
struct TokensView {
    /// For `Authorization: Bearer`. Opaque: its contents may change.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds until the access token expires.
    expires_in: i64,
    /// Exchanges once for the next tokens.
    refresh_token: String,
    /// The scopes of the tokens, separated by spaces.
    scope: String,
}

impl From<Tokens> for TokensView {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access_token,
            token_type: "Bearer",
            expires_in: tokens.expires_in,
            refresh_token: tokens.refresh_token,
            scope: tokens.scope,
        }
    }
}

/// Serves `/v1/tokens` and `/v1/tokens/current`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/tokens" => issue(app, request).await,
        "DELETE /v1/tokens/current" => end(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Exchanges an API key, or the refresh token of the previous exchange, for tokens.
///
/// When a refresh token is used again more than ten seconds after its first use, all tokens derived from it are
/// revoked.
#[utoipa::path(post, path = "/v1/tokens", tag = "programs", request_body = Shown,
    responses((status = 200, description = "The tokens.", body = TokensView), Problems))]
async fn issue(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let grant = match read_json(&request)? {
        Shown::ApiKey { api_key } => Grant::ApiKey(api_key),
        Shown::RefreshToken { refresh_token } => Grant::RefreshToken(refresh_token),
    };
    let tokens = programs::exchange(app, &request, grant).await?;
    json(StatusCode::OK, &TokensView::from(tokens))
}

/// Signs a program out: its tokens are refused from the next request on.
#[utoipa::path(delete, path = "/v1/tokens/current", tag = "programs",
    responses((status = 204, description = "The tokens are over."), Problems))]
async fn end(app: &'static App, request: Request) -> Result<Response, ApiError> {
    programs::end_tokens(app, &request).await?;
    Ok(no_content())
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(issue, end))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
