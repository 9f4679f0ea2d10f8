//! SCIM 2.0 (RFC 7643, RFC 7644) for a district's directory: it reports who joined and who left.
//!
//! `active: false` and DELETE end all access of that person in one transaction; their next request is refused. The
//! people are only those of the district's identity provider. A parent who uses the same address at home is a
//! different person here and keeps their access. A report alone gives no role.
//!
//! The service describes itself at `/ServiceProviderConfig`, `/ResourceTypes` and `/Schemas`, as the protocol
//! requires. It is not part of our OpenAPI description.

mod described;
mod users;

use platform::http::request::{body_of_type, route};
use platform::http::response::typed;
use platform::lambda_http::http::StatusCode;
use platform::lambda_http::http::header::{HeaderValue, WWW_AUTHENTICATE};
use platform::{ApiError, App, Request, Response, sign_in};
use serde_json::{Value, json};

/// Content type of all answers and requests (RFC 7644, section 3.1).
const TYPE: &str = "application/scim+json";

/// Serves `/scim/v2/{district}/…`.
///
/// # Errors
///
/// Returns internal and upstream errors; every other failure becomes a SCIM answer (RFC 7644, section 3.12).
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match answer(app, &request).await {
        Err(error @ (ApiError::Internal(_) | ApiError::Upstream { .. })) => Err(error),
        Err(error) => Ok(refusal(&error)),
        Ok(response) => Ok(response),
    }
}

async fn answer(app: &'static App, request: &Request) -> Result<Response, ApiError> {
    let directory = sign_in::directory(app, request).await?;
    match route(request).as_str() {
        "GET /scim/v2/{district}/Users" => users::list(&directory, request).await,
        "POST /scim/v2/{district}/Users" => users::add(&directory, request).await,
        "GET /scim/v2/{district}/Users/{user}" => users::show(&directory, request).await,
        "PUT /scim/v2/{district}/Users/{user}" => users::replace(&directory, request).await,
        "PATCH /scim/v2/{district}/Users/{user}" => users::change(&directory, request).await,
        "DELETE /scim/v2/{district}/Users/{user}" => users::remove(&directory, request).await,
        "GET /scim/v2/{district}/ServiceProviderConfig" => {
            Ok(scim(StatusCode::OK, &described::service()))
        }
        "GET /scim/v2/{district}/ResourceTypes" => {
            Ok(scim(StatusCode::OK, &described::resource_types()))
        }
        "GET /scim/v2/{district}/Schemas" => Ok(scim(StatusCode::OK, &described::schemas())),
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Builds an answer with a SCIM body.
fn scim(status: StatusCode, body: &Value) -> Response {
    typed(status, TYPE, body.to_string().into_bytes())
}

/// Returns the bytes of a SCIM body. Okta and Entra send the SCIM content type, older clients JSON.
fn body(request: &Request) -> Result<&[u8], ApiError> {
    body_of_type(request, &[TYPE, "application/json"])
}

/// Builds a SCIM error answer. An invalid value is status 400 in this protocol.
fn refusal(error: &ApiError) -> Response {
    let status = match error.status() {
        StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        status => status,
    };
    let mut body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": status.as_str(),
        "detail": error.detail(),
    });
    // Source: RFC 7644, table 9.
    let kind = match error.code() {
        "scim_syntax" => Some("invalidSyntax"),
        "scim_filter" => Some("invalidFilter"),
        "scim_path" => Some("invalidPath"),
        "scim_value" | "scim_external_id" | "scim_user_name" => Some("invalidValue"),
        "scim_mutability" => Some("mutability"),
        "scim_uniqueness" => Some("uniqueness"),
        _ => None,
    };
    if let (Some(kind), Some(members)) = (kind, body.as_object_mut()) {
        members.insert("scimType".to_owned(), kind.into());
    }
    let mut response = scim(status, &body);
    if status == StatusCode::UNAUTHORIZED {
        let scheme = HeaderValue::from_static("Bearer");
        response.headers_mut().insert(WWW_AUTHENTICATE, scheme);
    }
    response
}
