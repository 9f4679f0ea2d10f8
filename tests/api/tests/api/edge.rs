//! Tests the origin behind `CloudFront`: requests that bypass it are refused, and rate limits count the client
//! IP it reports.

use api_tests::who_may_call_what::ROWS;
use local::client::{Answer, ClientError};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{PASSWORD, SetupError, TestStack};

use crate::by_hand::{Sent, send};

const SECRET: &str = "3xqWfkS9vTz2Lr7YbH0cPm5nJd8gUa1e";
const NEXT: &str = "Zt4KjQ6mXw1RsV9yBp3hNc8dLf0gEa7u";
const OTHER: &str = "b8Kp2WvXq6TnZy4RsJ0mHc9dLf5gEa3u";
const VERIFY: &str = "x-origin-verify";
const VIEWER: &str = "cloudfront-viewer-address";

/// Sends a request as the edge forwards it for this client IP address.
async fn from(stack: &TestStack, viewer: &str, path: &str) -> Result<Answer, ClientError> {
    let headers = [(VERIFY, SECRET), (VIEWER, viewer)];
    send(stack.stack().url(), (Method::GET, path), Sent::Nothing, None, &headers).await
}

/// Attempts a password sign-in, as the edge forwards it.
async fn attempt(stack: &TestStack, viewer: &str, body: &Value) -> Result<u16, ClientError> {
    let base = stack.stack().url();
    let headers = [(VERIFY, SECRET), (VIEWER, viewer), ("origin", base)];
    let call = (Method::POST, "/v1/sign-in/password");
    Ok(send(base, call, Sent::Json(body.clone()), None, &headers).await?.status)
}

