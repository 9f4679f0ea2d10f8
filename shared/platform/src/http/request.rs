//! Reading a request: path, query, body, cookies. Text becomes a type here.

use crate::store::page::Paging;
use crate::store::untrusted::Untrusted;
use std::net::IpAddr;

use domain::audit::Origin;
use domain::cookie::find;
use domain::ids::{Id, Kind, RequestId};
use lambda_http::RequestExt as _;
use serde::de::DeserializeOwned;

use crate::base::app::App;
use crate::http::error::ApiError;

/// A request as the gateway passes it on.
pub type Request = lambda_http::Request;

/// Maximum bytes of a body. Lambda accepts 6 MB of base64.
pub const MOST_BODY_BYTES: usize = 4 * 1024 * 1024;
/// Maximum bytes of a JSON body: 100 registrations with long names fit.
const MOST_JSON_BYTES: usize = 256 * 1024;

/// Parses the id in a path. A malformed id is not found, just like an unknown one.
///
/// # Errors
///
/// [`ApiError::NotFound`].
pub fn path_id<K: Kind>(request: &Request, name: &str) -> Result<Untrusted<Id<K>>, ApiError> {
    let parameters = request.path_parameters();
    let text = parameters.first(name).ok_or(ApiError::NotFound)?;
    Id::parse(text).map(Untrusted::new).map_err(|_| ApiError::NotFound)
}

/// Returns the first value of a query parameter.
pub fn query(request: &Request, name: &str) -> Option<String> {
    request.query_string_parameters().first(name).map(str::to_owned)
}

/// Parses the JSON body. The types themselves refuse unknown fields.
///
/// # Errors
///
/// 415 for another content type, 413 for a body that is too large, 400 for malformed JSON.
pub fn json<T: DeserializeOwned>(request: &Request) -> Result<T, ApiError> {
    let body = body_of_type(request, &["application/json"])?;
    serde_json::from_slice(body).map_err(|_| ApiError::Malformed("malformed_json"))
}

/// Returns the bytes of a JSON body with one of these content types.
///
/// # Errors
///
/// 415 for another content type, 413 for a body that is too large.
pub fn body_of_type<'a>(request: &'a Request, types: &[&str]) -> Result<&'a [u8], ApiError> {
    let content_type = header(request, "content-type").unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !types.iter().any(|known| essence.eq_ignore_ascii_case(known)) {
        return Err(ApiError::UnsupportedType);
    }
    let body = body(request);
    if body.len() > MOST_JSON_BYTES { Err(ApiError::TooLarge) } else { Ok(body) }
}

/// The body's bytes.
pub fn body(request: &Request) -> &[u8] {
    request.body()
}

/// Returns a header's value, if it is text.
pub fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

/// Returns a cookie's value. The gateway joins all cookies into one header.
pub fn cookie<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let headers = request.headers().get_all("cookie");
    headers.iter().filter_map(|value| value.to_str().ok()).find_map(|line| find(line, name))
}

/// Rows of a list when the request has no limit.
const USUAL_LIMIT: i32 = 50;
/// Maximum number of rows of a list.
const MOST_LIMIT: i32 = 200;

/// Parses `limit` and `cursor`.
///
/// # Errors
///
/// 422 when the limit is not a number from 1 to 200 or the cursor is malformed.
pub fn paging(request: &Request) -> Result<Paging, ApiError> {
    let bad_limit = ApiError::Invalid { code: "bad_limit", field: "limit" };
    let limit = match query(request, "limit") {
        None => USUAL_LIMIT,
        Some(text) => match text.parse() {
            Ok(limit @ 1..=MOST_LIMIT) => limit,
            Ok(_) | Err(_) => return Err(bad_limit),
        },
    };
    let after = match query(request, "cursor") {
        None => None,
        Some(text) => Some(
            data_encoding::BASE64URL_NOPAD
                .decode(text.as_bytes())
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
                // A cursor is the end of a sort key; nothing longer or of other characters was ever issued.
                .filter(|sk| {
                    sk.len() <= 200 && sk.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
                })
                .ok_or(ApiError::Invalid { code: "bad_cursor", field: "cursor" })?,
        ),
    };
    Ok(Paging { limit, after })
}

/// Returns the method and the route's pattern, as the template writes it: `GET /v1/schools/{school}`.
pub fn route(request: &Request) -> String {
    use lambda_http::request::RequestContext;
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => {
            context.route_key.clone().unwrap_or_default()
        }
        Some(_) | None => String::new(),
    }
}

/// The request's id, as the wrapper assigned it, or a new one.
pub(crate) fn request_id(app: &App, request: &Request) -> RequestId {
    let given = request.extensions().get::<RequestId>().cloned();
    given.unwrap_or_else(|| RequestId::from_random(app.random()))
}

/// The client IP address that the edge reported, once the request has proven that it came through the edge.
#[derive(Clone, Copy)]
pub(crate) struct Viewer(pub(crate) IpAddr);

/// Returns the request's origin: IP address and user agent (at most 200 characters).
///
/// The IP address is the one that the edge reported if the request proved that it came through the edge, otherwise
/// the one that the gateway saw. It is never the one that a caller's header claims.
pub fn origin(request: &Request) -> Origin {
    use lambda_http::request::RequestContext;
    let of_gateway = || match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.clone(),
        Some(_) | None => None,
    };
    let address = request
        .extensions()
        .get::<Viewer>()
        .map(|Viewer(address)| address.to_string())
        .or_else(of_gateway);
    let user_agent = header(request, "user-agent").unwrap_or_default();
    Origin {
        address: address.unwrap_or_default(),
        user_agent: user_agent.chars().take(200).collect(),
    }
}

/// Returns 128 bits for the id of a new resource.
///
/// They are random. With an `Idempotency-Key` they are the same for the same key, caller, method and path. So a
/// repeated request finds what the first one created, and nothing needs to be remembered.
///
/// # Errors
///
/// 400 for a key that is not 1 to 100 printable characters.
pub async fn fresh_bits(app: &App, request: &Request, caller: &str) -> Result<[u8; 16], ApiError> {
    let Some(key) = request.headers().get("idempotency-key") else {
        return Ok(app.random());
    };
    let key = key.as_bytes();
    if key.is_empty() || key.len() > 100 || !key.iter().all(u8::is_ascii_graphic) {
        return Err(ApiError::Malformed("bad_idempotency_key"));
    }
    let path = request.uri().path();
    let parts = [caller.as_bytes(), request.method().as_str().as_bytes(), path.as_bytes(), key];
    Ok(app.ring().await?.id_bits("idempotency", &parts))
}
