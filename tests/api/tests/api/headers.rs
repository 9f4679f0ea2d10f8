//! Tests every answer: the security headers, the flags of cookies, and no redirect to another site.

use std::collections::BTreeMap;

use api_tests::who_may_call_what::ROWS;
use local::client::Answer;
use reqwest::Method;
use serde_json::json;
use testkit::{PASSWORD, SetupError, TestStack};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::by_hand::{Sent, send};

/// Returns the answers of all routes and of requests that fail before routing, with what was requested.
async fn everything(stack: &TestStack) -> Result<Vec<(String, Answer)>, SetupError> {
    let base = stack.stack().url();
    let mut asked: Vec<(Method, String)> = Vec::new();
    for row in ROWS {
        let method = crate::by_hand::method(row);
        asked.push((method, row.route.replace("$default", "/").replace(['{', '}', '+'], "")));
    }
    for path in
        ["/v1/nothing", "/nothing", "/assets/shared/api.js", "/v1/schools/x", "/_local/mail"]
    {
        asked.push((Method::GET, path.to_owned()));
    }
    for method in ["PATCH", "OPTIONS", "HEAD", "DELETE", "PURGE"] {
        for path in ["/v1/health", "/", "/v1/session"] {
            asked.push((method.parse()?, path.to_owned()));
        }
    }
    let mut answers = Vec::new();
    for (method, path) in asked {
        let what = format!("{method} {path}");
        answers.push((what, send(base, (method, &path), Sent::Nothing, None, &[]).await?));
    }
    let stranger = stack.stranger();
    for bytes in [300 * 1024, 5 * 1024 * 1024] {
        let huge = vec![b' '; bytes];
        let answer = stranger.post_file("/v1/sign-in/link", "application/json", huge, "k").await?;
        assert_eq!(answer.status, 413);
        answers.push((format!("{bytes} bytes"), answer));
    }
    let answer = stranger.post_file("/v1/sign-in/link", "text/html", b"x".to_vec(), "k").await?;
    assert_eq!(answer.status, 415);
    answers.push(("another type".to_owned(), answer));
    Ok(answers)
}

