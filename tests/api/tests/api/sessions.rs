//! Tests sessions over HTTP: rotated, limited in number, listed, ended, stolen.

use local::client::Client;
use reqwest::Method;
use serde_json::json;
use testkit::{PASSWORD, SetupError, TestStack};

const COOKIE: &str = "__Host-pd_photographer";

/// Signs a person in at a second browser.
async fn signed_in(stack: &TestStack, name: &str) -> Result<Client, SetupError> {
    let mut client = stack.stranger();
    let email = format!("{name}@studio.example");
    let door = json!({ "portal": "photographer", "email": email, "password": PASSWORD });
    client.sign_in("/v1/sign-in/password", &door).await?;
    Ok(client)
}

/// Returns the session's cookie from the jar.
fn session_cookie(client: &Client) -> String {
    let all = client.cookie().unwrap_or_default();
    let mut pairs = all.split("; ");
    pairs.find(|pair| pair.starts_with(COOKIE)).unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn b10_a_planted_session_is_never_adopted() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let victim = stack.photographer("planted").await?;
    let attacker = stack.photographer("attacker").await?;
    // The attacker's own session is placed in the victim's browser before the victim signs in.
    let planted = session_cookie(&attacker);
    let (name, value) = planted.split_once('=').unwrap_or_default();
    let mut browser = stack.stranger();
    browser.set_cookie(name, value);
    let door = json!({ "portal": "photographer", "email": "planted@studio.example", "password": PASSWORD });
    browser.sign_in("/v1/sign-in/password", &door).await?;
    assert_ne!(session_cookie(&browser), planted);
    let who = browser.read("/v1/session").await?;
    assert_eq!(who.text("/person/email"), "planted@studio.example");
    assert_eq!(who.body["consent_needed"], false, "only parents need a consent");
    // An invented cookie works neither now nor later.
    let invented = stack.stranger();
    let id = victim.read("/v1/session").await?.text("/person/id");
    let session = format!("ses_{}", "a".repeat(26));
    let secret = "A".repeat(43);
    invented.set_cookie(COOKIE, &format!("v1.{id}.{session}.0.{secret}"));
    assert_eq!(invented.get("/v1/session").await?.status, 401);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn b11_fifty_parallel_requests_over_a_renewal_lose_no_session() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let browser = stack.photographer("renewed").await?;
    browser.read("/v1/session").await?;
    let before = session_cookie(&browser);
    // Shortly before the boundary nothing is rotated.
    stack.advance_seconds(29 * 60);
    browser.read("/v1/session").await?;
    assert_eq!(session_cookie(&browser), before);
    stack.advance_seconds(61);
    let tabs: Vec<_> = (0..50).map(|_| browser.copied()).collect();
    let answers = futures_util::future::try_join_all(tabs.iter().map(|tab| tab.get("/v1/session")));
    for answer in answers.await? {
        assert_eq!(answer.status, 200);
    }
    let mut after: Vec<_> = tabs.iter().map(session_cookie).collect();
    after.sort_unstable();
    after.dedup();
    after.retain(|cookie| *cookie != before);
    assert_eq!(after.len(), 1, "one rotation, and every tab got the same cookie");
    let newest = tabs.iter().find(|tab| session_cookie(tab) != before).ok_or("no renewal")?;
    assert_eq!(newest.get("/v1/session").await?.status, 200);
    // A request that was already sent with the old cookie is still answered.
    let late = browser.copied();
    assert_eq!(late.get("/v1/session").await?.status, 200);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn b11_a_lost_answer_is_given_again() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let browser = stack.photographer("lost").await?;
    browser.read("/v1/session").await?;
    let usual = browser.read("/v1/session").await?;
    assert!(!usual.headers.contains_key("set-cookie"), "a cookie is set only at a rotation");
    let before = session_cookie(&browser);
    let lost = browser.copied();
    stack.advance_seconds(1_795);
    browser.read("/v1/session").await?;
    stack.advance_seconds(10);
    lost.read("/v1/session").await?;
    assert_ne!(session_cookie(&lost), before);
    // The answer with the new cookie never arrived; minutes later the browser sends the old one.
    stack.advance_seconds(600);
    browser.read("/v1/session").await?;
    assert_eq!(session_cookie(&browser), session_cookie(&lost));
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn b11_a_copied_cookie_ends_the_session_and_its_owner_is_told() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("stolen").await?;
    owner.read("/v1/session").await?;
    let thief = owner.copied();
    stack.advance_seconds(29 * 60);
    owner.read("/v1/session").await?;
    stack.advance_seconds(120);
    owner.read("/v1/session").await?;
    owner.read("/v1/session").await?;
    stack.advance_seconds(120);
    assert_eq!(thief.get("/v1/session").await?.status, 401);
    assert_eq!(owner.get("/v1/session").await?.status, 401, "the session ended for both");
    signed_in(&stack, "stolen").await?;
    let mails = stack.mails_to("stolen@studio.example", "We ended one of your sessions").await?;
    assert_eq!(mails, 1);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn b12_a_session_ends_by_idleness_and_by_age() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("idle").await?;
    client.read("/v1/session").await?;
    stack.advance_seconds(30 * 60 - 5);
    assert_eq!(client.get("/v1/session").await?.status, 200);
    stack.advance_seconds(30 * 60 + 1);
    // The row is still in the table: an expired session is refused before it is deleted.
    assert_eq!(client.get("/v1/session").await?.status, 401);

    let busy = signed_in(&stack, "idle").await?;
    for _ in 0..11 * 6 {
        stack.advance_seconds(10 * 60);
        busy.read("/v1/session").await?;
    }
    stack.advance_seconds(29 * 60);
    busy.read("/v1/session").await?;
    stack.advance_seconds(29 * 60);
    busy.read("/v1/session").await?;
    stack.advance_seconds(3 * 60);
    assert_eq!(busy.get("/v1/session").await?.status, 401, "the twelve hours have passed");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn b13_of_twenty_parallel_sign_ins_exactly_five_stay() -> Result<(), SetupError> {
    // More than the lock allows: right passwords wait for each other, and none is refused.
    let stack = TestStack::start().await?;
    let first = stack.photographer("many").await?;
    let all =
        futures_util::future::try_join_all((0..20).map(|_| signed_in(&stack, "many"))).await?;
    let mut live = 0;
    for client in all.iter().chain([&first]) {
        live += u32::from(client.get("/v1/session").await?.status == 200);
    }
    assert_eq!(live, 5);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn b13_a_person_sees_their_sessions_and_ends_them() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let here = stack.photographer("account").await?;
    let there = signed_in(&stack, "account").await?;
    let other = stack.photographer("neighbour").await?;
    let sessions = here.read("/v1/sessions").await?;
    assert_eq!(sessions.items().len(), 2);
    let mine: Vec<_> = sessions.items().iter().filter(|one| one["is_this"] == true).collect();
    assert_eq!(mine.len(), 1);
    let theirs =
        sessions.items().iter().find(|one| one["is_this"] == false).ok_or("one session")?;
    let path = format!("/v1/sessions/{}", testkit::text(theirs, "id"));
    assert_eq!(other.call(Method::DELETE, &path, None, &[]).await?.status, 404);
    assert_eq!(there.get("/v1/session").await?.status, 200);
    assert_eq!(here.call(Method::DELETE, &path, None, &[]).await?.status, 204);
    assert_eq!(there.get("/v1/session").await?.status, 401, "refused at the next request");
    assert_eq!(here.call(Method::DELETE, &path, None, &[]).await?.status, 404);

    let there = signed_in(&stack, "account").await?;
    assert_eq!(here.call(Method::DELETE, "/v1/sessions", None, &[]).await?.status, 204);
    assert_eq!(there.get("/v1/session").await?.status, 401);
    assert_eq!(here.get("/v1/session").await?.status, 200);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn b12_both_lifetimes_are_settings_and_every_door_keeps_them() -> Result<(), SetupError> {
    let stack = TestStack::start_with(|limits| {
        limits.idle_seconds = Some(400);
        limits.session_seconds = Some(1_000);
    })
    .await?;
    let client = stack.photographer("short").await?;
    let account = stack.operator("ann").await?;
    let both = [(&client, "/v1/session"), (&account.client, "/v1/admin/session")];
    for _ in 0..2 {
        stack.advance_seconds(380);
        for (client, path) in both {
            assert_eq!(client.get(path).await?.status, 200, "{path}: busy");
        }
    }
    stack.advance_seconds(241);
    for (client, path) in both {
        assert_eq!(client.get(path).await?.status, 401, "{path}: expired in any case");
    }
    let client = signed_in(&stack, "short").await?;
    stack.advance_seconds(401);
    assert_eq!(client.get("/v1/session").await?.status, 401, "idle");
    stack.stop().await;
    Ok(())
}

/// A session cookie is valid in exactly one spelling; similar texts are refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_opens_a_session_in_the_one_form_it_was_written_in() -> Result<(), SetupError> {
    const NAME: &str = "__Host-pd_photographer";
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let cookies = owner.cookie().unwrap_or_default();
    let mut pairs = cookies.split("; ").filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == NAME).ok_or("a cookie")?;
    for other in [".00.", ".+0.", ".0000000000."] {
        let forged = stack.stranger();
        forged.set_cookie(NAME, &value.replacen(".0.", other, 1));
        assert_eq!(forged.get("/v1/session").await?.status, 401, "{other}");
    }
    assert_eq!(owner.get("/v1/session").await?.status, 200);
    stack.stop().await;
    Ok(())
}
