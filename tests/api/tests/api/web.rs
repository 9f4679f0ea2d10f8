//! Tests the web surface: cookies, CSRF, headers, malformed requests.

use reqwest::Method;
use serde_json::json;
use testkit::{PASSWORD, SetupError, TestStack};

#[tokio::test(flavor = "multi_thread")]
async fn d01_a_write_needs_our_origin_and_the_sessions_token() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let photographer = stack.photographer("meadow").await?;
    let other = stack.photographer("other").await?;
    let http = reqwest::Client::new();
    let body = json!({ "name": "D" });
    let cookie = photographer.cookie().unwrap_or_default();
    let base = photographer.base();
    let own = photographer.read("/v1/session").await?.text("/csrf_token");
    let foreign = other.read("/v1/session").await?.text("/csrf_token");
    for (origin, site, token, status) in [
        (Some(base), None, own.as_str(), 201),
        (Some(base), Some("same-origin"), own.as_str(), 201),
        (None, None, own.as_str(), 403),
        (Some("https://evil.example"), None, own.as_str(), 403),
        (Some("null"), None, own.as_str(), 403),
        (Some(base), Some("cross-site"), own.as_str(), 403),
        (Some(base), None, "", 403),
        (Some(base), None, foreign.as_str(), 403),
    ] {
        let mut request =
            http.post(format!("{base}/v1/districts")).json(&body).header("cookie", &cookie);
        request = request.header("x-csrf-token", token);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        assert_eq!(request.send().await?.status().as_u16(), status, "{origin:?} {site:?}");
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_at_once_by_idleness_and_by_signing_out() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let photographer = stack.photographer("meadow").await?;
    stack.advance_seconds(30 * 60 - 5);
    assert_eq!(photographer.get("/v1/session").await?.status, 200);
    stack.advance_seconds(30 * 60 - 5);
    assert_eq!(photographer.get("/v1/session").await?.status, 200, "used meanwhile");
    stack.advance_seconds(30 * 60 + 1);
    assert_eq!(photographer.get("/v1/session").await?.status, 401, "idle");
    let mut again = stack.stranger();
    let door =
        json!({ "portal": "photographer", "email": "meadow@studio.example", "password": PASSWORD });
    again.sign_in("/v1/sign-in/password", &door).await?;
    assert_eq!(again.call(Method::DELETE, "/v1/session", None, &[]).await?.status, 204);
    assert_eq!(again.get("/v1/session").await?.status, 401, "signed out");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_400_and_what_breaks_a_rule_is_422() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let photographer = stack.photographer("meadow").await?;
    for (body, status) in [
        (json!({ "name": "D", "more": 1 }), 400),
        (json!({ "name": 7 }), 400),
        (json!([]), 400),
        (json!({ "name": "  " }), 422),
        (json!({ "name": "<b></b>" }), 422),
        (json!({ "name": "x".repeat(121) }), 422),
    ] {
        let answer = photographer.post("/v1/districts", &body).await?;
        assert_eq!(answer.status, status, "{body} {}", answer.body);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert!(!answer.text("/detail").is_empty() && !answer.text("/request_id").is_empty());
    }
    // Base64 of an empty text, of `PERSON#x` and of an invalid sort key: none is a position in this list.
    for cursor in ["", "UEVSU09OI3g", "AAAA", "?"] {
        let path = format!("/v1/districts?cursor={cursor}");
        let answer = photographer.call(Method::GET, &path, None, &[]).await?;
        assert_eq!((answer.status, answer.text("/code").as_str()), (422, "bad_cursor"), "{cursor}");
    }
    let huge = vec![b'x'; 5 * 1024 * 1024];
    let answer = photographer.post_file("/v1/districts", "application/json", huge, "k").await?;
    assert_eq!(answer.status, 413);
    let answer = photographer.post_file("/v1/districts", "text/plain", b"x".to_vec(), "k").await?;
    assert_eq!(answer.status, 415);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_creation_makes_one_thing() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let photographer = stack.photographer("meadow").await?;
    let first = photographer.create("/v1/districts", &json!({ "name": "D" }), "k1").await?;
    let again = photographer.create("/v1/districts", &json!({ "name": "D" }), "k1").await?;
    assert_eq!(first.text("/id"), again.text("/id"));
    let headers = [("idempotency-key", "k1")];
    let body = json!({ "name": "another" });
    let reused = photographer.call(Method::POST, "/v1/districts", Some(&body), &headers).await?;
    assert_eq!((reused.status, reused.text("/code").as_str()), (409, "idempotency_key_reused"));
    assert_eq!(photographer.read("/v1/districts").await?.items().len(), 1);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_learns_nothing_from_sign_up_and_sign_in() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    stack.photographer("known").await?;
    let stranger = stack.stranger();
    let mut answers = Vec::new();
    for email in ["known@studio.example", "unknown@studio.example"] {
        let studio = json!({ "email": email });
        let sign_up = stranger.post("/v1/studios", &studio).await?;
        let door =
            json!({ "portal": "photographer", "email": email, "password": "Wrong-Password-1" });
        let mut sign_in = stranger.post("/v1/sign-in/password", &door).await?;
        sign_in.body["request_id"] = json!(null);
        answers.push((sign_up.status, sign_up.body, sign_in.status, sign_in.body));
    }
    assert_eq!(answers[0], answers[1]);
    // The mailbox alone shows the difference.
    assert_eq!(stack.mails_to("known@studio.example", "You already have an account").await?, 1);
    let (email, subject) = ("unknown@studio.example", "Confirm your e-mail address");
    let studio = json!({ "email": email });
    assert_eq!(stranger.post("/v1/studios", &studio).await?.status, 202);
    stack.mail(email, subject, 2).await?;
    assert_eq!(
        stack.mails_to("known@studio.example", subject).await?,
        1,
        "the account is already confirmed"
    );
    stack.stop().await;
    Ok(())
}
