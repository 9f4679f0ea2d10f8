//! Rules for every answer: headers, caching, compression.

use std::io::Read as _;

use flate2::read::GzDecoder;
use platform::base::config::{Config, Endpoints};
use platform::lambda_http::Body;
use platform::start::{answer, leak};
use platform::{App, Request, Response};

const STORAGE: &str = "http://localhost:9999";

async fn app() -> &'static App {
    app_with(Config::default()).await
}

pub(crate) async fn app_with(config: Config) -> &'static App {
    let endpoints = Endpoints { s3: Some(STORAGE.to_owned()), ..Endpoints::default() };
    let region = "us-east-1".to_owned();
    match App::new(Config { endpoints, region, ..config }).await {
        Ok(app) => leak(app),
        Err(error) => panic!("cannot create the app: {error}"),
    }
}

pub(crate) async fn ask(
    app: &'static App,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> Response {
    let mut request = Request::default();
    *request.method_mut() = method.parse().unwrap();
    *request.uri_mut() = path.parse().unwrap();
    for (name, value) in headers {
        let name: platform::lambda_http::http::HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    answer(app, crate::portals::handle, request).await
}

pub(crate) fn head<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

pub(crate) fn text(response: &Response) -> String {
    String::from_utf8(response.body().to_vec()).unwrap()
}

/// Returns the first asset with this ending that a page refers to.
fn asset_of(page: &str, ending: &str) -> String {
    let mut found = page.split('"').filter(|part| part.starts_with("/assets/"));
    found.find(|part| part.ends_with(ending)).unwrap().to_owned()
}

#[tokio::test]
async fn a_page_is_asked_for_each_time_and_answered_304_when_it_is_known() {
    let app = app().await;
    let page = ask(app, "GET", "/", &[]).await;
    assert_eq!(page.status(), 200);
    assert_eq!(head(&page, "content-type"), "text/html; charset=utf-8");
    assert_eq!(head(&page, "cache-control"), "no-cache");
    assert_eq!(head(&page, "vary"), "accept-encoding, origin");

    let etag = head(&page, "etag").to_owned();
    let again = ask(app, "GET", "/", &[("if-none-match", &etag)]).await;
    assert_eq!(again.status(), 304);
    assert_eq!(head(&again, "etag"), etag);
    assert!(again.body().is_empty());
}

#[tokio::test]
async fn every_page_carries_the_policy_and_the_headers_of_every_answer() {
    let app = app().await;
    for path in ["/", "/photographer", "/parent", "/school", "/photographer/nope"] {
        let page = ask(app, "GET", path, &[]).await;
        let policy = head(&page, "content-security-policy");
        assert!(policy.starts_with("default-src 'self'; object-src 'none'"), "{path}: {policy}");
        assert!(policy.contains(STORAGE), "{path}: {policy}");
        assert_eq!(head(&page, "x-frame-options"), "DENY", "{path}");
        assert_eq!(head(&page, "x-content-type-options"), "nosniff", "{path}");
    }
}

#[tokio::test]
async fn d12_the_address_of_a_mailed_link_is_told_to_nobody() {
    let app = app().await;
    for path in [
        "/photographer/verify?token=x",
        "/parent/open?token=x",
        "/admin/enrol?token=x",
        "/school/back?code=x&state=y",
    ] {
        let page = ask(app, "GET", path, &[]).await;
        assert_eq!(page.status(), 200, "{path}");
        assert_eq!(head(&page, "referrer-policy"), "no-referrer", "{path}");
    }
}

#[tokio::test]
async fn what_a_page_refers_to_is_there_under_a_name_that_is_kept_forever() {
    let app = app().await;
    let page = text(&ask(app, "GET", "/photographer/sign-up", &[]).await);
    for (ending, content_type) in [
        (".css", "text/css; charset=utf-8"),
        (".js", "text/javascript; charset=utf-8"),
        (".svg", "image/svg+xml; charset=utf-8"),
    ] {
        let path = asset_of(&page, ending);
        let asset = ask(app, "GET", &path, &[]).await;
        assert_eq!(asset.status(), 200, "{path}");
        assert_eq!(head(&asset, "content-type"), content_type, "{path}");
        assert_eq!(head(&asset, "cache-control"), "public, max-age=31536000, immutable", "{path}");
    }
    let other = ask(app, "GET", "/assets/shared/api.0000000000000000.js", &[]).await;
    assert_eq!(other.status(), 404, "an old name must not serve new bytes");
}

#[tokio::test]
async fn the_compressed_answer_is_the_same_text() {
    let app = app().await;
    let plain = ask(app, "GET", "/parent", &[]).await;
    let packed = ask(app, "GET", "/parent", &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(head(&plain, "content-encoding"), "");
    assert_eq!(head(&packed, "content-encoding"), "gzip");
    assert!(matches!(packed.body(), Body::Binary(_)));
    assert!(packed.body().len() < plain.body().len());
    let mut unpacked = String::new();
    GzDecoder::new(packed.body().as_ref()).read_to_string(&mut unpacked).unwrap();
    assert_eq!(unpacked, text(&plain));
}

#[tokio::test]
async fn an_address_nobody_knows_gets_a_friendly_page() {
    let page = ask(app().await, "GET", "/photographer/nope", &[]).await;
    assert_eq!(page.status(), 404);
    assert_eq!(head(&page, "content-type"), "text/html; charset=utf-8");
    assert!(text(&page).contains("not_found.heading"));
}

#[tokio::test]
async fn head_is_get_without_a_body_and_nothing_else_is_taken() {
    let app = app().await;
    let page = ask(app, "HEAD", "/", &[]).await;
    assert_eq!(page.status(), 200);
    assert!(page.body().is_empty());
    assert!(!head(&page, "etag").is_empty());
    assert_eq!(ask(app, "POST", "/", &[]).await.status(), 405);
}

#[tokio::test]
async fn the_icon_and_the_word_to_robots_are_there() {
    let app = app().await;
    let icon = ask(app, "GET", "/favicon.ico", &[]).await;
    assert_eq!((icon.status().as_u16(), head(&icon, "content-type")), (200, "image/x-icon"));
    let robots = ask(app, "GET", "/robots.txt", &[]).await;
    assert_eq!(head(&robots, "content-type"), "text/plain; charset=utf-8");
    assert!(text(&robots).contains("Disallow: /"));
}
