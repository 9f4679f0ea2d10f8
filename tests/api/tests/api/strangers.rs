//! Tests that strangers cannot lock an owner out.
//!
//! On every sign-in route a stranger does all that a stranger may; then the owner signs in.

use local::client::{Answer, Client};
use platform::inspect::password_work;
use serde_json::{Value, json};
use testkit::{OperatorAccount, PASSWORD, SetupError, TestStack, picture_day};

use crate::authenticator::Device;
use crate::second_factors::{STAGE, WithApp, first_stage, totp, with_app, wrong};
use crate::{operators, passkeys};

const PASSWORD_DOOR: &str = "/v1/sign-in/password";
const STEP_UP: &str = "/v1/session/step-up";
const WRONG: &str = "Wrong-Password-1";
/// More than any rate limit of strangers allows.
const OFTEN: usize = 12;

/// E-mail addresses that strangers know.
const OWNER: &str = "ann@studio.example";
const PARENT: &str = "pat@family.example";
const TEACHER: &str = "tess@school.example";

fn door(portal: &str, email: &str, password: &str) -> Value {
    json!({ "portal": portal, "email": email, "password": password })
}

fn paper(code: &str) -> Value {
    json!({ "method": "recovery_code", "code": code })
}

/// Does everything that needs only an e-mail address, each more often than its limit allows.
async fn strangers_do_what_they_may(stack: &TestStack, email: &str) -> Result<(), SetupError> {
    for _ in 0..OFTEN {
        let stranger = stack.stranger();
        for portal in ["photographer", "school", "parent"] {
            stranger.post(PASSWORD_DOOR, &door(portal, email, WRONG)).await?;
            let ask = json!({ "portal": portal, "email": email });
            stranger.post("/v1/sign-in/code-requests", &ask).await?;
            for _ in 0..5 {
                let typed = json!({ "portal": portal, "code": "000000" });
                stranger.post("/v1/sign-in/code", &typed).await?;
            }
            if portal != "photographer" {
                stranger.post("/v1/sign-in/link-requests", &ask).await?;
            }
        }
        let ask = json!({ "email": email });
        stranger.post("/v1/password-resets", &ask).await?;
        stranger.post("/v1/access-requests", &json!({ "code": "WRONG", "email": email })).await?;
        let second = totp("000000");
        let both = json!({ "email": email, "password": WRONG, "second_factor": second });
        stranger.post(operators::DOOR, &both).await?;
        stranger.post(STAGE, &second).await?;
    }
    let studio = json!({ "email": email });
    for _ in 0..2 {
        stack.stranger().post("/v1/studios", &studio).await?;
    }
    Ok(())
}

/// Waits until everything requested before has been mailed.
pub(crate) async fn settle(stack: &TestStack, name: &str) -> Result<(), SetupError> {
    let email = format!("{name}@settled.example");
    let studio = json!({ "email": email });
    stack.stranger().create("/v1/studios", &studio, name).await?;
    stack.stranger().mailed_token(&email).await?;
    Ok(())
}

/// Requests a mail in this browser, and returns the word after the given text in the mail.
async fn mailed(
    stack: &TestStack,
    browser: &Client,
    (path, ask): (&str, &Value),
    (subject, behind): (&str, &str),
) -> Result<String, SetupError> {
    let email = ask["email"].as_str().unwrap_or_default();
    let mails = stack.stack().mails();
    let before = mails.iter().filter(|mail| mail.to == email && mail.subject == subject).count();
    let answer = browser.post(path, ask).await?;
    assert_eq!(answer.status, 202, "{path}: {}", answer.body);
    let mail = stack.mail(email, subject, before + 1).await?;
    let (_, rest) = mail.split_once(behind).ok_or("another mail")?;
    Ok(rest.split_whitespace().next().unwrap_or_default().to_owned())
}

const CODE: (&str, &str) = ("Your code to sign in", "where you asked for it:");
const LINK: (&str, &str) = ("Your link to sign in", "token=");
const RESET: (&str, &str) = ("Choose a new password", "token=");

