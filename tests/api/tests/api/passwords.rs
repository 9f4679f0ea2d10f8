//! Tests passwords over HTTP: imported, reset, changed; and the e-mail address of an account.

use domain::email::EmailAddress;
use local::client::Client;
use platform::inspect::{password_work, scan};
use platform::sign_in::imported::import_password;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{PASSWORD, SetupError, TestStack};

const NEW: &str = "Another-Meadow-43";

fn door(email: &str, password: &str) -> Value {
    json!({ "portal": "photographer", "email": email, "password": password })
}

async fn enters(stack: &TestStack, email: &str, password: &str) -> Result<u16, SetupError> {
    Ok(stack.stranger().post("/v1/sign-in/password", &door(email, password)).await?.status)
}

async fn change_password(client: &Client, current: &str, new: &str) -> Result<u16, SetupError> {
    let body = json!({ "current": current, "new": new });
    Ok(client.call(Method::PUT, "/v1/person/password", Some(&body), &[]).await?.status)
}

fn token(text: &str) -> String {
    let (_, rest) = text.split_once("token=").unwrap_or_default();
    rest.split_whitespace().next().unwrap_or_default().to_owned()
}

/// Returns the rows of the records table that hold a password hash.
async fn stored_passwords(stack: &TestStack) -> Result<Vec<String>, SetupError> {
    let app = stack.stack().app();
    let records = app.config().records_table.clone().unwrap_or_default();
    let rows = scan(app, &records).await?;
    Ok(rows.into_iter().filter(|row| row.contains("$argon2id$")).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a03_two_sign_ins_at_once_with_an_imported_password_both_succeed() -> Result<(), SetupError>
{
    let stack = TestStack::start().await?;
    let email = "imported@studio.example";
    stack.photographer("imported").await?;
    // Created with libcrypt: `Sunny-Meadow-42` at cost 4.
    let hash = include_str!("imported_hash.txt").trim();
    let address = EmailAddress::parse(email)?;
    import_password(stack.stack().app(), &address, hash).await?;
    let kept = stored_passwords(&stack).await?;
    assert!(kept[0].contains("bcrypt=") && !kept[0].contains(hash.split_at(29).1), "{kept:?}");
    assert_eq!(enters(&stack, email, "Wrong-Password-1").await?, 401);
    let (one, other) =
        tokio::join!(enters(&stack, email, PASSWORD), enters(&stack, email, PASSWORD));
    assert_eq!([one?, other?], [200, 200]);
    let kept = stored_passwords(&stack).await?;
    assert!(!kept[0].contains("bcrypt="), "{kept:?}");
    assert!(kept[0].contains("$argon2id$v=19$m=65536,t=3,p=1$"), "{kept:?}");
    assert_eq!(enters(&stack, email, PASSWORD).await?, 200, "with the new hash");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a24_a_known_and_an_unknown_address_cost_the_same_hash() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    stack.photographer("known").await?;
    let app = stack.stack().app();
    let mut costs = Vec::new();
    for email in ["known@studio.example", "unknown@studio.example"] {
        let before = password_work(app);
        assert_eq!(enters(&stack, email, "Wrong-Password-1").await?, 401);
        let after = password_work(app);
        costs.push([0, 1, 2].map(|what| after[what] - before[what]));
    }
    // One hash of 64 MiB with three passes each.
    assert_eq!(costs, [[1, 3 * 64 * 1024, 0]; 2]);
    let mut costs = Vec::new();
    for email in ["known@studio.example", "new@studio.example"] {
        let before = password_work(app);
        let studio = json!({ "email": email });
        assert_eq!(stack.stranger().post("/v1/studios", &studio).await?.status, 202);
        let after = password_work(app);
        costs.push([0, 1, 2].map(|what| after[what] - before[what]));
    }
    assert_eq!(costs, [[0; 3]; 2], "a sign-up has no password yet");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_a_reset_ends_every_session_and_its_token_dies_with_the_password()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let email = "forgot@studio.example";
    let owner = stack.photographer("forgot").await?;
    let stranger = stack.stranger();
    let ask = json!({ "email": email });
    for _ in 0..2 {
        assert_eq!(stranger.post("/v1/password-resets", &ask).await?.status, 202);
    }
    let first = token(&stack.mail(email, "Choose a new password", 1).await?);
    let second = token(&stack.mail(email, "Choose a new password", 2).await?);
    let confirm = async |token: &str, password: &str| {
        let body = json!({ "token": token, "password": password });
        stranger.post("/v1/password-resets/confirmation", &body).await
    };
    let weak = confirm(&first, "too-short").await?;
    assert_eq!((weak.status, weak.text("/code")), (422, "password_too_short".to_owned()));
    assert_eq!(owner.get("/v1/session").await?.status, 200);
    assert_eq!(confirm(&first, NEW).await?.status, 204);
    assert_eq!(owner.get("/v1/session").await?.status, 401, "every session has ended");
    assert_eq!(confirm(&first, NEW).await?.status, 409, "used");
    assert_eq!(confirm(&second, PASSWORD).await?.status, 409, "the password has changed");
    assert_eq!(enters(&stack, email, PASSWORD).await?, 401);
    assert_eq!(enters(&stack, email, NEW).await?, 200);

    stranger.post("/v1/password-resets", &ask).await?;
    let third = token(&stack.mail(email, "Choose a new password", 3).await?);
    stack.advance_seconds(15 * 60);
    assert_eq!(confirm(&third, PASSWORD).await?.status, 409, "too old");
    assert_eq!(stack.mails_to(email, "Your password was changed").await?, 1, "one notice");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_a_changed_password_keeps_this_session_and_ends_the_others() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let email = "changed@studio.example";
    let here = stack.photographer("changed").await?;
    let mut elsewhere = stack.stranger();
    elsewhere.sign_in("/v1/sign-in/password", &door(email, PASSWORD)).await?;
    stack.stranger().post("/v1/password-resets", &json!({ "email": email })).await?;
    let mailed = token(&stack.mail(email, "Choose a new password", 1).await?);

    assert_eq!(change_password(&here, "Wrong-Password-1", NEW).await?, 422);
    assert_eq!(change_password(&here, PASSWORD, "weak").await?, 422);
    assert_eq!(change_password(&here, PASSWORD, NEW).await?, 204);
    assert_eq!(here.get("/v1/session").await?.status, 200);
    assert_eq!(here.get("/v1/districts").await?.status, 200);
    assert_eq!(elsewhere.get("/v1/session").await?.status, 401);
    assert_eq!(enters(&stack, email, PASSWORD).await?, 401);
    assert_eq!(enters(&stack, email, NEW).await?, 200);
    let body = json!({ "token": mailed, "password": PASSWORD });
    let late = stack.stranger().post("/v1/password-resets/confirmation", &body).await?;
    assert_eq!(late.status, 409, "a link that was mailed before no longer works");
    // After five wrong passwords, the right one must wait.
    for _ in 0..5 {
        assert_eq!(change_password(&here, "Wrong-Password-1", PASSWORD).await?, 422);
    }
    assert_eq!(change_password(&here, NEW, PASSWORD).await?, 429);
    assert_eq!(stack.mails_to(email, "Your password was changed").await?, 1, "one notice");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a11_the_old_address_stays_until_the_new_one_confirms() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let (old, new) = ("moving@studio.example", "moved@studio.example");
    let owner = stack.photographer("moving").await?;
    stack.photographer("neighbour").await?;
    let ask = async |email: &str, password: &str| {
        let body = json!({ "email": email, "password": password });
        owner.post("/v1/person/email-changes", &body).await
    };
    assert_eq!(ask(new, "Wrong-Password-1").await?.status, 422);
    let taken = ask("neighbour@studio.example", PASSWORD).await?;
    let free = ask(new, PASSWORD).await?;
    assert_eq!(
        (taken.status, &taken.body),
        (202, &free.body),
        "the answer does not reveal that the e-mail address is taken"
    );
    let mailed = token(&stack.mail(new, "Confirm your new e-mail address", 1).await?);
    assert_eq!(enters(&stack, old, PASSWORD).await?, 200);
    assert_eq!(enters(&stack, new, PASSWORD).await?, 401, "not yet");

    let confirm = json!({ "token": mailed });
    let path = "/v1/person/email-changes/confirmation";
    assert_eq!(
        stack.stranger().post(path, &confirm).await?.status,
        401,
        "only with the account's own session"
    );
    assert_eq!(owner.post(path, &confirm).await?.status, 204);
    assert_eq!(enters(&stack, old, PASSWORD).await?, 401);
    assert_eq!(enters(&stack, new, PASSWORD).await?, 200);
    assert_eq!(owner.get("/v1/session").await?.status, 401, "the sessions have ended");
    let mut again = stack.stranger();
    again.sign_in("/v1/sign-in/password", &door(new, PASSWORD)).await?;
    assert_eq!(again.post(path, &confirm).await?.status, 409, "once");
    assert_eq!(stack.mails_to(old, "Your e-mail address was changed").await?, 1, "one notice");
    // The old e-mail address is free: another person may sign up with it now.
    let studio = json!({ "email": old });
    stack.stranger().create("/v1/studios", &studio, "again").await?;
    stack.mail(old, "Confirm your e-mail address", 2).await?;
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a11_who_has_not_confirmed_reaches_no_data() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let email = "unconfirmed@studio.example";
    let client = stack.stranger();
    let studio = json!({ "email": email });
    client.create("/v1/studios", &studio, "sign-up").await?;
    let answer = client.post("/v1/sign-in/password", &door(email, PASSWORD)).await?;
    assert_eq!((answer.status, answer.text("/code")), (401, "sign_in_refused".to_owned()));
    assert!(!client.cookie().unwrap_or_default().contains("pd_photographer"), "no session");
    for path in ["/v1/session", "/v1/districts", "/v1/schools", "/v1/picture-days"] {
        assert_eq!(client.get(path).await?.status, 401, "{path}");
    }
    let token = client.mailed_token(email).await?;
    let token = json!({ "token": token, "studio_name": "S", "password": PASSWORD });
    client.create("/v1/email-verifications", &token, "verify").await?;
    let again = client.post("/v1/email-verifications", &token).await?;
    assert_eq!((again.status, again.text("/code")), (409, "link_used_or_expired".to_owned()));
    stack.stop().await;
    Ok(())
}

/// Sends a password to every route that takes one; no table and no answer may contain it.
#[tokio::test(flavor = "multi_thread")]
async fn a21_no_table_and_no_answer_holds_a_password() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("canary").await?;
    let canary = "Canary-Password-77";
    let email = "canary@studio.example";
    let mut answers = Vec::new();
    for (method, path, body) in [
        (Method::POST, "/v1/studios", json!({ "email": "c@d.example", "password": canary })),
        (
            Method::POST,
            "/v1/email-verifications",
            json!({ "token": "none", "studio_name": "S", "password": canary }),
        ),
        (Method::POST, "/v1/sign-in/password", door(email, canary)),
        (
            Method::POST,
            "/v1/sign-in/password",
            json!({ "portal": 7, "email": email, "password": canary }),
        ),
        (
            Method::POST,
            "/v1/password-resets/confirmation",
            json!({ "token": "none", "password": canary }),
        ),
        (Method::PUT, "/v1/person/password", json!({ "current": canary, "new": PASSWORD })),
        (Method::PUT, "/v1/person/password", json!({ "current": PASSWORD, "new": canary })),
        (
            Method::POST,
            "/v1/person/email-changes",
            json!({ "email": "e@f.example", "password": canary }),
        ),
    ] {
        answers.push(owner.call(method, path, Some(&body), &[]).await?);
    }
    for answer in &answers {
        assert!(!String::from_utf8_lossy(&answer.bytes).contains(canary), "{}", answer.body);
    }
    let app = stack.stack().app();
    let config = app.config();
    let tables =
        [&config.records_table, &config.access_table, &config.audit_table, &config.keys_table];
    for table in tables.into_iter().flatten() {
        for row in scan(app, table).await? {
            assert!(!row.contains(canary), "{table}: {row}");
        }
    }
    assert_eq!(enters(&stack, email, canary).await?, 200, "the password was accepted");
    stack.stop().await;
    Ok(())
}

/// Password checks in a session share the count with sign-in, and a right password resets it.
#[tokio::test(flavor = "multi_thread")]
async fn a10_a_right_password_in_a_session_begins_the_count_anew() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("clumsy").await?;
    let (mut current, mut next) = (PASSWORD, NEW);
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(change_password(&owner, "Wrong-Password-1", NEW).await?, 422);
        }
        assert_eq!(change_password(&owner, current, next).await?, 204);
        (current, next) = (next, current);
    }
    // A password change invalidates a link that was mailed before to a new e-mail address.
    let ask = json!({ "email": "moved@studio.example", "password": current });
    assert_eq!(owner.post("/v1/person/email-changes", &ask).await?.status, 202);
    let subject = "Confirm your new e-mail address";
    let mailed = token(&stack.mail("moved@studio.example", subject, 1).await?);
    assert_eq!(change_password(&owner, current, next).await?, 204);
    let confirm = json!({ "token": mailed });
    let late = owner.post("/v1/person/email-changes/confirmation", &confirm).await?;
    assert_eq!((late.status, late.text("/code")), (409, "link_used_or_expired".to_owned()));
    stack.stop().await;
    Ok(())
}
