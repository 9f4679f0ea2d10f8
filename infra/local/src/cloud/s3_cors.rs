//! S3's front door: CORS for our own pages, signatures for everybody, and nothing for pages of others.

use super::access_key::AccessKey;
use super::door::{has_unsigned_header, is_of_a_stranger};
use super::s3::Objects;
use super::s3_body::ReadToItsEnd;
use http::{HeaderValue, Method, StatusCode};
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use s3s::HttpError;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use std::sync::Arc;

/// The HTTP service. What a page sends that is not ours is refused, and what a link's signature does not cover.
pub(super) fn service(
    objects: Objects,
    origins: Vec<String>,
    key: &AccessKey,
) -> impl Service<
    http::Request<Incoming>,
    Response = http::Response<s3s::Body>,
    Error = HttpError,
    Future: Send,
> + Clone
+ Send
+ 'static {
    let mut builder = S3ServiceBuilder::new(objects);
    builder.set_auth(SimpleAuth::from_single(key.id.as_str(), key.secret.as_str()));
    let s3 = builder.build();
    let origins: Arc<[String]> = origins.into();
    service_fn(move |request: http::Request<Incoming>| {
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
            if has_unsigned_header(&head) {
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

fn whole(body: Incoming) -> s3s::Body {
    s3s::Body::http_body(ReadToItsEnd::from(body))
}

fn forbidden() -> http::Response<s3s::Body> {
    let text = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
    let mut response = http::Response::new(s3s::Body::from(text.to_owned()));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response.headers_mut().insert("content-type", HeaderValue::from_static("application/xml"));
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
