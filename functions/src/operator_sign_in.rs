//! The site administrators' door: signing in with both factors, and taking an invitation.

use domain::email::EmailAddress;
use domain::password::{Password, TypedPassword};
use platform::http::request::{json as read_json, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::operators::{
    self, Enrolled, NewSecret, OperatorPasskeySignIn, OperatorSignedIn, ShownCode,
};
use platform::sign_in::second_factor::PasskeyOptions;
use platform::{ApiError, App, Request, Response};
use serde::Deserialize;
use utoipa::ToSchema;

/// Both factors.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BothFactors {
    /// The address.
    email: String,
    /// The password.
    #[schema(value_type = String, format = Password)]
    password: TypedPassword,
    /// A code of the app, or one from paper.
    second_factor: ShownCode,
}

/// The token of an invitation's link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EnrolmentLink {
    /// What the link carries.
    token: String,
}

/// What makes a site administrator of whoever was invited.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Enrolment {
    /// What the link carries.
    token: String,
    /// The password to sign in with from now on.
    #[schema(value_type = String, format = Password)]
    password: TypedPassword,
    /// The first six digits of the app.
    code: String,
}

/// `/v1/admin/sign-in…` and `/v1/admin/enrolments…`.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/admin/sign-in" => sign_in_here(app, request).await,
        "POST /v1/admin/sign-in/passkey/options" => passkey_options(app, request).await,
        "POST /v1/admin/sign-in/passkey" => sign_in_by_passkey(app, request).await,
        "POST /v1/admin/enrolments/secret" => begin(app, request).await,
        "POST /v1/admin/enrolments" => finish(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Signs in with the password and a code at once. Every refusal looks the same; the session before is over.
#[utoipa::path(post, path = "/v1/admin/sign-in", tag = "site administration", request_body = BothFactors,
    responses((status = 200, description = "Signed in; the cookie is set.", body = OperatorSignedIn), Problems))]
async fn sign_in_here(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = operators::stranger(app, &request)?;
    let typed: BothFactors = read_json(&request)?;
    let email = EmailAddress::parse(&typed.email)
        .map_err(|_| ApiError::Invalid { code: "bad_email", field: "email" })?;
    let password = Password::present(typed.password.reveal())
        .map_err(|_| ApiError::Invalid { code: "password_too_long", field: "password" })?;
    operators::sign_in(app, &caller, &email, password, &typed.second_factor).await
}

/// The options with which the browser asks for a passkey. Nothing is typed: the device knows who it belongs to.
#[utoipa::path(post, path = "/v1/admin/sign-in/passkey/options", tag = "site administration",
    responses((status = 200, description = "The options.", body = PasskeyOptions), Problems))]
async fn passkey_options(app: &'static App, request: Request) -> Result<Response, ApiError> {
    operators::stranger(app, &request)?;
    json(StatusCode::OK, &operators::passkey_options(app).await?)
}

/// Signs in with a passkey alone. Every refusal looks the same; the session before is over.
#[utoipa::path(post, path = "/v1/admin/sign-in/passkey", tag = "site administration", request_body = OperatorPasskeySignIn,
    responses((status = 200, description = "Signed in; the cookie is set.", body = OperatorSignedIn), Problems))]
async fn sign_in_by_passkey(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = operators::stranger(app, &request)?;
    let shown: OperatorPasskeySignIn = read_json(&request)?;
    operators::sign_in_by_passkey(app, &caller, &shown).await
}

/// Shows the secret of an invitation, for the app. Asking again shows the same.
#[utoipa::path(post, path = "/v1/admin/enrolments/secret", tag = "site administration", request_body = EnrolmentLink,
    responses((status = 200, description = "The secret.", body = NewSecret), Problems))]
async fn begin(app: &'static App, request: Request) -> Result<Response, ApiError> {
    operators::stranger(app, &request)?;
    let link: EnrolmentLink = read_json(&request)?;
    json(StatusCode::OK, &operators::begin_enrolment(app, &link.token).await?)
}

/// Takes an invitation: a password and the app's first code, and the session is open.
#[utoipa::path(post, path = "/v1/admin/enrolments", tag = "site administration", request_body = Enrolment,
    responses((status = 201, description = "Enrolled and signed in; the cookie is set.", body = Enrolled), Problems))]
async fn finish(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = operators::stranger(app, &request)?;
    let typed: Enrolment = read_json(&request)?;
    let password = Password::choose(typed.password.reveal(), app.password_policy())
        .map_err(|error| ApiError::Invalid { code: error.code(), field: "password" })?;
    operators::finish_enrolment(app, &caller, &typed.token, password, &typed.code).await
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(sign_in_here, passkey_options, sign_in_by_passkey, begin, finish))]
struct Api;

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
