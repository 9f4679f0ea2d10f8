//! Responses: JSON, problems, cookies, and the headers that every response carries.

use crate::http::request::Request;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use lambda_http::Body;
use serde::Serialize;
use utoipa::openapi::RefOr;

use crate::http::error::ApiError;

/// The response to a request.
pub type Response = ::http::Response<Body>;

/// A failure in the form of RFC 9457, with a stable code and the request's id.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// Always `about:blank`: `code` identifies the problem.
    pub r#type: &'static str,
    /// The HTTP status in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What happened and what to do, for a person.
    pub detail: &'static str,
    /// What happened, for a program. Stable.
    pub code: &'static str,
    /// The request's id, as in our logs.
    pub request_id: String,
    /// The invalid field, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'static str>,
}

/// The failures that every documented route may answer with.
///
/// All routes share one list: which failures a request can meet depends on its content, and an undocumented
/// answer is a fault.
#[derive(Debug)]
pub enum Problems {}

impl utoipa::IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let failures = [
            ("400", "The request cannot be read."),
            ("401", "Nobody is signed in, or the sign-in was refused."),
            ("403", "A right or a step is missing, or the request came from another site."),
            ("404", "Not there, or not the caller's to know about."),
            ("405", "The route does not know the method."),
            ("409", "The state of things does not allow it now."),
            ("413", "The body is larger than this route takes."),
            ("415", "The body is of a type this route does not take."),
            ("422", "A well-formed value breaks a rule."),
            ("429", "Too many attempts; see Retry-After."),
            ("500", "Our fault."),
            (
                "502",
                "A service of a third party, such as an identity provider, did not answer as it should.",
            ),
        ];
        let of = |description: &str| {
            let schema = utoipa::openapi::Ref::from_schema_name("Problem");
            let content = utoipa::openapi::ContentBuilder::new().schema(Some(schema)).build();
            utoipa::openapi::ResponseBuilder::new()
                .description(description)
                .content("application/problem+json", content)
                .build()
        };
        failures
            .into_iter()
            .map(|(status, description)| (status.to_owned(), RefOr::T(of(description))))
            .collect()
    }
}

/// Creates a response with a JSON body. It is never cached, because it may contain personal data.
///
/// # Errors
///
/// When the value does not serialise, which does not happen for our own types.
pub fn json(status: StatusCode, value: &impl Serialize) -> Result<Response, ApiError> {
    let body = serde_json::to_vec(value).map_err(ApiError::internal)?;
    Ok(typed(status, "application/json", body))
}

/// Creates a response with a body of this content type. It is never cached.
pub fn typed(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Response {
    let is_text = content_type.starts_with("text/") || content_type.ends_with("json");
    let body = match (is_text, String::from_utf8(body)) {
        (true, Ok(text)) => Body::Text(text),
        (false, Ok(text)) => Body::Binary(text.into_bytes()),
        (_, Err(bytes)) => Body::Binary(bytes.into_bytes()),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The response that is the same whether or not an e-mail was sent.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CheckMail {
    /// Always `check_mail`.
    pub status: &'static str,
}

/// Returns 202: an e-mail is sent if there is anything to send.
///
/// # Errors
///
/// As [`json`].
pub fn check_mail() -> Result<Response, ApiError> {
    json(StatusCode::ACCEPTED, &CheckMail { status: "check_mail" })
}

/// Returns 204.
pub fn no_content() -> Response {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Sets a cookie on a response. The value consists of letters, digits, dots, hyphens and underscores.
pub(crate) fn set_cookie(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

/// A cookie that the response carries whatever the handler answers: the session's next secret.
#[derive(Clone, Default)]
pub(crate) struct RenewedCookie(Arc<OnceLock<String>>);

impl RenewedCookie {
    /// The cookie, if one was set.
    pub(crate) fn get(&self) -> Option<&str> {
        self.0.get().map(String::as_str)
    }
}

/// Stores a cookie for the response to this request; a second one is ignored.
pub(crate) fn renew_cookie(request: &Request, cookie: String) {
    if let Some(renewed) = request.extensions().get::<RenewedCookie>() {
        renewed.0.get_or_init(|| cookie);
    }
}

/// Adds a renewed cookie, unless the handler has set or removed the cookie of that name itself.
pub(crate) fn add_unless_set(response: &mut Response, cookie: &str) {
    let name = cookie.split_once('=').map_or(cookie, |(name, _)| name);
    let mut set = response.headers().get_all(SET_COOKIE).iter();
    let is_set = set.any(|other| {
        let other = other.to_str().unwrap_or_default();
        other.strip_prefix(name).is_some_and(|rest| rest.starts_with('='))
    });
    if !is_set {
        set_cookie(response, cookie);
    }
}

/// Creates the response for a failure.
pub(crate) fn problem(error: &ApiError, request_id: &str) -> Response {
    let status = error.status();
    let problem = Problem {
        r#type: "about:blank",
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        detail: error.detail(),
        code: error.code(),
        request_id: request_id.to_owned(),
        field: error.field(),
    };
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut response = typed(status, "application/problem+json", body);
    if let ApiError::TooMany { retry_after_seconds, .. } = error {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(*retry_after_seconds));
    }
    response
}

/// Adds the headers of every response, errors too. A header that the handler set is kept.
pub fn protect(headers: &mut HeaderMap, request_id: &str) {
    let always = [
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("x-xss-protection", "1; mode=block"),
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    for (name, value) in always {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
}
