//! Tests passkeys over HTTP with a software authenticator: add, use in three places, remove, and reject
//! invalid ones.

use local::client::{Answer, Client};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{SetupError, TestStack};

use crate::authenticator::Device;
use crate::schools::refused;
use crate::second_factors::{FACTORS, STAGE, codes, first_stage, with_app};

const DOOR: &str = "/v1/sign-in/passkey";
const STEP_UP: &str = "/v1/session/step-up";

fn wrong() -> (u16, String) {
    (422, "wrong_passkey".to_owned())
}

/// Begins adding a passkey.
async fn begin(client: &Client) -> Result<Value, SetupError> {
    Ok(client.create(&format!("{FACTORS}/passkeys"), &json!({}), "begin").await?.body)
}

/// Sends the credential that the device created.
async fn finish(client: &Client, begun: &Value, made: &Value) -> Result<Answer, SetupError> {
    let body = json!({ "ceremony": begun["ceremony"], "name": "Laptop", "credential": made });
    Ok(client.post(&format!("{FACTORS}/passkeys/confirmation"), &body).await?)
}

/// Adds a passkey; the session continues under another id.
pub(crate) async fn add(client: &mut Client, device: &mut Device) -> Result<Answer, SetupError> {
    let begun = begin(client).await?;
    let made = device.make(&begun["options"])?;
    let answer = finish(client, &begun, &made).await?;
    assert_eq!(answer.status, 201, "{}", answer.body);
    client.reload().await?;
    Ok(answer)
}

/// Signs in with a passkey only.
pub(crate) async fn sign_in(
    stack: &TestStack,
    device: &mut Device,
    which: usize,
    portal: &str,
) -> Result<(Client, Answer), SetupError> {
    let browser = stack.stranger();
    let begun = browser.post(&format!("{DOOR}/options"), &json!({})).await?.body;
    let signed = device.sign(&begun["options"], which)?;
    let body = json!({ "portal": portal, "ceremony": begun["ceremony"], "credential": signed });
    let answer = browser.post(DOOR, &body).await?;
    Ok((browser, answer))
}

/// Uses a passkey for a known person: as the second step of a sign-in, or as a step-up in a session.
async fn show(
    client: &Client,
    (options, door): (&str, &str),
    device: &mut Device,
    which: usize,
) -> Result<Answer, SetupError> {
    let begun = client.create(options, &json!({}), "options").await?.body;
    let signed = device.sign(&begun["options"], which)?;
    let body = json!({ "method": "passkey", "ceremony": begun["ceremony"], "credential": signed });
    Ok(client.post(door, &body).await?)
}

const SECOND_STAGE: (&str, &str) = ("/v1/sign-in/second-factor/passkey-options", STAGE);
const IN_SESSION: (&str, &str) = ("/v1/session/step-up/passkey-options", STEP_UP);

