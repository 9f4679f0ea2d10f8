//! Tests second factors over HTTP: setting one up, and the second step of a sign-in.

use local::client::{Answer, Client};
use serde_json::{Value, json};
use testkit::{PASSWORD, SetupError, TestStack};

pub(crate) const FACTORS: &str = "/v1/person/second-factors";
pub(crate) const STAGE: &str = "/v1/sign-in/second-factor";

/// A photographer with an authenticator app.
pub(crate) struct WithApp {
    pub(crate) client: Client,
    pub(crate) secret: String,
    pub(crate) recovery_codes: Vec<String>,
}

pub(crate) fn codes(answer: &Answer) -> Vec<String> {
    let codes = answer.body["recovery_codes"].as_array().cloned().unwrap_or_default();
    codes.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

pub(crate) fn totp(code: &str) -> Value {
    json!({ "method": "totp", "code": code })
}

/// Returns a different code of the same length.
pub(crate) fn wrong(code: &str) -> String {
    let turned = code.chars().map(|digit| if digit == '9' { '0' } else { '9' });
    turned.collect()
}

pub(crate) async fn with_app(stack: &TestStack, name: &str) -> Result<WithApp, SetupError> {
    let mut client = stack.photographer(name).await?;
    let secret = client.post(&format!("{FACTORS}/totp"), &json!({})).await?.text("/secret");
    let first = json!({ "code": stack.app_shows(&secret) });
    let answer = client.create(&format!("{FACTORS}/totp/confirmation"), &first, "first").await?;
    client.reload().await?;
    Ok(WithApp { client, secret, recovery_codes: codes(&answer) })
}

/// Does the first step of a sign-in in a new browser.
pub(crate) async fn first_stage(
    stack: &TestStack,
    name: &str,
) -> Result<(Client, Answer), SetupError> {
    let client = stack.stranger();
    let email = format!("{name}@studio.example");
    let door = json!({ "portal": "photographer", "email": email, "password": PASSWORD });
    let answer = client.post("/v1/sign-in/password", &door).await?;
    Ok((client, answer))
}

#[tokio::test(flavor = "multi_thread")]
async fn a12_an_app_is_set_up_and_asked_for_and_the_password_alone_opens_nothing()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let mut ann = stack.photographer("ann").await?;
    let start = ann.post(&format!("{FACTORS}/totp"), &json!({})).await?;
    let secret = start.text("/secret");
    assert_eq!(secret.len(), 32, "160 bits in base32");
    assert!(start.text("/address").starts_with("otpauth://totp/Picture%20Day:ann%40studio"));
    assert!(start.body["qr"].as_array().is_some_and(|rows| rows.len() >= 33));
    let confirmation = format!("{FACTORS}/totp/confirmation");
    let bad = json!({ "code": wrong(&stack.app_shows(&secret)) });
    let answer = ann.post(&confirmation, &bad).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (422, "wrong_code"));
    assert_eq!(ann.read(FACTORS).await?.body["totp"], Value::Null, "the app is not active yet");
    let first = json!({ "code": stack.app_shows(&secret) });
    let answer = ann.create(&confirmation, &first, "first").await?;
    assert_eq!(codes(&answer).len(), 10);
    ann.reload().await?;
    let factors = ann.read(FACTORS).await?;
    assert_eq!(factors.body["methods"], json!(["totp", "recovery_code"]));
    assert_eq!(factors.body["recovery_codes_left"], 10);
    assert_eq!(ann.read("/v1/session").await?.text("/assurance"), "aal2");

    let (mut browser, answer) = first_stage(&stack, "ann").await?;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.body,
        json!({ "status": "second_factor", "methods": ["totp", "recovery_code"] })
    );
    assert_eq!(browser.get("/v1/session").await?.status, 401);
    assert_eq!(browser.get("/v1/schools").await?.status, 401);
    let answer = browser.post(STAGE, &totp(&wrong(&stack.app_shows(&secret)))).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (422, "wrong_code"));
    stack.advance_seconds(30);
    let kept = browser.copied();
    browser.sign_in(STAGE, &totp(&stack.app_shows(&secret))).await?;
    stack.advance_seconds(30);
    let again = kept.post(STAGE, &totp(&stack.app_shows(&secret))).await?;
    assert_eq!(again.status, 401, "the password step was for one sign-in: {}", again.body);
    let session = browser.read("/v1/session").await?;
    assert_eq!(session.text("/assurance"), "aal2");
    assert!(
        !browser.cookie().unwrap_or_default().contains("pd_second"),
        "the sign-in flow has ended"
    );
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a12_a_code_counts_once_and_of_two_at_the_same_moment_one_gets_in() -> Result<(), SetupError>
{
    let stack = TestStack::start().await?;
    let ann = with_app(&stack, "ann").await?;
    // The code that set up the app is used up too.
    let (browser, _) = first_stage(&stack, "ann").await?;
    let used = totp(&stack.app_shows(&ann.secret));
    assert_eq!(browser.post(STAGE, &used).await?.text("/code"), "wrong_code");
    stack.advance_seconds(30);
    let shown = totp(&stack.app_shows(&ann.secret));
    assert_eq!(browser.post(STAGE, &shown).await?.status, 200);
    let (again, _) = first_stage(&stack, "ann").await?;
    assert_eq!(again.post(STAGE, &shown).await?.text("/code"), "wrong_code");
    // An unused code of an older time step is refused after a newer one was used.
    for round in 0..4 {
        stack.advance_seconds(30);
        let shown = totp(&stack.app_shows(&ann.secret));
        let (one, _) = first_stage(&stack, "ann").await?;
        let (other, _) = first_stage(&stack, "ann").await?;
        let both =
            futures_util::future::try_join(one.post(STAGE, &shown), other.post(STAGE, &shown));
        let (one, other) = both.await?;
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422], "round {round}: {} {}", one.body, other.body);
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a12_ten_recovery_codes_each_count_once_and_new_ones_end_the_old() -> Result<(), SetupError>
{
    let stack = TestStack::start().await?;
    let mut ann = with_app(&stack, "ann").await?;
    let recovery = |code: &str| json!({ "method": "recovery_code", "code": code });
    let (browser, _) = first_stage(&stack, "ann").await?;
    let typed = recovery(&ann.recovery_codes[0].to_lowercase().replace('-', " "));
    assert_eq!(browser.post(STAGE, &typed).await?.status, 200);
    let (again, _) = first_stage(&stack, "ann").await?;
    assert_eq!(again.post(STAGE, &typed).await?.text("/code"), "wrong_code");
    assert_eq!(ann.client.read(FACTORS).await?.body["recovery_codes_left"], 9);

    let path = format!("{FACTORS}/recovery-codes");
    let fresh = codes(&ann.client.create(&path, &json!({}), "new").await?);
    assert_eq!(fresh.len(), 10);
    assert!(fresh.iter().all(|code| !ann.recovery_codes.contains(code)));
    let old = recovery(&ann.recovery_codes[1]);
    assert_eq!(again.post(STAGE, &old).await?.text("/code"), "wrong_code");
    assert_eq!(again.post(STAGE, &recovery(&fresh[1])).await?.status, 200);
    ann.client.reload().await?;
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a12_a_scan_of_the_tables_shows_no_secret_and_no_code() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let ann = with_app(&stack, "ann").await?;
    first_stage(&stack, "ann").await?;
    // A secret that waits for its first code.
    let ben = stack.photographer("ben").await?;
    let waiting = ben.post(&format!("{FACTORS}/totp"), &json!({})).await?.text("/secret");
    let mut secrets: Vec<String> = ann.recovery_codes.clone();
    secrets.extend(ann.recovery_codes.iter().map(|code| code.replace('-', "")));
    for secret in [&ann.secret, &waiting] {
        let bytes = data_encoding::BASE32_NOPAD.decode(secret.as_bytes())?;
        secrets.extend([secret.clone(), String::from_utf8_lossy(&bytes).into_owned()]);
    }
    let app = stack.stack().app();
    let config = app.config();
    let mut factors = 0;
    for table in
        [&config.records_table, &config.access_table, &config.audit_table].into_iter().flatten()
    {
        for row in platform::inspect::scan(app, table).await? {
            factors += u32::from(row.contains("FACTOR#") || row.contains("ENROLMENT#"));
            for secret in &secrets {
                assert!(!row.contains(secret), "a secret in {table}");
            }
        }
    }
    assert_eq!(factors, 3, "the app, the recovery codes, the pending secret");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a12_five_tries_in_a_sign_in_and_ten_of_a_person_in_an_hour() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let ann = with_app(&stack, "ann").await?;
    stack.advance_seconds(30);
    for sign_in in 0..2 {
        let (browser, _) = first_stage(&stack, "ann").await?;
        for _ in 0..5 {
            let answer = browser.post(STAGE, &totp(&wrong(&stack.app_shows(&ann.secret)))).await?;
            assert_eq!(answer.status, 422, "sign-in {sign_in}: {}", answer.body);
        }
        // The sixth try is refused without a check, although the code is right.
        let answer = browser.post(STAGE, &totp(&stack.app_shows(&ann.secret))).await?;
        assert_eq!(answer.status, 401, "{}", answer.body);
    }
    let (browser, _) = first_stage(&stack, "ann").await?;
    let answer = browser.post(STAGE, &totp(&stack.app_shows(&ann.secret))).await?;
    assert_eq!(answer.status, 429, "{}", answer.body);
    assert!(answer.headers.contains_key("retry-after"));
    stack.advance_seconds(3_601);
    let (browser, _) = first_stage(&stack, "ann").await?;
    assert_eq!(browser.post(STAGE, &totp(&stack.app_shows(&ann.secret))).await?.status, 200);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a12_the_second_stage_is_over_after_ten_minutes_and_speaks_for_nobody_else()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let ann = with_app(&stack, "ann").await?;
    let ben = with_app(&stack, "ben").await?;
    stack.advance_seconds(30);
    let (browser, _) = first_stage(&stack, "ann").await?;
    let code = stack.app_shows(&ben.secret);
    assert_eq!(browser.post(STAGE, &totp(&code)).await?.text("/code"), "wrong_code");
    stack.advance_seconds(601);
    let answer = browser.post(STAGE, &totp(&stack.app_shows(&ann.secret))).await?;
    assert_eq!(answer.status, 401);
    assert_eq!(stack.stranger().post(STAGE, &totp("123456")).await?.status, 401);
    let more = json!({ "method": "totp", "code": "123456", "portal": "admin" });
    assert_eq!(stack.stranger().post(STAGE, &more).await?.status, 400, "an unknown field");
    let forged = stack.stranger();
    forged.set_cookie("__Host-pd_second", &"A".repeat(43));
    assert_eq!(forged.post(STAGE, &totp("123456")).await?.status, 401);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a12_whoever_must_have_a_second_factor_sets_one_up_before_anything_opens()
-> Result<(), SetupError> {
    let stack = TestStack::start_with_required_second_factor().await?;
    // The account is confirmed, but the password alone does not sign in.
    let mut ann = stack.photographer("ann").await?;
    assert_eq!(ann.get("/v1/session").await?.status, 401);
    let (mut browser, answer) = first_stage(&stack, "ann").await?;
    assert_eq!(answer.text("/status"), "second_factor_enrolment");
    let start = browser.post(&format!("{STAGE}/enrolment"), &json!({})).await?;
    let secret = start.text("/secret");
    let confirmation = format!("{STAGE}/enrolment/confirmation");
    browser.sign_in(&confirmation, &json!({ "code": stack.app_shows(&secret) })).await?;
    assert_eq!(browser.read("/v1/session").await?.text("/assurance"), "aal2");
    // The second factor is fresh, so recovery codes can be created.
    let path = format!("{FACTORS}/recovery-codes");
    assert_eq!(codes(&browser.create(&path, &json!({}), "paper").await?).len(), 10);
    // From now on sign-in cannot set up another factor.
    ann = first_stage(&stack, "ann").await?.0;
    let answer = ann.post(&format!("{STAGE}/enrolment"), &json!({})).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (409, "second_factor_exists"));
    stack.stop().await;
    Ok(())
}

