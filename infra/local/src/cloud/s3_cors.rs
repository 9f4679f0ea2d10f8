//! S3's front door: CORS for our own pages, signatures for everybody.

use super::s3::Objects;
use super::s3_body::ReadToItsEnd;
use http::{HeaderValue, Method, StatusCode};
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use s3s::HttpError;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use std::sync::Arc;

/// The HTTP service. A preflight from a page that is not ours is refused.
pub(super) fn service(
    objects: Objects,
    origins: Vec<String>,
) -> impl Service<
    http::Request<Incoming>,
    Response = http::Response<s3s::Body>,
    Error = HttpError,
    Future: Send,
> + Clone
+ Send
+ 'static {
    let mut builder = S3ServiceBuilder::new(objects);
    builder.set_auth(SimpleAuth::from_single(super::ACCESS_KEY, super::SECRET_KEY));
    let s3 = builder.build();
    let origins: Arc<[String]> = origins.into();
    service_fn(move |request: http::Request<Incoming>| {
        let (s3, origins) = (s3.clone(), Arc::clone(&origins));
        async move {
            let origin = request.headers().get("origin").cloned();
            let is_preflight = request.method() == Method::OPTIONS && origin.is_some();
            let ours = origin.filter(|origin| {
                origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes())
            });
            if is_preflight {
                let asked = request.headers().get("access-control-request-headers").cloned();
                return Ok(preflight(ours, asked));
            }
            let mut response = s3.call(request.map(whole)).await?;
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

fn preflight(ours: Option<HeaderValue>, asked: Option<HeaderValue>) -> http::Response<s3s::Body> {
    let mut response = http::Response::new(s3s::Body::empty());
    let Some(origin) = ours else {
        *response.status_mut() = StatusCode::FORBIDDEN;
        return response;
    };
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
