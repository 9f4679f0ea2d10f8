//! The pages of the portals: static files, embedded in the binary, served by a function without any permissions.
//!
//! A page refers to assets under `/assets/{name}.{content hash}.{ext}`, which may be cached forever. The pages
//! themselves are revalidated each time. The content security policy allows only our own origin, and S3 for pictures
//! and uploads.

mod files;
mod policy;
mod security;
mod shell;
mod site;

#[cfg(test)]
mod answer_tests;
#[cfg(test)]
mod page_tests;

use std::future::{Ready, ready};

use platform::http::request::header;
use platform::http::response::typed;
use platform::lambda_http::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, ETAG, IF_NONE_MATCH,
    REFERRER_POLICY, VARY,
};
use platform::lambda_http::http::{HeaderMap, HeaderValue, Method, StatusCode};
use platform::{ApiError, App, Request, Response};

use crate::portals::files::File;
use crate::portals::security::Disclosure;
use crate::portals::site::{Found, site};

/// Cache header for hashed names, whose bytes never change: one year, the longest that caches honour.
///
/// Source: RFC 8246, and RFC 9111 section 5.3 for the year.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// Cache header for pages: they may be stored, but must be revalidated before use.
const ASK_EACH_TIME: &str = "no-cache";
/// Search engines may index the start page and the public security pages, and nothing else.
const ROBOTS: &str =
    "User-agent: *\nAllow: /$\nAllow: /security\nAllow: /.well-known/\nDisallow: /\n";

/// Serves `GET` of a page, an asset, the icon, `robots.txt` or `security.txt`.
///
/// # Errors
///
/// 405 for another method.
#[expect(clippy::needless_pass_by_value, reason = "every handler takes its request")]
pub fn handle(app: &'static App, request: Request) -> Ready<Result<Response, ApiError>> {
    // Ready at once: everything is in memory.
    ready(found(app, &request))
}

fn found(app: &'static App, request: &Request) -> Result<Response, ApiError> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(ApiError::MethodNotAllowed);
    }
    let path = request.uri().path();
    if path == "/robots.txt" {
        return Ok(plain(ROBOTS.to_owned()));
    }
    if path == security::PATH {
        let disclosure = Disclosure::of(app.config(), app.now()).ok_or(ApiError::NotFound)?;
        return Ok(plain(disclosure.text(&app.config().public_url)));
    }
    match site().find(path) {
        Found::Asset(file) => Ok(asset(file, request)),
        Found::Page(file) if file.name == security::PAGE => {
            let disclosure = Disclosure::of(app.config(), app.now());
            let file = security::filled(file, disclosure.as_ref())
                .ok_or_else(|| ApiError::internal("cannot parse the list of promises"))?;
            page(app, &file, StatusCode::OK, request)
        }
        Found::Page(file) => page(app, file, StatusCode::OK, request),
        Found::Nothing(file) => page(app, file, StatusCode::NOT_FOUND, request),
    }
}

fn plain(text: String) -> Response {
    let mut response = typed(StatusCode::OK, "text/plain; charset=utf-8", text.into_bytes());
    set(response.headers_mut(), CACHE_CONTROL, ASK_EACH_TIME);
    response
}

fn asset(file: &File, request: &Request) -> Response {
    let mut response = body(file, StatusCode::OK, request);
    let kept = if file.is_named_by_content { FOREVER } else { ASK_EACH_TIME };
    set(response.headers_mut(), CACHE_CONTROL, kept);
    response
}

fn page(
    app: &'static App,
    file: &File,
    status: StatusCode,
    request: &Request,
) -> Result<Response, ApiError> {
    let etag = file.etag();
    let has_it = header(request, IF_NONE_MATCH.as_str())
        .is_some_and(|known| known.split(',').any(|one| one.trim() == etag));
    let is_unchanged = has_it && status == StatusCode::OK;
    let mut response = if is_unchanged {
        typed(StatusCode::NOT_MODIFIED, file.content_type, Vec::new())
    } else {
        body(file, status, request)
    };

    let headers = response.headers_mut();
    set(headers, CACHE_CONTROL, ASK_EACH_TIME);
    set(headers, VARY, ACCEPT_ENCODING.as_str());
    headers.insert(ETAG, HeaderValue::from_str(&etag).map_err(ApiError::internal)?);
    let policy = policy::content_security_policy(&app.config().storage_origins());
    let policy = HeaderValue::from_str(&policy).map_err(ApiError::internal)?;
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    if policy::may_hold_a_token(file.name) {
        set(headers, REFERRER_POLICY, "no-referrer");
    }
    Ok(response)
}

/// Builds the answer, compressed if the client accepts gzip.
fn body(file: &File, status: StatusCode, request: &Request) -> Response {
    let takes_gzip = takes_gzip(header(request, ACCEPT_ENCODING.as_str()).unwrap_or_default());
    let compressed = if takes_gzip { file.gzip() } else { None };
    let bytes = compressed.unwrap_or(&file.bytes);
    let mut response = typed(status, file.content_type, bytes.to_vec());
    let headers = response.headers_mut();
    if compressed.is_some() {
        set(headers, CONTENT_ENCODING, "gzip");
    }
    if file.is_text {
        set(headers, VARY, ACCEPT_ENCODING.as_str());
    }
    response
}

/// Does `Accept-Encoding` name gzip without refusing it (`gzip;q=0`)?
fn takes_gzip(accepted: &str) -> bool {
    accepted.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|coding| coding.eq_ignore_ascii_case("gzip"));
        let is_refused = parts
            .filter_map(|part| part.strip_prefix("q="))
            .filter_map(|weight| weight.parse::<f32>().ok())
            .any(|weight| weight <= 0.0);
        is_gzip && !is_refused
    })
}

fn set(
    headers: &mut HeaderMap,
    name: platform::lambda_http::http::HeaderName,
    value: &'static str,
) {
    headers.insert(name, HeaderValue::from_static(value));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_only_to_those_who_take_it() {
        assert!(takes_gzip("gzip, deflate, br, zstd"));
        assert!(takes_gzip("br;q=1.0, GZIP;q=0.8"));
        assert!(!takes_gzip("gzip;q=0, br"));
        assert!(!takes_gzip("identity"));
        assert!(!takes_gzip(""));
    }
}
