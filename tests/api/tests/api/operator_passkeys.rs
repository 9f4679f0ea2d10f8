//! Tests site administrators' passkeys with a software authenticator.
//!
//! They are added with a fresh code, sign in without a rate limit of strangers' attempts, and can be removed.
//! No passkey of the portals works here.

use local::client::{Answer, Client};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{PASSWORD, SetupError, TestStack};

use crate::authenticator::Device;
use crate::operators::DOOR as PASSWORD_DOOR;
use crate::passkeys;
use crate::schools::refused;
use crate::second_factors::{totp, with_app};

const PASSKEYS: &str = "/v1/admin/passkeys";
const DOOR: &str = "/v1/admin/sign-in/passkey";
const SESSION: &str = "/v1/admin/session";

/// The answer to every passkey that is not accepted.
fn refusal() -> (u16, String) {
    (401, "sign_in_refused".to_owned())
}

async fn add(client: &Client, device: &mut Device) -> Result<Answer, SetupError> {
    let begun = client.create(PASSKEYS, &json!({}), "options").await?.body;
    let made = device.make(&begun["options"])?;
    let body = json!({ "ceremony": begun["ceremony"], "name": "Laptop", "credential": made });
    Ok(client.post(&format!("{PASSKEYS}/confirmation"), &body).await?)
}

