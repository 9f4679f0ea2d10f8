//! Sign-in of site administrators: with both factors, with a passkey, or with an invitation.

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

/// The password and the second factor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BothFactors {
    /// The e-mail address.
    email: String,
    /// The password.
    #[schema(value_type = String, format = Password)]
    password: TypedPassword,
    /// A code from the authenticator app, or a recovery code.
    second_factor: ShownCode,
}

/// The token of an invitation link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EnrolmentLink {
    /// The token in the link.
    token: String,
}

/// An invited person's new credentials.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Enrolment {
    /// The token in the link.
    token: String,
    /// The password for future sign-ins.
    #[schema(value_type = String, format = Password)]
    password: TypedPassword,
    /// The first six-digit code from the authenticator app.
    code: String,
}

/// Serves `/v1/admin/sign-in…` and `/v1/admin/enrolments…`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
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

/// Signs in with the password and a code in one request.
///
/// Every refusal looks the same. A previous session ends.
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

/// Returns the request options for a discoverable-credential sign-in.
///
/// The user types nothing: the device knows the account.
#[utoipa::path(post, path = "/v1/admin/sign-in/passkey/options", tag = "site administration",
    responses((status = 200, description = "The options.", body = PasskeyOptions), Problems))]
async fn passkey_options(app: &'static App, request: Request) -> Result<Response, ApiError> {
    operators::stranger(app, &request)?;
    json(StatusCode::OK, &operators::passkey_options(app).await?)
}

/// Signs in with a passkey alone.
///
/// Every refusal looks the same. A previous session ends.
#[utoipa::path(post, path = "/v1/admin/sign-in/passkey", tag = "site administration", request_body = OperatorPasskeySignIn,
    responses((status = 200, description = "Signed in; the cookie is set.", body = OperatorSignedIn), Problems))]
async fn sign_in_by_passkey(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let caller = operators::stranger(app, &request)?;
    let shown: OperatorPasskeySignIn = read_json(&request)?;
    operators::sign_in_by_passkey(app, &caller, &shown).await
}

/// Shows the authenticator-app secret of an invitation.
///
/// A repeated request shows the same secret.
#[utoipa::path(post, path = "/v1/admin/enrolments/secret", tag = "site administration", request_body = EnrolmentLink,
    responses((status = 200, description = "The secret.", body = NewSecret), Problems))]
async fn begin(app: &'static App, request: Request) -> Result<Response, ApiError> {
    operators::stranger(app, &request)?;
    let link: EnrolmentLink = read_json(&request)?;
    json(StatusCode::OK, &operators::begin_enrolment(app, &link.token).await?)
}

/// Accepts an invitation with a password and the app's first code, and opens a session.
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

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
