//! How often things may be done: requests, and attempts at a door.

use local::client::Client;
use serde_json::{Value, json};
use testkit::{PASSWORD, SetupError, TestStack};

fn door(name: &str, password: &str) -> Value {
    let email = format!("{name}@studio.example");
    json!({ "portal": "photographer", "email": email, "password": password })
}

async fn attempt(client: &Client, name: &str, password: &str) -> Result<u16, SetupError> {
    Ok(client.post("/v1/sign-in/password", &door(name, password)).await?.status)
}

#[tokio::test(flavor = "multi_thread")]
async fn a06_five_wrong_passwords_lock_the_door_for_fifteen_minutes() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    stack.photographer("locked").await?;
    let stranger = stack.stranger();
    for _ in 0..5 {
        assert_eq!(attempt(&stranger, "locked", "Wrong-Password-1").await?, 401);
    }
    assert_eq!(attempt(&stranger, "locked", PASSWORD).await?, 401, "the right one, too late");
    stack.advance_seconds(14 * 60 + 50);
    assert_eq!(attempt(&stranger, "locked", PASSWORD).await?, 401);
    stack.advance_seconds(20);
    assert_eq!(attempt(&stranger, "locked", PASSWORD).await?, 200);
    let mails = stack.mails_to("locked@studio.example", "Too many wrong passwords").await?;
    assert_eq!(mails, 1, "one mail for one lock");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a06_a_right_password_begins_the_count_anew() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    stack.photographer("clumsy").await?;
    let stranger = stack.stranger();
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(attempt(&stranger, "clumsy", "Wrong-Password-1").await?, 401);
        }
        assert_eq!(attempt(&stranger, "clumsy", PASSWORD).await?, 200);
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a06_a_stranger_cannot_lock_out_whoever_was_here_before() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let stranger = stack.stranger();
    for _ in 0..6 {
        attempt(&stranger, "owner", "Wrong-Password-1").await?;
    }
    assert_eq!(attempt(&stack.stranger(), "owner", PASSWORD).await?, 401, "locked for strangers");
    assert_eq!(
        attempt(&owner.copied(), "owner", PASSWORD).await?,
        200,
        "not for their own browser"
    );
    // Somebody else's device is a stranger's.
    let neighbour = stack.photographer("neighbour").await?;
    assert_eq!(attempt(&neighbour.copied(), "owner", PASSWORD).await?, 401);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a07_attempts_are_counted_by_address_and_no_header_changes_it() -> Result<(), SetupError> {
    let stack = TestStack::start_with(|limits| limits.attempts_of_an_address = 8).await?;
    stack.photographer("address").await?;
    let stranger = stack.stranger();
    for guess in 0..8 {
        // Every guess at another account: no account is locked.
        attempt(&stranger, &format!("nobody{guess}"), "Wrong-Password-1").await?;
    }
    let claims =
        [("x-forwarded-for", "198.51.100.9"), ("cloudfront-viewer-address", "198.51.100.9:1")];
    let body = door("address", PASSWORD);
    let answer =
        stranger.call(reqwest::Method::POST, "/v1/sign-in/password", Some(&body), &claims).await?;
    assert_eq!(answer.status, 401);
    stack.advance_seconds(15 * 60 + 1);
    assert_eq!(attempt(&stranger, "address", PASSWORD).await?, 200);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn d02_a_hundred_requests_a_minute_of_one_address() -> Result<(), SetupError> {
    let stack = TestStack::start_with(|limits| limits.requests_a_minute = 100).await?;
    // From the beginning of a minute on.
    let second = stack.stack().app().now().as_second().rem_euclid(60);
    stack.advance_seconds(60 - second);
    let stranger = stack.stranger();
    for _ in 0..100 {
        assert_eq!(stranger.get("/v1/session").await?.status, 401);
    }
    let refused = stranger.get("/v1/session").await?;
    assert_eq!((refused.status, refused.text("/code")), (429, "too_many_attempts".to_owned()));
    let wait: i64 = refused.headers["retry-after"].to_str()?.parse()?;
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(stranger.get("/photographer").await?.status, 200, "pages are not counted");
    stack.advance_seconds(wait);
    assert_eq!(stranger.get("/v1/session").await?.status, 401);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn d03_a_thousand_requests_an_hour_of_one_person() -> Result<(), SetupError> {
    let stack = TestStack::start_with(|limits| limits.requests_an_hour = 1_000).await?;
    let second = stack.stack().app().now().as_second().rem_euclid(3_600);
    stack.advance_seconds(3_600 - second);
    let client = stack.photographer("busy").await?;
    let other = stack.photographer("calm").await?;
    for _ in 0..50 {
        let together = (0..20).map(|_| client.get("/v1/districts"));
        for answer in futures_util::future::try_join_all(together).await? {
            assert_eq!(answer.status, 200);
        }
    }
    let refused = client.get("/v1/districts").await?;
    assert_eq!(refused.status, 429);
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(other.get("/v1/districts").await?.status, 200, "others are not counted with them");
    stack.stop().await;
    Ok(())
}