/// Signs in at a portal in a browser that its owner has used before; returns the last answer.
async fn enters_by(
    stack: &TestStack,
    known: &Client,
    (portal, email): (&str, &str),
    by: &str,
) -> Result<(Client, Answer), SetupError> {
    let browser = known.copied();
    browser.set_cookie(&format!("__Host-pd_{portal}"), "");
    let ask = json!({ "portal": portal, "email": email });
    let answer = match by {
        "password" => browser.post(PASSWORD_DOOR, &door(portal, email, PASSWORD)).await?,
        "code" => {
            let what = ("/v1/sign-in/code-requests", &ask);
            let code = mailed(stack, &browser, what, CODE).await?;
            browser.post("/v1/sign-in/code", &json!({ "portal": portal, "code": code })).await?
        }
        "link" => {
            let what = ("/v1/sign-in/link-requests", &ask);
            let token = mailed(stack, &browser, what, LINK).await?;
            browser.post("/v1/sign-in/link", &json!({ "token": token })).await?
        }
        "reset" => {
            let ask = json!({ "email": email });
            let what = ("/v1/password-resets", &ask);
            let token = mailed(stack, &browser, what, RESET).await?;
            let chosen = json!({ "token": token, "password": PASSWORD });
            let answer = browser.post("/v1/password-resets/confirmation", &chosen).await?;
            assert_eq!(answer.status, 204, "{}", answer.body);
            browser.post(PASSWORD_DOOR, &door(portal, email, PASSWORD)).await?
        }
        other => return Err(format!("unknown sign-in route: {other}").into()),
    };
    Ok((browser, answer))
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_strangers_do_a_photographer_comes_in_by_every_door() -> Result<(), SetupError> {
    let stack = TestStack::start_with(|limits| limits.attempts_of_an_address = 10).await?;
    let mut ann = with_app(&stack, "ann").await?;
    let mut device = Device::at(stack.stack().url());
    passkeys::add(&mut ann.client, &mut device).await?;
    strangers_do_what_they_may(&stack, OWNER).await?;
    settle(&stack, "after").await?;
    let WithApp { client, secret, recovery_codes } = ann;

    // Step-up within a session, with both kinds of code.
    stack.advance_seconds(30);
    let mut session = client.copied();
    session.sign_in(STEP_UP, &totp(&stack.app_shows(&secret))).await?;
    session.sign_in(STEP_UP, &paper(&recovery_codes[0])).await?;
    // A passkey has no rate limit of strangers' attempts.
    let (_, answer) = passkeys::sign_in(&stack, &mut device, 0, "photographer").await?;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let whose = ("photographer", OWNER);
    for by in ["password", "code", "reset"] {
        let (browser, answer) = enters_by(&stack, &client, whose, by).await?;
        assert_eq!(answer.text("/status"), "second_factor", "{by}: {}", answer.body);
        stack.advance_seconds(30);
        let answer = browser.post(STAGE, &totp(&stack.app_shows(&secret))).await?;
        assert_eq!(answer.status, 200, "{by}: {}", answer.body);
    }
    let (browser, _) = enters_by(&stack, &client, whose, "password").await?;
    let answer = browser.post(STAGE, &paper(&recovery_codes[1])).await?;
    assert_eq!(answer.status, 200, "{}", answer.body);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_strangers_do_a_parent_and_a_teacher_come_in_by_every_door()
-> Result<(), SetupError> {
    let stack = TestStack::start_with(|limits| limits.attempts_of_an_address = 10).await?;
    let owner = stack.photographer("owner").await?;
    let day = picture_day(&owner, 1).await?;
    let codes = format!("/v1/students/{}/share-codes", day.pupils[0].id);
    let code = owner.create(&codes, &json!({}), "code").await?.text("/code");
    let parent = stack.parent("pat", &code).await?;
    let teacher = stack.teacher(&owner, &day.school, "tess", &["3A"]).await?;
    // The parent chooses a password, so that there is one to guess.
    let (parent, _) = enters_by(&stack, &parent, ("parent", PARENT), "reset").await?;
    for (known, portal, email) in [(parent, "parent", PARENT), (teacher, "school", TEACHER)] {
        strangers_do_what_they_may(&stack, email).await?;
        settle(&stack, &format!("after-{portal}")).await?;
        for by in ["password", "code", "link", "reset"] {
            let (_, answer) = enters_by(&stack, &known, (portal, email), by).await?;
            assert_eq!(answer.status, 200, "{portal} by {by}: {}", answer.body);
            assert_eq!(answer.text("/status"), "signed_in", "{portal} by {by}");
        }
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_strangers_do_a_site_administrator_comes_in_by_every_door()
-> Result<(), SetupError> {
    let stack = TestStack::start_with(|limits| limits.attempts_of_an_address = 10).await?;
    let OperatorAccount { client, email, secret, recovery_codes } = stack.operator("ann").await?;
    let other = stack.photographer("other").await?;
    strangers_do_what_they_may(&stack, &email).await?;
    let shown =
        |second: Value| json!({ "email": email, "password": PASSWORD, "second_factor": second });
    stack.advance_seconds(30);
    let stranger = stack.stranger();
    let refused = stranger.post(operators::DOOR, &shown(totp(&stack.app_shows(&secret)))).await?;
    assert_eq!(refused.status, 401, "locked for strangers");
    // Step-up in the open session, and sign-in from a browser they have used before.
    let mut session = client.copied();
    session.sign_in("/v1/admin/session/step-up", &totp(&stack.app_shows(&secret))).await?;
    stack.advance_seconds(30);
    let mut known = client.copied();
    known.sign_in(operators::DOOR, &shown(totp(&stack.app_shows(&secret)))).await?;
    known.sign_in(operators::DOOR, &shown(paper(&recovery_codes[0]))).await?;
    // A known device of theirs counts here only, and a portal's known device does not count here.
    stack.advance_seconds(30);
    let cookies = other.cookie().unwrap_or_default();
    let theirs = cookies.split("; ").find_map(|it| it.strip_prefix("__Host-pd_device="));
    let forged = stack.stranger();
    forged.set_cookie("__Host-pd_admin_device", theirs.ok_or("a device")?);
    let refused = forged.post(operators::DOOR, &shown(totp(&stack.app_shows(&secret)))).await?;
    assert_eq!(refused.status, 401);
    stack.stop().await;
    Ok(())
}

/// A thief who knows the password has their own limit, separate from the owner's.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_knows_the_password_shuts_no_second_factor() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let ann = with_app(&stack, "ann").await?;
    stack.advance_seconds(30);
    let mut last = 0;
    for _ in 0..3 {
        let (thief, _) = first_stage(&stack, "ann").await?;
        for _ in 0..5 {
            let typed = totp(&wrong(&stack.app_shows(&ann.secret)));
            last = thief.post(STAGE, &typed).await?.status;
        }
    }
    assert_eq!(last, 429, "ten in an hour, over all sign-ins together");
    let mut session = ann.client.copied();
    session.sign_in(STEP_UP, &totp(&stack.app_shows(&ann.secret))).await?;
    stack.advance_seconds(30);
    for by in ["password", "code"] {
        let whose = ("photographer", OWNER);
        let (browser, _) = enters_by(&stack, &ann.client, whose, by).await?;
        let answer = browser.post(STAGE, &totp(&stack.app_shows(&ann.secret))).await?;
        assert_eq!(answer.status, 200, "{by}: {}", answer.body);
        stack.advance_seconds(30);
    }
    // On a new telephone: the thief has the password but not the mailbox.
    let elsewhere = stack.stranger();
    let (browser, answer) = enters_by(&stack, &elsewhere, ("photographer", OWNER), "code").await?;
    assert_eq!(answer.text("/status"), "second_factor", "{}", answer.body);
    let answer = browser.post(STAGE, &totp(&stack.app_shows(&ann.secret))).await?;
    assert_eq!(answer.status, 200, "{}", answer.body);
    stack.stop().await;
    Ok(())
}

/// A thief in a stolen session guesses the password; the owner can still change it in another session.
#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_session_does_not_shut_the_owners_own() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let stolen = stack.photographer("ann").await?;
    let mut own = stack.stranger();
    own.sign_in(PASSWORD_DOOR, &door("photographer", OWNER, PASSWORD)).await?;
    let change = async |client: &Client, current: &str| -> Result<u16, SetupError> {
        let body = json!({ "current": current, "new": "Another-Meadow-43" });
        let path = "/v1/person/password";
        Ok(client.call(reqwest::Method::PUT, path, Some(&body), &[]).await?.status)
    };
    for _ in 0..5 {
        assert_eq!(change(&stolen, WRONG).await?, 422);
    }
    assert_eq!(change(&stolen, PASSWORD).await?, 429);
    assert_eq!(change(&own, PASSWORD).await?, 204);
    stack.stop().await;
    Ok(())
}

/// Counts hashes, not answers: five attempts per quarter of an hour would be 480 a day, so the day has its
/// own limit.
#[tokio::test(flavor = "multi_thread")]
async fn strangers_try_no_more_than_a_hundred_passwords_of_an_account_in_a_day()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let ann = stack.photographer("ann").await?;
    let account = stack.operator("ann").await?;
    let app = stack.stack().app();
    let body = door("photographer", OWNER, WRONG);
    let both =
        json!({ "email": account.email, "password": WRONG, "second_factor": totp("000000") });
    for (path, body) in [(PASSWORD_DOOR, &body), (operators::DOOR, &both)] {
        let [before, ..] = password_work(app);
        for _ in 0..95 {
            for _ in 0..5 {
                let answer = stack.stranger().post(path, body).await?;
                assert_eq!(answer.status, 401, "{}", answer.body);
            }
            stack.advance_seconds(15 * 60 + 1);
        }
        let [after, ..] = password_work(app);
        assert!((5..=100).contains(&(after - before)), "{path}: {}", after - before);
    }
    let known = door("photographer", OWNER, PASSWORD);
    assert_eq!(ann.copied().post(PASSWORD_DOOR, &known).await?.status, 200, "the owner's browser");
    stack.advance_seconds(24 * 3600);
    assert_eq!(stack.stranger().post(PASSWORD_DOOR, &known).await?.status, 200, "the next day");
    stack.stop().await;
    Ok(())
}

/// Parallel right passwords are all accepted.
///
/// Neither the account's nor the network's limit refuses them, in known browsers or in new ones.
#[tokio::test(flavor = "multi_thread")]
async fn twenty_right_passwords_at_once_all_come_in() -> Result<(), SetupError> {
    let stack = TestStack::start_with(|limits| limits.attempts_of_an_address = 10).await?;
    let ann = stack.photographer("ann").await?;
    let body = door("photographer", OWNER, PASSWORD);
    for known in [false, true] {
        let browsers: Vec<_> =
            (0..20).map(|_| if known { ann.copied() } else { stack.stranger() }).collect();
        let all = browsers.iter().map(|browser| browser.post(PASSWORD_DOOR, &body));
        for answer in futures_util::future::try_join_all(all).await? {
            assert_eq!(answer.status, 200, "known: {known}: {}", answer.body);
        }
    }
    // Wrong passwords among them are refused as usual.
    let app = stack.stack().app();
    let [before, ..] = password_work(app);
    let guesses: Vec<_> =
        (0..40).map(|guess| door("photographer", OWNER, &format!("{WRONG}{guess}"))).collect();
    let stranger = stack.stranger();
    let all = guesses.iter().map(|guess| stranger.post(PASSWORD_DOOR, guess));
    for answer in futures_util::future::try_join_all(all).await? {
        assert_eq!(answer.status, 401, "{}", answer.body);
    }
    assert_eq!(password_work(app)[0] - before, 5);
    stack.stop().await;
    Ok(())
}
