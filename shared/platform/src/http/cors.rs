//! CORS: other sites may use the API from a browser if the operator names their exact origin.
//!
//! By default none is named: our own pages come from the same origin and need no permission. A named site may read
//! and write, with the session's cookie and token, as our own pages do. The cookie is `SameSite=Lax`: browsers send
//! it for sites under our own registrable domain, and never for others. Those work with the access token of a program
//! or a guest token.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::base::config::Config;
use crate::http::request::Request;
use crate::http::response::{Response, no_content};

/// The methods of the API.
const METHODS: &str = "GET, POST, PUT, DELETE";
/// The request headers that a page may send besides those always allowed.
const HEADERS: &str =
    "authorization, content-type, idempotency-key, x-csrf-token, x-guest-token, x-portal";
/// The response headers that a page may read besides those always allowed.
const EXPOSED: &str = "retry-after, x-request-id";
/// Seconds that a browser may cache a preflight response: a site removed from the list loses access in ten minutes.
const KEPT_SECONDS: &str = "600";

/// Returns the request's origin, if the operator named it.
///
/// Origins are compared as a whole: no part of a name, no pattern, no `null`.
pub(crate) fn allowed_origin(config: &Config, request: &Request) -> Option<HeaderValue> {
    let origin = request.headers().get(ORIGIN)?;
    let is_named = config.allowed_origins.iter().any(|named| named.as_bytes() == origin.as_bytes());
    is_named.then(|| origin.clone())
}

/// Answers a browser's preflight request from a named site.
///
/// `None` when the request is not a preflight or the site is not named: then the answer is that of an unknown route.
pub(crate) fn preflight(request: &Request, allowed: Option<&HeaderValue>) -> Option<Response> {
    let is_asked = request.method() == Method::OPTIONS
        && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if !is_asked || allowed.is_none() {
        return None;
    }
    let mut response = no_content();
    let headers = response.headers_mut();
    set(headers, ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    set(headers, ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
    set(headers, ACCESS_CONTROL_MAX_AGE, KEPT_SECONDS);
    Some(response)
}

/// Adds the CORS headers to a response. `Vary` always: a cache must not give one site the answer to another.
pub(crate) fn permit(headers: &mut HeaderMap, allowed: Option<HeaderValue>) {
    // In one value: the gateway's response has room for one value of each header.
    let others = headers.get(VARY).and_then(|others| others.to_str().ok());
    let all = others.map_or_else(|| "origin".to_owned(), |others| format!("{others}, origin"));
    if let Ok(all) = HeaderValue::from_str(&all) {
        headers.insert(VARY, all);
    }
    if let Some(origin) = allowed {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        set(headers, ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        set(headers, ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;
    use crate::base::app::App;
    use crate::http::error::ApiError;
    use crate::start::{answer, leak};

    const NAMED: &str = "https://portal.district.example";

    async fn app(allowed_origins: &[&str]) -> &'static App {
        let allowed_origins = allowed_origins.iter().map(|&origin| origin.to_owned()).collect();
        let region = "us-east-1".to_owned();
        let config = Config { allowed_origins, region, ..Config::default() };
        leak(App::new(config).await.unwrap())
    }

    async fn ask(app: &'static App, method: Method, headers: &[(&str, &str)]) -> Response {
        let mut request = Request::default();
        *request.method_mut() = method;
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let unknown = |_: &'static App, _: Request| ready(Err::<Response, _>(ApiError::NotFound));
        answer(app, unknown, request).await
    }

    fn of_cors(response: &Response) -> Vec<(String, String)> {
        let headers = response.headers().iter();
        let of_cors = headers.filter(|(name, _)| name.as_str().starts_with("access-control-"));
        of_cors
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect()
    }

    #[tokio::test]
    async fn d06_only_an_origin_that_is_named_as_a_whole_is_permitted() {
        let app = app(&[NAMED]).await;
        let answered = ask(app, Method::GET, &[("origin", NAMED)]).await;
        let headers = answered.headers();
        assert_eq!(headers["access-control-allow-origin"], NAMED);
        assert_eq!(headers["access-control-allow-credentials"], "true");
        assert_eq!(headers["vary"], "origin");
        for other in [
            "null",
            "*",
            "https://portal.district.example.evil.example",
            "https://evil-portal.district.example",
            "https://evil.example/https://portal.district.example",
            "https://a.portal.district.example",
            "https://district.example",
            "http://portal.district.example",
            "https://portal.district.example:444",
            "https://PORTAL.district.example",
            "https://portal.district.example/",
            "https://portal.district.example https://evil.example",
            "https://portal.district.example@evil.example",
            "https://portalxdistrict.example",
            "",
        ] {
            let answered = ask(app, Method::GET, &[("origin", other)]).await;
            assert_eq!(of_cors(&answered), [], "{other}");
            assert_eq!(answered.headers()["vary"], "origin", "{other}");
        }
        assert_eq!(of_cors(&ask(app, Method::GET, &[]).await), []);
    }

    #[tokio::test]
    async fn d06_a_preflight_is_answered_to_a_named_origin_and_to_no_other() {
        let asked = |origin| [("origin", origin), ("access-control-request-method", "DELETE")];
        let named = app(&[NAMED]).await;
        let answered = ask(named, Method::OPTIONS, &asked(NAMED)).await;
        assert_eq!(answered.status(), 204);
        let headers = answered.headers();
        assert_eq!(headers["access-control-allow-methods"], "GET, POST, PUT, DELETE");
        assert!(headers["access-control-allow-headers"].to_str().unwrap().contains("x-csrf-token"));
        assert_eq!(headers["access-control-allow-origin"], NAMED);
        for (app, origin) in [(named, "https://evil.example"), (app(&[]).await, NAMED)] {
            let answered = ask(app, Method::OPTIONS, &asked(origin)).await;
            assert_eq!((answered.status().as_u16(), of_cors(&answered)), (404, Vec::new()));
        }
        // Without the preflight header it is a request like any other.
        assert_eq!(ask(named, Method::OPTIONS, &[("origin", NAMED)]).await.status(), 404);
    }

    #[test]
    fn d06_a_setting_that_is_not_one_origin_permits_nobody() {
        let read = Config::origins("https://a.example https://b.example:8443");
        assert_eq!(read, ["https://a.example", "https://b.example:8443"]);
        for wrong in [
            "*",
            "null",
            "https://*.example",
            "https://a.example/",
            "https://a.example/path",
            "http://a.example",
            "https://A.example",
            "a.example",
            "https://",
            "https://user@a.example",
            "",
        ] {
            assert_eq!(Config::origins(wrong), Vec::<String>::new(), "{wrong}");
        }
    }
}
