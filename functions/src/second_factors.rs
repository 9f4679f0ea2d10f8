//! A person's own second factors: list, add, remove.

use platform::http::request::{json as read_json, path_id, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::sign_in;
use platform::sign_in::second_factor::{
    self, FactorAdded, MadePasskey, PasskeyOptions, RecoveryCodes, SecondFactors, TotpSecret,
};
use platform::{ApiError, App, Request, Response};
use serde::Deserialize;
use utoipa::ToSchema;

/// The first code of a new secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FirstCode {
    /// Six digits.
    code: String,
}

/// Serves `/v1/person/second-factors` and below.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/person/second-factors" => show(app, request).await,
        "POST /v1/person/second-factors/totp" => begin_totp(app, request).await,
        "POST /v1/person/second-factors/totp/confirmation" => confirm_totp(app, request).await,
        "DELETE /v1/person/second-factors/totp" => remove_totp(app, request).await,
        "POST /v1/person/second-factors/recovery-codes" => new_codes(app, request).await,
        "POST /v1/person/second-factors/passkeys" => begin_passkey(app, request).await,
        "POST /v1/person/second-factors/passkeys/confirmation" => {
            finish_passkey(app, request).await
        }
        "DELETE /v1/person/second-factors/passkeys/{passkey}" => remove_passkey(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Lists the caller's second factors.
#[utoipa::path(get, path = "/v1/person/second-factors", tag = "account",
    responses((status = 200, description = "The second factors.", body = SecondFactors), Problems))]
async fn show(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    json(StatusCode::OK, &visitor.second_factors().await?)
}

/// Creates a secret for an authenticator app.
///
/// It becomes active after a code from the app is confirmed.
#[utoipa::path(post, path = "/v1/person/second-factors/totp", tag = "account",
    responses((status = 200, description = "The secret, shown this once.", body = TotpSecret), Problems))]
async fn begin_totp(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    json(StatusCode::OK, &second_factor::begin_totp(&visitor).await?)
}

/// Confirms the app's first code, activates the app and ends all other sessions.
#[utoipa::path(post, path = "/v1/person/second-factors/totp/confirmation", tag = "account",
    request_body = FirstCode,
    responses((status = 201, description = "The app counts.", body = FactorAdded), Problems))]
async fn confirm_totp(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    let first: FirstCode = read_json(&request)?;
    second_factor::confirm_totp(&visitor, &first.code).await
}

/// Removes the authenticator app and ends all other sessions.
///
/// Requires a fresh second factor.
#[utoipa::path(delete, path = "/v1/person/second-factors/totp", tags = ["account", "fresh-second-factor"],
    responses((status = 204, description = "It is gone."), Problems))]
async fn remove_totp(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    second_factor::remove_totp(visitor.fresh_second_factor()?).await
}

/// Creates ten new recovery codes and invalidates the old ones.
///
/// Requires a fresh second factor.
#[utoipa::path(post, path = "/v1/person/second-factors/recovery-codes", tags = ["account", "fresh-second-factor"],
    responses((status = 201, description = "The codes, shown this once.", body = RecoveryCodes), Problems))]
async fn new_codes(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    second_factor::new_recovery_codes(visitor.fresh_second_factor()?).await
}

/// Returns the options with which the browser creates a passkey.
#[utoipa::path(post, path = "/v1/person/second-factors/passkeys", tag = "account",
    responses((status = 200, description = "The options.", body = PasskeyOptions), Problems))]
async fn begin_passkey(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    json(StatusCode::OK, &second_factor::begin_passkey(&visitor).await?)
}

/// Registers the passkey that the browser created and ends all other sessions.
#[utoipa::path(post, path = "/v1/person/second-factors/passkeys/confirmation", tag = "account",
    request_body = MadePasskey,
    responses((status = 201, description = "The passkey counts.", body = FactorAdded), Problems))]
async fn finish_passkey(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    let made: MadePasskey = read_json(&request)?;
    second_factor::finish_passkey(&visitor, &made).await
}

/// Removes a passkey and ends all other sessions.
///
/// Requires a fresh second factor.
#[utoipa::path(delete, path = "/v1/person/second-factors/passkeys/{passkey}", tags = ["account", "fresh-second-factor"],
    params(("passkey" = String, Path)),
    responses((status = 204, description = "It is gone."), Problems))]
async fn remove_passkey(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    let passkey = path_id(&request, "passkey")?;
    second_factor::remove_passkey(visitor.fresh_second_factor()?, &passkey).await
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(
    show,
    begin_totp,
    confirm_totp,
    remove_totp,
    new_codes,
    begin_passkey,
    finish_passkey,
    remove_passkey
))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