async fn passkeys(client: &Client) -> Result<Vec<Value>, SetupError> {
    let factors = client.read(FACTORS).await?;
    Ok(factors.body["passkeys"].as_array().cloned().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a13_a_passkey_opens_alone_after_a_password_and_in_a_session_each_time_counted()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let mut ann = stack.photographer("ann").await?;
    let mut device = Device::at(stack.stack().url());
    assert_eq!(codes(&add(&mut ann, &mut device).await?).len(), 10);
    assert_eq!(passkeys(&ann).await?[0]["last_used_at"], Value::Null);
    assert_eq!(ann.read("/v1/session").await?.text("/assurance"), "aal2");

    stack.advance_seconds(60);
    let (browser, answer) = sign_in(&stack, &mut device, 0, "photographer").await?;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(browser.read("/v1/session").await?.text("/assurance"), "aal2");
    let at_the_door = passkeys(&ann).await?[0]["last_used_at"].clone();
    assert!(at_the_door.is_string(), "it was used");
    // At a portal where the person has no role, it is refused like an invalid passkey.
    let (_, answer) = sign_in(&stack, &mut device, 0, "school").await?;
    assert_eq!(refused(&answer), wrong());

    stack.advance_seconds(60);
    let (browser, answer) = first_stage(&stack, "ann").await?;
    assert_eq!(answer.body["methods"], json!(["passkey", "recovery_code"]));
    let answer = show(&browser, SECOND_STAGE, &mut device, 0).await?;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_ne!(passkeys(&ann).await?[0]["last_used_at"], at_the_door, "it was used again");
    let answer = show(&ann, IN_SESSION, &mut device, 0).await?;
    assert_eq!(answer.status, 200, "{}", answer.body);
    ann.reload().await?;

    // A cloned device has its own counter: a counter value already seen is refused.
    device.counter = 2;
    let (_, answer) = sign_in(&stack, &mut device, 0, "photographer").await?;
    assert_eq!(refused(&answer), wrong());
    let (browser, _) = first_stage(&stack, "ann").await?;
    device.counter = 2;
    assert_eq!(refused(&show(&browser, SECOND_STAGE, &mut device, 0).await?), wrong());
    device.counter = 10;
    let (_, answer) = sign_in(&stack, &mut device, 0, "photographer").await?;
    assert_eq!(answer.status, 200, "{}", answer.body);
    device.counter = 9;
    let (_, answer) = sign_in(&stack, &mut device, 0, "photographer").await?;
    assert_eq!(refused(&answer), wrong(), "sign-in stores the counter too");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a13_what_is_signed_elsewhere_unasked_twice_or_too_late_opens_nothing()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let mut ann = stack.photographer("ann").await?;
    let home = stack.stack().url().to_owned();
    let mut device = Device::at(&home);
    add(&mut ann, &mut device).await?;
    let browser = stack.stranger();
    let begun = async || -> Result<Value, SetupError> {
        Ok(browser.create(&format!("{DOOR}/options"), &json!({}), "options").await?.body)
    };
    let bring = async |ceremony: &Value, signed: &Value| -> Result<Answer, SetupError> {
        let body = json!({ "portal": "photographer", "ceremony": ceremony, "credential": signed });
        Ok(stack.stranger().post(DOOR, &body).await?)
    };
    // Another site's page, a device without user verification, and a challenge of another ceremony.
    let one = begun().await?;
    device.origin = "https://evil.example".to_owned();
    let signed = device.sign(&one["options"], 0)?;
    assert_eq!(refused(&bring(&one["ceremony"], &signed).await?), wrong());
    device.origin.clone_from(&home);
    device.verifies = false;
    let one = begun().await?;
    let signed = device.sign(&one["options"], 0)?;
    assert_eq!(refused(&bring(&one["ceremony"], &signed).await?), wrong());
    device.verifies = true;
    let (one, other) = (begun().await?, begun().await?);
    let signed = device.sign(&one["options"], 0)?;
    assert_eq!(refused(&bring(&other["ceremony"], &signed).await?), wrong());

    // Another key under the same credential id.
    let mut forger = Device::at(&home);
    forger.make(&json!({ "rp": { "id": "localhost" }, "user": { "id": "AAAA" } }))?;
    let one = begun().await?;
    let mut signed = device.sign(&one["options"], 0)?;
    forger.counter = device.counter - 1;
    let other_keys = forger.sign(&one["options"], 0)?;
    signed["response"]["signature"] = other_keys["response"]["signature"].clone();
    assert_eq!(refused(&bring(&one["ceremony"], &signed).await?), wrong());

    // A challenge works once, within five minutes.
    let one = begun().await?;
    let signed = device.sign(&one["options"], 0)?;
    assert_eq!(bring(&one["ceremony"], &signed).await?.status, 200);
    device.counter += 5;
    let again = device.sign(&one["options"], 0)?;
    assert_eq!(refused(&bring(&one["ceremony"], &again).await?), wrong());
    let one = begun().await?;
    stack.advance_seconds(301);
    let signed = device.sign(&one["options"], 0)?;
    assert_eq!(refused(&bring(&one["ceremony"], &signed).await?), wrong());

    // A challenge begun for one purpose works for no other.
    let at_the_door = begun().await?;
    let signed = device.sign(&at_the_door["options"], 0)?;
    let body =
        json!({ "method": "passkey", "ceremony": at_the_door["ceremony"], "credential": signed });
    assert_eq!(refused(&ann.post(STEP_UP, &body).await?), wrong());
    let mut ben = stack.photographer("ben").await?;
    let mut bens = Device::at(&home);
    add(&mut ben, &mut bens).await?;
    let begun = ben.create(IN_SESSION.0, &json!({}), "options").await?.body;
    let signed = bens.sign(&begun["options"], 0)?;
    let body = json!({ "method": "passkey", "ceremony": begun["ceremony"], "credential": signed });
    assert_eq!(refused(&ann.post(STEP_UP, &body).await?), wrong(), "another person's");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a13_ten_passkeys_at_the_most_each_device_once_and_added_by_who_was_sure_lately()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let mut ann = stack.photographer("ann").await?;
    let mut device = Device::at(stack.stack().url());
    let beside = begin(&ann).await?;
    add(&mut ann, &mut device).await?;
    let again = device.show_again(&beside["options"], 0)?;
    let answer = finish(&ann, &beside, &again).await?;
    assert_eq!(refused(&answer), (409, "passkey_exists".to_owned()));
    let begun = begin(&ann).await?;
    let excluded = &begun["options"]["excludeCredentials"];
    assert_eq!(
        excluded[0]["id"],
        device.id(0),
        "the device is told which passkeys it already holds"
    );
    let again = device.show_again(&begun["options"], 0)?;
    assert_eq!(refused(&finish(&ann, &begun, &again).await?), wrong());

    // Begun while the second factor was fresh and finished later: refused.
    stack.advance_seconds(500);
    let begun = begin(&ann).await?;
    stack.advance_seconds(200);
    let made = device.make(&begun["options"])?;
    let answer = finish(&ann, &begun, &made).await?;
    assert_eq!(refused(&answer), (403, "second_factor_needed".to_owned()));
    let answer = ann.post(&format!("{FACTORS}/passkeys"), &json!({})).await?;
    assert_eq!(refused(&answer), (403, "second_factor_needed".to_owned()));
    assert_eq!(show(&ann, IN_SESSION, &mut device, 0).await?.status, 200);
    ann.reload().await?;
    for _ in 1..10 {
        add(&mut ann, &mut device).await?;
    }
    assert_eq!(passkeys(&ann).await?.len(), 10);
    let answer = ann.post(&format!("{FACTORS}/passkeys"), &json!({})).await?;
    assert_eq!(refused(&answer), (409, "too_many_passkeys".to_owned()));
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a13_the_passkey_that_was_used_is_the_one_that_was_shown_and_a_removed_one_is_none()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let mut ann = stack.photographer("ann").await?;
    let mut device = Device::at(stack.stack().url());
    add(&mut ann, &mut device).await?;
    let first = passkeys(&ann).await?[0]["id"].clone();
    stack.advance_seconds(1);
    add(&mut ann, &mut device).await?;
    assert_eq!(show(&ann, IN_SESSION, &mut device, 1).await?.status, 200);
    ann.reload().await?;
    for passkey in passkeys(&ann).await? {
        assert_eq!(passkey["last_used_at"].is_null(), passkey["id"] == first, "{passkey}");
    }
    let left = |factors: &Answer| factors.body["recovery_codes_left"].clone();
    let path = |id: &Value| format!("{FACTORS}/passkeys/{}", id.as_str().unwrap_or_default());
    let nobodys = path(&json!(format!("psk_{}", "a".repeat(26))));
    assert_eq!(ann.call(Method::DELETE, &nobodys, None, &[]).await?.status, 404);

    // Uses options that were issued before the passkey was removed.
    let begun = ann.create(IN_SESSION.0, &json!({}), "options").await?.body;
    assert_eq!(ann.call(Method::DELETE, &path(&first), None, &[]).await?.status, 204);
    ann.reload().await?;
    assert_eq!(
        left(&ann.read(FACTORS).await?),
        10,
        "another passkey is left, so the recovery codes stay"
    );
    let signed = device.sign(&begun["options"], 0)?;
    let body = json!({ "method": "passkey", "ceremony": begun["ceremony"], "credential": signed });
    assert_eq!(refused(&ann.post(STEP_UP, &body).await?), wrong());
    let (_, answer) = sign_in(&stack, &mut device, 0, "photographer").await?;
    assert_eq!(refused(&answer), wrong());
    let second = passkeys(&ann).await?[0]["id"].clone();
    assert_eq!(ann.call(Method::DELETE, &path(&second), None, &[]).await?.status, 204);
    ann.reload().await?;
    assert_eq!(
        left(&ann.read(FACTORS).await?),
        0,
        "recovery codes are deleted with the last factor"
    );
    let answer = ann.post(IN_SESSION.0, &json!({})).await?;
    assert_eq!(refused(&answer), (409, "no_passkey".to_owned()));

    // With an authenticator app, the recovery codes stay.
    let mut ben = with_app(&stack, "ben").await?.client;
    let mut bens = Device::at(stack.stack().url());
    add(&mut ben, &mut bens).await?;
    let only = passkeys(&ben).await?[0]["id"].clone();
    assert_eq!(
        ann.call(Method::DELETE, &path(&only), None, &[]).await?.status,
        404,
        "another person's passkey"
    );
    assert_eq!(ben.call(Method::DELETE, &path(&only), None, &[]).await?.status, 204);
    ben.reload().await?;
    assert_eq!(left(&ben.read(FACTORS).await?), 10);
    stack.stop().await;
    Ok(())
}
