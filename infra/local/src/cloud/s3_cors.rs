//! S3's admission checks: CORS for our own pages, signatures for every request, refusal for all other pages.

use super::access_key::AccessKey;
use super::door::{has_unsigned_header, is_of_a_stranger};
use super::s3::Objects;
use super::s3_body::ReadToItsEnd;
use super::serve::{Port, PortLimits, PortRefusal, RequestBody};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use http_body_util::Full;
use hyper::service::{Service, service_fn};
use s3s::HttpError;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use std::sync::Arc;

/// Builds the HTTP service.
///
/// It refuses requests from pages of other origins, and requests with headers that a link's signature does not cover.
pub(super) fn service(
    objects: Objects,
    origins: Vec<String>,
    key: &AccessKey,
) -> impl Service<
    http::Request<RequestBody>,
    Response = http::Response<s3s::Body>,
    Error = HttpError,
    Future: Send,
> + Clone
+ Send
+ Sync
+ 'static {
    let mut builder = S3ServiceBuilder::new(objects);
    builder.set_auth(SimpleAuth::from_single(key.id.as_str(), key.secret.as_str()));
    let s3 = builder.build();
    let origins: Arc<[String]> = origins.into();
    service_fn(move |request: http::Request<RequestBody>| {
        let (s3, origins) = (s3.clone(), Arc::clone(&origins));
        async move {
            if is_of_a_stranger(request.headers(), &origins) {
                return Ok(forbidden());
            }
            let ours = request.headers().get("origin").cloned();
            if request.method() == Method::OPTIONS
                && let Some(origin) = ours
            {
                let asked = request.headers().get("access-control-request-headers").cloned();
                return Ok(preflight(origin, asked));
            }
            let (head, body) = request.into_parts();
            if has_unsigned_header(&head) || is_form(&head) {
                return Ok(forbidden());
            }
            let request = http::Request::from_parts(head, whole(body));
            let mut response = s3.call(request).await?;
            if let Some(origin) = ours {
                let headers = response.headers_mut();
                headers.insert("access-control-allow-origin", origin);
                let exposed = HeaderValue::from_static("ETag, x-amz-checksum-sha256");
                headers.insert("access-control-expose-headers", exposed);
                headers.append("vary", HeaderValue::from_static("Origin"));
            }
            Ok(response)
        }
    })
}

fn whole(body: RequestBody) -> s3s::Body {
    s3s::Body::http_body(ReadToItsEnd::from(body))
}

/// Is this an upload by an HTML form? We send none, and `s3s` buffers its fields before it checks their signature.
fn is_form(head: &Parts) -> bool {
    let kind = head.headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    head.method == Method::POST
        && kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with(b"multipart/"))
}

/// Builds S3's port. Its bodies are streamed.
pub(super) fn port(limits: PortLimits) -> Port {
    Port::new(limits.streaming(), |why| {
        let (status, code) = match why {
            PortRefusal::SlowBody => (StatusCode::REQUEST_TIMEOUT, "RequestTimeout"),
            PortRefusal::Busy | PortRefusal::SlowAnswer => {
                (StatusCode::SERVICE_UNAVAILABLE, "SlowDown")
            }
        };
        let mut response = refusal(status, code);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    })
}

fn forbidden() -> http::Response<s3s::Body> {
    refusal(StatusCode::FORBIDDEN, "AccessDenied").map(s3s::Body::http_body)
}

/// Builds an error in S3's format.
fn refusal(status: StatusCode, code: &str) -> http::Response<Full<Bytes>> {
    let text = format!("<Error><Code>{code}</Code><Message>This is refused.</Message></Error>");
    let mut response = http::Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/xml");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn preflight(origin: HeaderValue, asked: Option<HeaderValue>) -> http::Response<s3s::Body> {
    let mut response = http::Response::new(s3s::Body::empty());
    let headers = response.headers_mut();
    headers.insert("access-control-allow-origin", origin);
    let methods = HeaderValue::from_static("GET, HEAD, PUT");
    headers.insert("access-control-allow-methods", methods);
    if let Some(asked) = asked {
        headers.insert("access-control-allow-headers", asked);
    }
    headers.insert("access-control-max-age", HeaderValue::from_static("600"));
    let vary = HeaderValue::from_static("Origin, Access-Control-Request-Headers");
    headers.insert("vary", vary);
    response
}