#[tokio::test(flavor = "multi_thread")]
async fn d05_what_goes_around_the_edge_is_refused_on_every_route() -> Result<(), SetupError> {
    let secret = json!({ "current": SECRET, "previous": "" });
    let stack = TestStack::start_behind_an_edge(&secret, |_| ()).await?;
    let base = stack.stack().url();
    let forged = format!("{SECRET}, {SECRET}");
    let mut refusals = Vec::new();
    let mut wrong = Vec::new();
    for row in ROWS {
        let method: Method = if row.method == "ANY" { "GET" } else { row.method }.parse()?;
        let path = if row.route == "$default" { "/v1/nothing" } else { row.route };
        for headers in [
            vec![],
            vec![(VIEWER, "198.51.100.9:1")],
            vec![(VERIFY, ""), (VIEWER, "198.51.100.9:1")],
            vec![(VERIFY, NEXT), (VIEWER, "198.51.100.9:1")],
            vec![(VERIFY, &forged)],
            vec![("origin", base), ("x-forwarded-for", "198.51.100.9"), ("via", "CloudFront")],
        ] {
            for method in [method.clone(), Method::OPTIONS] {
                let sent = send(base, (method, path), Sent::Nothing, None, &headers).await?;
                // An answer to HEAD has no body.
                if row.method == "HEAD" && sent.status == 403 && sent.body.is_null() {
                    continue;
                }
                if (sent.status, sent.text("/code").as_str()) != (403, "around_the_edge") {
                    wrong.push(format!("{} {path} {headers:?}: {}", row.method, sent.status));
                }
                let mut body = sent.body;
                body["request_id"] = Value::Null;
                refusals.push(body);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(refusals.len() > 500, "only {} requests were tried", refusals.len());
    assert!(
        refusals.iter().all(|body| *body == refusals[0]),
        "a refusal reveals which routes exist"
    );
    // Requests through the edge get their normal answers: the health check, a page, an unknown path.
    for (path, status) in [("/v1/health", 200), ("/photographer", 200), ("/v1/nothing", 404)] {
        assert_eq!(from(&stack, "198.51.100.9:1", path).await?.status, status, "{path}");
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a07_d02_behind_the_edge_the_address_that_it_saw_is_counted() -> Result<(), SetupError> {
    let secret = json!({ "current": SECRET });
    let stack = TestStack::start_behind_an_edge(&secret, |limits| limits.requests_a_minute = 10);
    let stack = stack.await?;
    let second = stack.stack().app().now().as_second().rem_euclid(60);
    stack.advance_seconds(60 - second);
    let base = stack.stack().url();
    // Requests without the right secret count towards no caller's rate limit.
    for _ in 0..20 {
        let forged = [(VERIFY, NEXT), (VIEWER, "198.51.100.1:1")];
        let call = (Method::GET, "/v1/session");
        assert_eq!(send(base, call, Sent::Nothing, None, &forged).await?.status, 403);
    }
    let forms = [
        // One client with different ports, and one IPv6 network.
        ["198.51.100.1:1", "198.51.100.1:65535", "198.51.100.2:1"],
        ["[2001:db8::1]:443", "2001:db8::2:443", "[2001:db8:0:1::1]:443"],
        // Unreadable addresses all count as the gateway's own caller.
        ["198.51.100.3", "", "198.51.100.4:1"],
    ];
    for [address, same, other] in forms {
        for n in 0..10 {
            let one = if n % 2 == 0 { address } else { same };
            assert_eq!(from(&stack, one, "/v1/session").await?.status, 401, "{one}");
        }
        assert_eq!(from(&stack, address, "/v1/session").await?.status, 429, "{address}");
        assert_eq!(from(&stack, same, "/v1/session").await?.status, 429, "{same}");
        assert_eq!(from(&stack, other, "/v1/session").await?.status, 401, "{other}");
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a07_behind_the_edge_wrong_passwords_are_counted_by_the_address_that_it_saw()
-> Result<(), SetupError> {
    let secret = json!({ "current": SECRET });
    let of_an_address =
        |limits: &mut platform::base::config::Limits| limits.attempts_of_an_address = 3;
    let stack = TestStack::start_behind_an_edge(&secret, of_an_address).await?;
    let door = |name: &str| {
        let email = format!("{name}@studio.example");
        json!({ "portal": "photographer", "email": email, "password": PASSWORD })
    };
    sign_up(&stack, "seen@studio.example").await?;
    for guess in 0..3 {
        let nobody = door(&format!("nobody{guess}"));
        assert_eq!(attempt(&stack, "198.51.100.1:1", &nobody).await?, 401);
    }
    assert_eq!(attempt(&stack, "198.51.100.1:2", &door("seen")).await?, 401, "must wait");
    assert_eq!(attempt(&stack, "198.51.100.2:1", &door("seen")).await?, 200, "another client IP");
    stack.stop().await;
    Ok(())
}

/// Signs a photographer up through the edge.
async fn sign_up(stack: &TestStack, email: &str) -> Result<(), SetupError> {
    let base = stack.stack().url();
    let headers = [(VERIFY, SECRET), (VIEWER, "192.0.2.1:1"), ("origin", base)];
    let studio = json!({ "email": email });
    let call = (Method::POST, "/v1/studios");
    assert_eq!(send(base, call, Sent::Json(studio), None, &headers).await?.status, 202);
    let token = stack.stranger().mailed_token(email).await?;
    let call = (Method::POST, "/v1/email-verifications");
    let proof = Sent::Json(json!({ "token": token, "studio_name": "Seen", "password": PASSWORD }));
    assert!(send(base, call, proof, None, &headers).await?.status < 300);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn d05_a_secret_is_rotated_without_a_gap_and_the_old_one_ends() -> Result<(), SetupError> {
    let stack = TestStack::start_behind_an_edge(&json!({ "current": SECRET }), |_| ()).await?;
    let base = stack.stack().url();
    let with = async |value: &str| {
        let call = (Method::GET, "/v1/health");
        Ok::<_, ClientError>(
            send(base, call, Sent::Nothing, None, &[(VERIFY, value)]).await?.status,
        )
    };
    assert_eq!((with(SECRET).await?, with(NEXT).await?), (200, 403));
    stack.rotate_the_edges_secret(&json!({ "current": NEXT, "previous": SECRET })).await?;
    assert_eq!(with(SECRET).await?, 200, "the cached secret stays valid");
    assert_eq!(with(NEXT).await?, 403, "the secret is not read again with every request");
    stack.advance_seconds(10);
    assert_eq!(
        (with(NEXT).await?, with(SECRET).await?),
        (200, 200),
        "both are accepted during the rotation"
    );
    // An unreadable secret value leaves the cached one in use.
    stack.rotate_the_edges_secret(&json!({ "current": "short" })).await?;
    stack.advance_seconds(10);
    assert_eq!((with("wrong").await?, with(NEXT).await?), (403, 200));
    stack.rotate_the_edges_secret(&json!({ "current": OTHER, "previous": NEXT })).await?;
    assert_eq!(with(OTHER).await?, 403, "the secret was read a moment ago");
    stack.rotate_the_edges_secret(&json!({ "current": NEXT, "previous": "" })).await?;
    stack.advance_seconds(3_600);
    assert_eq!((with(SECRET).await?, with(NEXT).await?), (403, 200), "within the hour");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn d05_who_cannot_know_the_secret_answers_nobody() -> Result<(), SetupError> {
    let stack = TestStack::start_behind_an_edge(&json!({ "current": "guessable" }), |_| ()).await?;
    assert_eq!(stack.stranger().get("/v1/health").await?.status, 403);
    let answer = from(&stack, "198.51.100.1:1", "/v1/health").await?;
    assert_eq!((answer.status, answer.text("/code")), (500, "internal".to_owned()));
    stack.stop().await;
    Ok(())
}
