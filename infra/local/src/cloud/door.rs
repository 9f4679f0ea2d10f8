//! Admission checks of the stand-ins: which requests are accepted, before any work is done.
//!
//! Every web page that a person has open, and every program of another user, can reach a port of this machine. So a
//! request is accepted only if all of this holds:
//!
//! - Its `Host` names this machine: a foreign host name may resolve to it too.
//! - It comes from no web page, or from one of ours where browsers are allowed at all.
//! - It is signed with the key of the data folder (`SigV4`).

use super::access_key::AccessKey;
use super::serve::{Port, PortLimits, PortRefusal, RequestBody};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::service::{Service, service_fn};
use rustack_auth::credentials::StaticCredentialProvider;
use rustack_auth::{hash_payload, verify_sigv4};
use serde_json::json;
use std::convert::Infallible;
use std::sync::Arc;

/// An HTTP service that answers in JSON.
pub(super) trait JsonService:
    Service<
        http::Request<RequestBody>,
        Response = Response<Full<Bytes>>,
        Error = Infallible,
        Future: Send,
    > + Clone
    + Send
    + Sync
    + 'static
{
}

impl<S> JsonService for S where
    S: Service<
            http::Request<RequestBody>,
            Response = Response<Full<Bytes>>,
            Error = Infallible,
            Future: Send,
        > + Clone
        + Send
        + Sync
        + 'static
{
}

/// Whether a request must be refused whatever its signature is.
///
/// That is so if its `Host` is no name of this machine, or if a page of an unknown origin sent it.
pub(super) fn is_of_a_stranger(headers: &HeaderMap, origins: &[String]) -> bool {
    let is_ours = |origin: &http::HeaderValue| {
        origins.iter().any(|ours| ours.as_bytes() == origin.as_bytes())
    };
    !is_for_this_machine(headers) || !headers.get_all(header::ORIGIN).iter().all(is_ours)
}

/// Is there exactly one `Host`, and does it name this machine?
///
/// Accepted are `localhost` and the loopback addresses, with any port or none.
pub(crate) fn is_for_this_machine(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let Ok(host) = host.to_str() else { return false };
    let name = match host.rsplit_once(':') {
        // An invalid port would cause a panic where the functions parse the URL.
        Some((name, port)) if port.parse::<u16>().is_ok() && !port.starts_with('+') => name,
        _ => host,
    };
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|own| name.eq_ignore_ascii_case(own))
}

/// Builds a service that answers only signed requests from no web page.
///
/// Without a key, signatures are not checked. The body is read before its signature can be verified, so it is limited
/// to `largest_bytes`.
pub(super) fn guarded<A, F>(
    key: Option<&AccessKey>,
    largest_bytes: usize,
    answer: A,
) -> impl JsonService
where
    A: Fn(Parts, Bytes) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<Full<Bytes>>> + Send,
{
    let keys = key.map(|key| Arc::new(StaticCredentialProvider::new([key.pair()])));
    service_fn(move |request: http::Request<RequestBody>| {
        let (keys, answer) = (keys.clone(), answer.clone());
        async move {
            let (head, body) = request.into_parts();
            if is_of_a_stranger(&head.headers, &[]) {
                return Ok(refusal(StatusCode::FORBIDDEN, "AccessDeniedException"));
            }
            let Ok(body) = Limited::new(body, largest_bytes).collect().await else {
                return Ok(refusal(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge"));
            };
            let body = body.to_bytes();
            if let Some(keys) = keys
                && verify_sigv4(&head, &hash_payload(&body), &*keys).is_err()
            {
                return Ok(refusal(StatusCode::FORBIDDEN, "InvalidSignatureException"));
            }
            Ok(answer(head, body).await)
        }
    })
}

/// Builds the port of a JSON service.
pub(super) fn port(limits: PortLimits) -> Port {
    Port::new(limits, |why| match why {
        PortRefusal::SlowBody => refusal(StatusCode::REQUEST_TIMEOUT, "RequestTimeoutException"),
        PortRefusal::Busy | PortRefusal::SlowAnswer => {
            let mut busy = refusal(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailableException");
            busy.headers_mut().insert(header::RETRY_AFTER, http::HeaderValue::from_static("1"));
            busy
        }
    })
}

/// Builds the refusal of a JSON service.
fn refusal(status: StatusCode, kind: &str) -> Response<Full<Bytes>> {
    let body = json!({ "__type": kind, "message": "This is not for you." }).to_string();
    let response = Response::builder()
        .status(status)
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amzn-errortype", kind)
        .body(Full::new(Bytes::from(body)));
    response.unwrap_or_default()
}

/// Does a request have an `x-amz-*` header that its signature does not cover?
///
/// S3 refuses such a request. Otherwise the holder of an upload link could copy another object to its key.
pub(super) fn has_unsigned_header(head: &Parts) -> bool {
    let signed = signed_headers(head).unwrap_or_default();
    let is_signed = |name: &str| signed.split(';').any(|one| one.eq_ignore_ascii_case(name));
    let names = head.headers.keys().map(header::HeaderName::as_str);
    names.filter(|name| name.starts_with("x-amz-")).any(|name| !is_signed(name))
}

/// Returns the names of the signed headers, from a presigned URL or from the header.
fn signed_headers(head: &Parts) -> Option<String> {
    let of_link = head.uri.query().into_iter().flat_map(|query| query.split('&'));
    let of_link = of_link
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case("X-Amz-SignedHeaders"))
        .map(|(_, names)| names.replace("%3B", ";").replace("%3b", ";"));
    of_link.or_else(|| {
        let text = head.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (_, rest) = text.split_once("SignedHeaders=")?;
        Some(rest.split(',').next().unwrap_or(rest).trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(uri: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = http::Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn only_names_of_this_machine_are_for_it() {
        for (host, is_own) in [
            ("localhost", true),
            ("LOCALHOST:8080", true),
            ("127.0.0.1:1", true),
            ("[::1]:8080", true),
            ("localhost.evil.example", false),
            ("evil.example:8080", false),
            ("127.0.0.1.evil.example", false),
            ("127.0.0.1@evil.example", false),
            ("", false),
            ("localhost:8080:1", false),
            ("localhost:", false),
            ("localhost:+80", false),
            ("localhost:65536", false),
        ] {
            assert_eq!(
                is_for_this_machine(&head("/", &[("host", host)]).headers),
                is_own,
                "{host}"
            );
        }
        let twice = head("/", &[("host", "localhost"), ("host", "localhost")]);
        assert!(!is_for_this_machine(&twice.headers));
        assert!(!is_for_this_machine(&head("/", &[]).headers));
    }

    #[test]
    fn a_header_that_no_signature_covers_is_seen() {
        let link = "/b/k?X-Amz-SignedHeaders=content-length%3Bhost%3Bx-amz-checksum-sha256";
        let sum = ("x-amz-checksum-sha256", "x");
        assert!(!has_unsigned_header(&head(link, &[sum])));
        for name in ["x-amz-copy-source", "x-amz-acl", "x-amz-meta-a"] {
            assert!(has_unsigned_header(&head(link, &[sum, (name, "y")])), "{name}");
        }
        let signed = "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host;x-amz-acl, Signature=c";
        let by_header = [("authorization", signed), ("x-amz-acl", "private")];
        assert!(!has_unsigned_header(&head("/b/k", &by_header)));
        assert!(has_unsigned_header(&head("/b/k", &[("x-amz-acl", "private")])));
    }
}
