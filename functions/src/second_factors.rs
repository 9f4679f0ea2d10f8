//! A person's own second factors: what they have, adding one, taking one away.

use platform::http::request::{json as read_json, path_id, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::sign_in::second_factor::{
    self, FactorAdded, MadePasskey, PasskeyOptions, RecoveryCodes, SecondFactors, TotpSecret,
};
use platform::{ApiError, App, Request, Response, sign_in};
use serde::Deserialize;
use utoipa::ToSchema;

/// The first code of a new secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FirstCode {
    /// Six digits.
    code: String,
}

/// `/v1/person/second-factors` and below.
///
/// # Errors
///
/// As [`ApiError`] says.
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

/// What whoever is signed in has.
#[utoipa::path(get, path = "/v1/person/second-factors", tag = "account",
    responses((status = 200, description = "The second factors.", body = SecondFactors), Problems))]
async fn show(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    json(StatusCode::OK, &visitor.second_factors().await?)
}

/// A new secret for an authenticator app. It counts once a code of it was typed.
#[utoipa::path(post, path = "/v1/person/second-factors/totp", tag = "account",
    responses((status = 200, description = "The secret, shown this once.", body = TotpSecret), Problems))]
async fn begin_totp(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    json(StatusCode::OK, &second_factor::begin_totp(&visitor).await?)
}

/// Takes the first code: the app counts from here on, and all other sessions end.
#[utoipa::path(post, path = "/v1/person/second-factors/totp/confirmation", tag = "account",
    request_body = FirstCode,
    responses((status = 201, description = "The app counts.", body = FactorAdded), Problems))]
async fn confirm_totp(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    let first: FirstCode = read_json(&request)?;
    second_factor::confirm_totp(&visitor, &first.code).await
}

/// Takes the app away. Asks for a fresh second factor; all other sessions end.
#[utoipa::path(delete, path = "/v1/person/second-factors/totp", tags = ["account", "fresh-second-factor"],
    responses((status = 204, description = "It is gone."), Problems))]
async fn remove_totp(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    second_factor::remove_totp(visitor.fresh_second_factor()?).await
}

/// Ten new recovery codes; the old ones are over. Asks for a fresh second factor.
#[utoipa::path(post, path = "/v1/person/second-factors/recovery-codes", tags = ["account", "fresh-second-factor"],
    responses((status = 201, description = "The codes, shown this once.", body = RecoveryCodes), Problems))]
async fn new_codes(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    second_factor::new_recovery_codes(visitor.fresh_second_factor()?).await
}

/// The options with which the browser makes a passkey.
#[utoipa::path(post, path = "/v1/person/second-factors/passkeys", tag = "account",
    responses((status = 200, description = "The options.", body = PasskeyOptions), Problems))]
async fn begin_passkey(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    json(StatusCode::OK, &second_factor::begin_passkey(&visitor).await?)
}

/// Takes the passkey the browser has made; all other sessions end.
#[utoipa::path(post, path = "/v1/person/second-factors/passkeys/confirmation", tag = "account",
    request_body = MadePasskey,
    responses((status = 201, description = "The passkey counts.", body = FactorAdded), Problems))]
async fn finish_passkey(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    let made: MadePasskey = read_json(&request)?;
    second_factor::finish_passkey(&visitor, &made).await
}

/// Takes a passkey away. Asks for a fresh second factor; all other sessions end.
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

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