/// Returns a signed sign-in request body, as the page sends it.
async fn signed(stack: &TestStack, device: &mut Device, which: usize) -> Result<Value, SetupError> {
    let begun = stack.stranger().create(&format!("{DOOR}/options"), &json!({}), "options").await?;
    let credential = device.sign(&begun.body["options"], which)?;
    Ok(json!({ "ceremony": begun.body["ceremony"], "credential": credential }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_lets_a_site_administrator_in_whatever_strangers_do() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let account = stack.operator("ann").await?;
    let mut device = Device::at(stack.stack().url());
    assert_eq!(add(&account.client, &mut device).await?.status, 204);
    let listed = account.client.read(PASSKEYS).await?;
    assert_eq!(listed.items().len(), 1);
    assert_eq!(
        (&listed.items()[0]["name"], &listed.items()[0]["last_used_at"]),
        (&json!("Laptop"), &Value::Null)
    );

    // Password sign-in is locked for unknown browsers.
    let wrong = json!({ "email": account.email, "password": "Wrong-Password-1", "second_factor": totp("000000") });
    for _ in 0..6 {
        assert_eq!(stack.stranger().post(PASSWORD_DOOR, &wrong).await?.status, 401);
    }
    let body = signed(&stack, &mut device, 0).await?;
    let mut browser = stack.stranger();
    browser.sign_in(DOOR, &body).await?;
    assert_eq!(browser.read(SESSION).await?.text("/email"), account.email);
    assert_eq!(account.client.get(SESSION).await?.status, 401, "the previous session has ended");
    assert!(browser.read(PASSKEYS).await?.items()[0]["last_used_at"].is_string());
    // A passkey counts as two factors: sensitive operations are open for ten minutes.
    let invitation = json!({ "email": "ben@operators.example" });
    browser.create("/v1/admin/invitations", &invitation, "invite").await?;
    // From now on this browser is a known device for password sign-in.
    stack.advance_seconds(30);
    let second = totp(&stack.app_shows(&account.secret));
    let both = json!({ "email": account.email, "password": PASSWORD, "second_factor": second });
    assert_eq!(browser.copied().post(PASSWORD_DOOR, &both).await?.status, 200);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_passkey_of_a_site_administrators_opens_nothing() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let account = stack.operator("ann").await?;
    let home = stack.stack().url().to_owned();
    let mut device = Device::at(&home);
    add(&account.client, &mut device).await?;
    let bring = async |body: &Value| -> Result<(u16, String), SetupError> {
        let answer = stack.stranger().post(DOOR, body).await?;
        assert!(!answer.headers.contains_key("set-cookie"), "{}", answer.body);
        Ok(refused(&answer))
    };
    // Another site's page, a device without user verification, a decreased counter, and a replayed signature.
    device.origin = "https://evil.example".to_owned();
    let body = signed(&stack, &mut device, 0).await?;
    assert_eq!(bring(&body).await?, refusal());
    device.origin.clone_from(&home);
    device.verifies = false;
    let body = signed(&stack, &mut device, 0).await?;
    assert_eq!(bring(&body).await?, refusal());
    device.verifies = true;
    let body = signed(&stack, &mut device, 0).await?;
    assert_eq!(stack.stranger().post(DOOR, &body).await?.status, 200);
    assert_eq!(bring(&body).await?, refusal());
    device.counter = 0;
    let body = signed(&stack, &mut device, 0).await?;
    assert_eq!(bring(&body).await?, refusal());
    device.counter = 20;

    // A person's passkey here, and this one at the portals; each with its own portal's challenge and with the
    // other's.
    let mut ben = with_app(&stack, "ben").await?.client;
    let mut theirs = Device::at(&home);
    passkeys::add(&mut ben, &mut theirs).await?;
    let body = signed(&stack, &mut theirs, 0).await?;
    assert_eq!(bring(&body).await?, refusal());
    let (_, answer) = passkeys::sign_in(&stack, &mut device, 0, "photographer").await?;
    assert_eq!(refused(&answer), (422, "wrong_passkey".to_owned()));
    let begun =
        stack.stranger().create("/v1/sign-in/passkey/options", &json!({}), "options").await?;
    let credential = device.sign(&begun.body["options"], 0)?;
    let body = json!({ "ceremony": begun.body["ceremony"], "credential": credential });
    assert_eq!(bring(&body).await?, refusal());
    let mut body = signed(&stack, &mut theirs, 0).await?;
    body["portal"] = json!("photographer");
    let answer = stack.stranger().post("/v1/sign-in/passkey", &body).await?;
    assert_eq!(refused(&answer), (422, "wrong_passkey".to_owned()));

    // Credentials from before a second invitation to the same e-mail address.
    stack.operator("ann").await?;
    let body = signed(&stack, &mut device, 0).await?;
    assert_eq!(bring(&body).await?, refusal());
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn five_passkeys_at_the_most_each_device_once_with_a_fresh_code() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let mut account = stack.operator("ann").await?;
    let mut device = Device::at(stack.stack().url());
    for _ in 0..5 {
        assert_eq!(add(&account.client, &mut device).await?.status, 204);
        stack.advance_seconds(1);
    }
    let answer = add(&account.client, &mut device).await?;
    assert_eq!(refused(&answer), (409, "too_many_passkeys".to_owned()));
    let listed = account.client.read(PASSKEYS).await?;
    let first = format!("{PASSKEYS}/{}", testkit::text(&listed.items()[0], "id"));
    let remove = async |client: &Client, path: &str| -> Result<u16, SetupError> {
        Ok(client.call(Method::DELETE, path, None, &[]).await?.status)
    };
    stack.advance_seconds(601);
    assert_eq!(remove(&account.client, &first).await?, 403);
    let answer = account.client.post(PASSKEYS, &json!({})).await?;
    assert_eq!(refused(&answer), (403, "second_factor_needed".to_owned()));
    let code = totp(&stack.app_shows(&account.secret));
    account.client.sign_in("/v1/admin/session/step-up", &code).await?;
    assert_eq!(remove(&account.client, &first).await?, 204);
    assert_eq!(remove(&account.client, &first).await?, 404);
    let nobodys = format!("{PASSKEYS}/psk_{}", "a".repeat(26));
    assert_eq!(remove(&account.client, &nobodys).await?, 404);
    assert_eq!(account.client.read(PASSKEYS).await?.items().len(), 4);
    // A removed passkey is refused; the others still work.
    let body = signed(&stack, &mut device, 0).await?;
    assert_eq!(refused(&stack.stranger().post(DOOR, &body).await?), refusal());
    let body = signed(&stack, &mut device, 1).await?;
    assert_eq!(stack.stranger().post(DOOR, &body).await?.status, 200);
    // The stored rows are encrypted.
    let app = stack.stack().app();
    let table = app.config().operators_table.clone().unwrap_or_default();
    for row in platform::inspect::scan(app, &table).await? {
        assert!(!row.contains("Laptop") && !row.contains(&device.id(1)), "{row}");
    }
    stack.stop().await;
    Ok(())
}