fn head<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Parses a policy as a browser does.
fn directives(policy: &str) -> BTreeMap<&str, Vec<&str>> {
    policy
        .split(';')
        .filter_map(|one| {
            let mut words = one.split_whitespace();
            Some((words.next()?, words.collect()))
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn d07_d08_d09_d10_d12_every_answer_carries_the_security_headers() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let answers = everything(&stack).await?;
    for (what, answer) in &answers {
        assert_eq!(head(answer, "x-frame-options"), "DENY", "{what}");
        assert_eq!(head(answer, "x-content-type-options"), "nosniff", "{what}");
        assert_eq!(head(answer, "x-xss-protection"), "1; mode=block", "{what}");
        let hsts = "max-age=31536000; includeSubDomains";
        assert_eq!(head(answer, "strict-transport-security"), hsts, "{what}");
        let has_token = what.ends_with("/open") || what.ends_with("/verify");
        let referrer = if has_token { "no-referrer" } else { "strict-origin-when-cross-origin" };
        assert_eq!(head(answer, "referrer-policy"), referrer, "{what}");
        assert!(!head(answer, "x-request-id").is_empty(), "{what}");
        for told in ["server", "x-powered-by"] {
            assert_eq!(head(answer, told), "", "{what} reveals its {told}");
        }
    }
    let seen = |status| answers.iter().any(|(_, answer)| answer.status == status);
    for status in [200, 401, 404, 413, 415] {
        assert!(seen(status), "no answer had status {status}");
    }
    stack.stop().await;
    Ok(())
}

/// The gateway's own refusal: a request for another host reaches no function.
#[tokio::test(flavor = "multi_thread")]
async fn d07_d08_d09_d10_d12_an_answer_of_the_gateway_itself_carries_them_too()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let port = stack.stack().url().rsplit(':').next().unwrap_or_default().to_owned();
    let mut socket = tokio::net::TcpStream::connect(format!("127.0.0.1:{port}")).await?;
    let request = "GET /v1/session HTTP/1.1\r\nhost: <a b>\r\nconnection: close\r\n\r\n";
    socket.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await?;
    assert!(answer.starts_with("HTTP/1.1 421"), "{answer}");
    for header in [
        "x-frame-options: DENY",
        "x-content-type-options: nosniff",
        "x-xss-protection: 1; mode=block",
        "strict-transport-security: max-age=31536000; includeSubDomains",
        "referrer-policy: strict-origin-when-cross-origin",
        "content-security-policy: default-src 'none'; frame-ancestors 'none'",
    ] {
        assert!(answer.contains(header), "{header}: {answer}");
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn d11_every_answer_has_a_policy_that_lets_nothing_foreign_in() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let app = stack.stack().app();
    let storage = app.config().storage_origins();
    for (what, answer) in everything(&stack).await? {
        let policy = head(&answer, "content-security-policy").to_owned();
        let directives = directives(&policy);
        let is_page = head(&answer, "content-type").starts_with("text/html");
        let is_runners = what.contains("/_local/");
        let expected = if is_page && !is_runners { "'self'" } else { "'none'" };
        assert_eq!(directives["default-src"], [expected], "{what}: {policy}");
        if !is_runners {
            assert_eq!(directives["frame-ancestors"], ["'none'"], "{what}: {policy}");
        }
        if is_page {
            for (name, only) in
                [("object-src", "'none'"), ("base-uri", "'none'"), ("form-action", "'self'")]
            {
                assert_eq!(directives[name], [only], "{what}: {policy}");
            }
            assert_eq!(directives["require-trusted-types-for"], ["'script'"], "{what}");
            // An extra directive would be weaker than the default, so there is none for scripts and styles.
            for name in ["script-src", "style-src", "script-src-elem", "worker-src"] {
                assert!(!directives.contains_key(name), "{what}: {policy}");
            }
        }
        for source in directives.values().flatten() {
            let is_known = ["'self'", "'none'", "'script'", "blob:"].contains(source)
                || storage.iter().any(|origin| origin == source);
            assert!(is_known || is_runners, "{what} admits {source}");
        }
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn b07_b08_b09_every_cookie_has_all_its_flags() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let base = stack.stack().url();
    let photographer = stack.photographer("meadow").await?;
    let day = testkit::picture_day(&photographer, 1).await?;
    let path = format!("/v1/students/{}/share-codes", day.pupils[0].id);
    let code = photographer.create(&path, &json!({}), "code").await?.text("/code");
    let stranger = stack.stranger();
    let email = "ann@family.example";
    let asked = json!({ "code": code, "email": email });
    stranger.create("/v1/access-requests", &asked, "ask").await?;
    let token = stranger.mailed_token(email).await?;
    let door =
        json!({ "portal": "photographer", "email": "meadow@studio.example", "password": PASSWORD });
    let mut answers = vec![
        ("signed in by password".to_owned(), stranger.post("/v1/sign-in/password", &door).await?),
        (
            "signed in by a link".to_owned(),
            stranger.post("/v1/sign-in/link", &json!({ "token": token })).await?,
        ),
    ];
    let set = answers[1].1.headers.get_all("set-cookie").iter();
    let pairs = set.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
    let parent = pairs.collect::<Vec<_>>().join("; ");
    let csrf = answers[1].1.text("/csrf_token");
    let headers = [("origin", base), ("x-csrf-token", csrf.as_str())];
    let end = (Method::DELETE, "/v1/session");
    let out = send(base, end.clone(), Sent::Nothing, Some(&parent), &headers).await?;
    answers.push(("the parent signed out".to_owned(), out));
    let out = photographer.call(end.0, end.1, None, &[]).await?;
    answers.push(("the photographer signed out".to_owned(), out));
    for (what, answer) in &answers {
        assert!(answer.headers.contains_key("set-cookie"), "{what}: {}", answer.body);
    }
    answers.extend(everything(&stack).await?);
    for (what, answer) in &answers {
        for cookie in answer.headers.get_all("set-cookie") {
            let mut parts = cookie.to_str()?.split(';').map(str::trim);
            let name = parts.next().and_then(|pair| pair.split('=').next()).unwrap_or_default();
            let flags: Vec<&str> = parts.collect();
            // `__Host-`: browsers refuse it without Secure, with a Domain, or with another path.
            assert!(name.starts_with("__Host-"), "{what}: {name}");
            let same_site = if name.contains("admin") { "SameSite=Strict" } else { "SameSite=Lax" };
            for flag in ["HttpOnly", "Secure", "Path=/", same_site] {
                assert!(flags.contains(&flag), "{what}: {name} lacks {flag}: {flags:?}");
            }
            assert!(!flags.iter().any(|flag| flag.starts_with("Domain")), "{what}: {flags:?}");
        }
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn d24_no_address_of_ours_leads_to_another_site() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let base = stack.stack().url();
    let elsewhere = [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%2f%2fevil.example",
        "/%09/evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "https:evil.example",
        "/photographer/../..//evil.example",
    ];
    let mut asked = Vec::new();
    for target in elsewhere {
        let encoded =
            target.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02x}"));
        for page in ["/", "/photographer/sign-in", "/parent/open", "/security", "/v1/session"] {
            for name in ["next", "url", "return", "redirect", "continue"] {
                asked.push(format!("{page}?{name}={encoded}"));
            }
        }
        asked.push(format!("/{}", encoded.replace("%2f", "/").replace("%3a", ":")));
        asked.push(format!("/photographer/{encoded}"));
    }
    for path in &asked {
        let answer = send(base, (Method::GET, path), Sent::Nothing, None, &[]).await?;
        assert!(!(300..400).contains(&answer.status), "{path}: {}", answer.status);
        for leads in ["location", "refresh", "content-location", "link"] {
            assert!(!answer.headers.contains_key(leads), "{path}: {leads}");
        }
        let text = String::from_utf8_lossy(&answer.bytes);
        assert!(!text.contains("evil.example"), "{path} repeats the foreign URL");
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn d25_the_health_answer_says_that_it_is_there_and_nothing_else() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let answer = stack.stranger().get("/v1/health").await?;
    assert_eq!((answer.status, &answer.body), (200, &json!({ "status": "ok" })));
    let config = stack.stack().app().config();
    let said = format!("{:?} {}", answer.headers, answer.body);
    let names = config.to_env().into_iter().filter(|(name, value)| {
        // The origin is not secret, and short or empty settings would match by accident.
        *name != "PUBLIC_URL" && value.len() > 5
    });
    for (name, value) in names {
        assert!(!said.contains(&value), "it reveals {name}");
    }
    assert!(!said.contains(env!("CARGO_PKG_VERSION")), "it reveals its version: {said}");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn head_of_a_page_or_file_is_get_without_a_body() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let base = stack.stack().url();
    let home = send(base, (Method::GET, "/"), Sent::Nothing, None, &[]).await?;
    let home = String::from_utf8_lossy(&home.bytes).into_owned();
    let asset = home.split('"').find(|part| part.starts_with("/assets/")).ok_or("no asset")?;
    let paths = [
        "/",
        "/photographer",
        "/parent/sign-in",
        "/school/nope",
        "/robots.txt",
        "/favicon.ico",
        asset,
    ];
    for path in paths {
        let get = send(base, (Method::GET, path), Sent::Nothing, None, &[]).await?;
        let head = send(base, (Method::HEAD, path), Sent::Nothing, None, &[]).await?;
        assert_eq!(head.status, get.status, "{path}");
        assert!(head.bytes.is_empty() && !get.bytes.is_empty(), "{path}");
        for name in ["content-type", "cache-control", "etag", "content-security-policy", "vary"] {
            assert_eq!(head.headers.get(name), get.headers.get(name), "{path} {name}");
        }
    }
    // Elsewhere a GET route does not answer HEAD.
    for path in ["/v1/health", "/v1/session", "/v1/nothing"] {
        let head = send(base, (Method::HEAD, path), Sent::Nothing, None, &[]).await?;
        assert_eq!((head.status, head.bytes.len()), (404, 0), "{path}");
    }
    stack.stop().await;
    Ok(())
}
