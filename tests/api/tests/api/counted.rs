//! Tests that every caller has their own rate limit: administrators, programs, and support during an
//! impersonation.

use local::client::Client;
use serde_json::json;
use testkit::{PASSWORD, SetupError, TestStack};

const SESSION: &str = "/v1/session";

/// Sends requests until one gets 429, and returns how many were answered.
async fn asked_until_refused(client: &Client, path: &str) -> Result<u32, SetupError> {
    for number in 0..200 {
        let answer = client.get(path).await?;
        if answer.status == 429 {
            return Ok(number);
        }
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
    Err("no request was rate limited".into())
}

#[tokio::test(flavor = "multi_thread")]
async fn d03_administrators_programs_and_support_are_counted_too() -> Result<(), SetupError> {
    let stack = TestStack::start_with(|limits| limits.requests_an_hour = 40).await?;
    let second = stack.stack().app().now().as_second().rem_euclid(3_600);
    stack.advance_seconds(3_600 - second);
    let owner = stack.photographer("owner").await?;
    let person = owner.read(SESSION).await?.text("/person/id");
    let operator = stack.operator("ann").await?.client;
    let why = json!({ "portal": "photographer", "reason": "support_case" });
    let path = format!("/v1/admin/people/{person}/impersonation");
    operator.create(&path, &why, "act").await?;
    let cookies = operator.cookie().unwrap_or_default();
    let cookie = cookies.split("; ").find_map(|it| it.strip_prefix("__Host-pd_acting="));
    let acting = stack.stranger();
    acting.set_cookie("__Host-pd_acting", cookie.ok_or("a cookie")?);
    assert_eq!(asked_until_refused(&acting, SESSION).await?, 40);
    // Neither the account's owner nor the operator has used up a request by it.
    assert_eq!(owner.get(SESSION).await?.status, 200);
    let before = asked_until_refused(&operator, "/v1/admin/session").await?;
    assert!((30..40).contains(&before), "{before}");

    let other = stack.photographer("other").await?;
    let key = json!({ "name": "Uploader", "scopes": ["read"] });
    let key = other.create("/v1/api-keys", &key, "key").await?.text("/key");
    let exchange = json!({ "grant_type": "api_key", "api_key": key });
    let tokens = stack.stranger().post("/v1/tokens", &exchange).await?;
    let program = Client::program(stack.stack().url(), &tokens.text("/access_token"));
    let answered = asked_until_refused(&program, "/v1/schools").await?;
    assert!((30..40).contains(&answered), "{answered}");
    assert_eq!(other.get(SESSION).await?.status, 429, "a program counts with its person");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a06_the_fifteen_minutes_begin_with_the_last_attempt() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    stack.photographer("slow").await?;
    let attempt = async |password: &str| -> Result<u16, SetupError> {
        let door = json!({ "portal": "photographer", "email": "slow@studio.example", "password": password });
        Ok(stack.stranger().post("/v1/sign-in/password", &door).await?.status)
    };
    for wait in [0, 0, 0, 0, 10 * 60] {
        stack.advance_seconds(wait);
        assert_eq!(attempt("Wrong-Password-1").await?, 401);
    }
    stack.advance_seconds(10 * 60);
    assert_eq!(attempt(PASSWORD).await?, 401, "twenty minutes after the first, ten after the last");
    stack.advance_seconds(5 * 60 + 10);
    assert_eq!(attempt(PASSWORD).await?, 200);
    stack.stop().await;
    Ok(())
}
