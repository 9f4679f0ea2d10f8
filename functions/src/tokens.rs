//! The tokens of programs: the one function that makes them.

use platform::http::request::{json as read_json, route};
use platform::http::response::{Problems, json, no_content};
use platform::lambda_http::http::StatusCode;
use platform::sign_in::programs::{self, Grant, Tokens};
use platform::{ApiError, App, Request, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a program shows for its tokens.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "grant_type", rename_all = "snake_case", deny_unknown_fields)]
enum Shown {
    /// Its key.
    ApiKey {
        /// `pdk_…`
        api_key: String,
    },
    /// The refresh token of its last exchange.
    RefreshToken {
        /// `pdr_…`
        refresh_token: String,
    },
}

/// Tokens, as RFC 6749 names them.
#[derive(Serialize, ToSchema)]
struct TokensView {
    /// For `Authorization: Bearer`. Opaque: what is in it may change.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds the access token works.
    expires_in: i64,
    /// Exchanges for the next tokens, once.
    refresh_token: String,
    /// What the tokens may do: names with blanks between.
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

/// `/v1/tokens` and `/v1/tokens/current`.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/tokens" => issue(app, request).await,
        "DELETE /v1/tokens/current" => end(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Exchanges a key, or the refresh token of the exchange before, for tokens. A refresh token that comes a
/// second time, more than ten seconds after the first, ends all that ever followed from it.
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

/// Signs a program out: its tokens open nothing from the next request on.
#[utoipa::path(delete, path = "/v1/tokens/current", tag = "programs",
    responses((status = 204, description = "The tokens are over."), Problems))]
async fn end(app: &'static App, request: Request) -> Result<Response, ApiError> {
    programs::end_tokens(app, &request).await?;
    Ok(no_content())
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(issue, end))]
struct Api;

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