/// Every kind of code counts against the limit, and a right one resets it.
#[tokio::test(flavor = "multi_thread")]
async fn a12_codes_on_paper_and_in_a_session_are_counted_too_until_one_is_right()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let mut ann = with_app(&stack, "ann").await?;
    let up = "/v1/session/step-up";
    let paper = |code: &str| json!({ "method": "recovery_code", "code": code });
    for round in 0..2 {
        for _ in 0..6 {
            let answer = ann.client.post(up, &paper("ABCDE-FGHJK")).await?;
            assert_eq!(answer.status, 422, "round {round}: {}", answer.body);
        }
        ann.client.sign_in(up, &paper(&ann.recovery_codes[round])).await?;
    }
    for _ in 0..10 {
        assert_eq!(ann.client.post(up, &paper("ABCDE-FGHJK")).await?.status, 422);
    }
    let answer = ann.client.post(up, &paper(&ann.recovery_codes[2])).await?;
    assert_eq!(answer.status, 429, "{}", answer.body);
    let answer = ann.client.post(up, &totp(&stack.app_shows(&ann.secret))).await?;
    assert_eq!(answer.status, 429, "the limit covers every kind of code: {}", answer.body);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a12_half_a_sign_in_dies_with_the_password_it_was_made_with() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let mut ann = with_app(&stack, "ann").await?;
    stack.advance_seconds(30);
    let (browser, _) = first_stage(&stack, "ann").await?;
    let change = json!({ "current": PASSWORD, "new": "Another-Meadow-43" });
    let path = "/v1/person/password";
    let changed = ann.client.call(reqwest::Method::PUT, path, Some(&change), &[]).await?;
    assert_eq!(changed.status, 204);
    let answer = browser.post(STAGE, &totp(&stack.app_shows(&ann.secret))).await?;
    assert_eq!(answer.status, 401, "{}", answer.body);
    ann.client.reload().await?;
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a12_setting_up_on_the_way_in_takes_five_tries_and_ends_older_sessions()
-> Result<(), SetupError> {
    let stack = TestStack::start_with_required_second_factor().await?;
    stack.photographer("ann").await?;
    let (browser, _) = first_stage(&stack, "ann").await?;
    let start = format!("{STAGE}/enrolment");
    let confirmation = format!("{STAGE}/enrolment/confirmation");
    let secret = browser.post(&start, &json!({})).await?.text("/secret");
    for _ in 0..5 {
        let code = json!({ "code": wrong(&stack.app_shows(&secret)) });
        assert_eq!(browser.post(&confirmation, &code).await?.status, 422);
    }
    let code = json!({ "code": stack.app_shows(&secret) });
    assert_eq!(
        browser.post(&confirmation, &code).await?.status,
        401,
        "the sixth try, although the code is right"
    );
    // Two sign-ins set up an app at once: the last one wins, and the other must now use that app.
    let (one, _) = first_stage(&stack, "ann").await?;
    let (mut other, _) = first_stage(&stack, "ann").await?;
    let secret = other.post(&start, &json!({})).await?.text("/secret");
    let code = json!({ "code": stack.app_shows(&secret) });
    other.sign_in(&confirmation, &code).await?;
    assert_eq!(
        one.post(&start, &json!({})).await?.status,
        401,
        "this flow started before the app was set up"
    );
    assert_eq!(one.post(&confirmation, &code).await?.status, 401);
    assert_eq!(other.get("/v1/session").await?.status, 200);
    stack.stop().await;
    Ok(())
}
