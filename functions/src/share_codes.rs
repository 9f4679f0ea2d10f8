//! Share codes: the private code on the letter that a parent gets.

use platform::http::request::{fresh_bits, path_id, route};
use platform::http::response::{Problems, json, no_content};
use platform::lambda_http::http::StatusCode;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::Serialize;
use utoipa::ToSchema;

/// A new share code: shown in this answer only.
#[derive(Serialize, ToSchema)]
struct ShareCodeView {
    /// The id that revokes the code.
    id: String,
    /// The code in its printed form: `ABCD-EFGH-JKMN`.
    code: String,
}

/// Serves `/v1/students/{student}/share-codes` and `/v1/share-codes/{code}`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/students/{student}/share-codes" => issue(app, request).await,
        "DELETE /v1/share-codes/{code}" => revoke(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Issues a share code for a student.
///
/// It works until the school year ends or the next code is issued: a student has one code at a time. A teacher issues
/// codes for the students of their classes.
#[utoipa::path(post, path = "/v1/students/{student}/share-codes", tag = "access",
    params(("student" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "The code.", body = ShareCodeView), Problems))]
async fn issue(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::school_visitor(app, &request).await?;
    let student = path_id(&request, "student")?;
    let school = visitor.school_of(&student).await?;
    let bits = fresh_bits(app, &request, visitor.person_id().as_str()).await?;
    let (id, code) = school.issue_share_code(&student, bits).await?;
    json(StatusCode::CREATED, &ShareCodeView { id: id.to_string(), code: code.grouped() })
}

/// Revokes a code: it is refused from now on.
///
/// Access that was granted with it stays.
#[utoipa::path(delete, path = "/v1/share-codes/{code}", tag = "access", params(("code" = String, Path)),
    responses((status = 204, description = "The code is revoked."), Problems))]
async fn revoke(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let code = path_id(&request, "code")?;
    let school = sign_in::school_visitor(app, &request).await?.school_of(&code).await?;
    school.revoke_share_code(&code).await?;
    Ok(no_content())
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(issue, revoke))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
