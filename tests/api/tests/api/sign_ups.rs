//! Tests sign-ups: nothing exists before the mailed link is used, and its user chooses the password and the
//! studio.

use local::client::{Answer, Client};
use platform::inspect::scan;
use platform::inspect::units::Units;
use serde_json::json;
use testkit::{PASSWORD, SetupError, TestStack};

use crate::notices::token;
use crate::second_factors::with_app;

const EMAIL: &str = "ann@studio.example";
const SUBJECT: &str = "Confirm your e-mail address";

async fn sign_up(stack: &TestStack) -> Result<(), SetupError> {
    assert_eq!(stack.stranger().post("/v1/studios", &json!({ "email": EMAIL })).await?.status, 202);
    Ok(())
}

/// Uses a mail's link, names the studio and chooses a password.
async fn follow(stack: &TestStack, number: usize, password: &str) -> Result<Answer, SetupError> {
    let mail = stack.mail(EMAIL, SUBJECT, number).await?;
    let body = json!({ "token": token(&mail), "studio_name": "Anns Studio", "password": password });
    Ok(stack.stranger().post("/v1/email-verifications", &body).await?)
}

async fn enters(stack: &TestStack, password: &str) -> Result<(Client, u16), SetupError> {
    let client = stack.stranger();
    let door = json!({ "portal": "photographer", "email": EMAIL, "password": password });
    let status = client.post("/v1/sign-in/password", &door).await?.status;
    Ok((client, status))
}

/// Two sign-ups of one e-mail address, one of them an attacker's, with either mail used by the owner.
///
/// The mails look the same in the mailbox, so a mail must not depend on what a stranger typed.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_follows_a_mail_chooses_the_password_and_the_studio() -> Result<(), SetupError> {
    for followed in [1, 2] {
        let stack = TestStack::start().await?;
        for typed in [
            json!({ "email": EMAIL, "password": "Attackers-Pass-1" }),
            json!({ "email": EMAIL, "studio_name": "Attackers Studio" }),
        ] {
            let answer = stack.stranger().post("/v1/studios", &typed).await?;
            assert_eq!(answer.status, 400, "a sign-up takes an e-mail address and nothing else");
        }
        for number in [1, 2] {
            sign_up(&stack).await?;
            stack.mail(EMAIL, SUBJECT, number).await?;
        }
        let confirmed = follow(&stack, followed, PASSWORD).await?;
        assert_eq!((confirmed.status, confirmed.text("/email").as_str()), (200, EMAIL));
        let (owner, status) = enters(&stack, PASSWORD).await?;
        assert_eq!(status, 200);
        assert_eq!(owner.read("/v1/session").await?.text("/studio/name"), "Anns Studio");
        // Neither mail works from here on.
        for late in [1, 2] {
            let answer = follow(&stack, late, "Another-Meadow-43").await?;
            let refused = (answer.status, answer.text("/code"));
            assert_eq!(refused, (409, "link_used_or_expired".to_owned()));
        }
        assert_eq!(enters(&stack, "Another-Meadow-43").await?.1, 401);
        assert_eq!(owner.get("/v1/session").await?.status, 200);
        stack.stop().await;
    }
    Ok(())
}

/// A refused password does not use up the link.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_outlives_a_refused_password() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    sign_up(&stack).await?;
    for (password, code) in [
        ("too-short", "password_too_short"),
        ("Password1234!", "password_breached"),
        ("sunny-meadow-42", "password_no_upper"),
    ] {
        let answer = follow(&stack, 1, password).await?;
        let refused = (answer.status, answer.text("/code"), answer.text("/field"));
        assert_eq!(refused, (422, code.to_owned(), "password".to_owned()));
    }
    assert_eq!(follow(&stack, 1, PASSWORD).await?.status, 200);
    assert_eq!(enters(&stack, PASSWORD).await?.1, 200);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_mails_followed_at_once_one_makes_the_account() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    sign_up(&stack).await?;
    sign_up(&stack).await?;
    let (one, two) = tokio::join!(follow(&stack, 1, PASSWORD), follow(&stack, 2, PASSWORD));
    let mut statuses = [one?.status, two?.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let app = stack.stack().app();
    let records = app.config().records_table.clone().unwrap_or_default();
    let rows = scan(app, &records).await?;
    let studios = rows.iter().filter(|row| row.contains("PK=S(\"DIRECTORY#STUDIOS\")")).count();
    assert_eq!(studios, 1);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_up_leaves_no_row_but_the_sealed_one_that_waits() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let app = stack.stack().app();
    let config = app.config();
    let tables = [&config.records_table, &config.keys_table].map(Clone::clone);
    sign_up(&stack).await?;
    stack.mail(EMAIL, SUBJECT, 1).await?;
    for table in tables.into_iter().flatten() {
        assert_eq!(scan(app, &table).await?, Vec::<String>::new(), "{table}");
    }
    let access = config.access_table.clone().unwrap_or_default();
    let waiting = scan(app, &access).await?;
    let waiting: Vec<_> = waiting.iter().filter(|row| row.contains("PK=S(\"SIGNUP#")).collect();
    assert_eq!(waiting.len(), 1);
    assert!(!["ann@", "studio.example"].iter().any(|text| waiting[0].contains(text)));
    // The link is valid for one day exactly.
    stack.advance_seconds(24 * 3600);
    assert_eq!(follow(&stack, 1, PASSWORD).await?.status, 409);
    stack.stop().await;
    Ok(())
}

/// Compares numbers, not times: the calls to the store and the written units.
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_up_costs_the_same_for_every_address() -> Result<(), SetupError> {
    // Another emulator counts differently.
    if std::env::var_os("AWS_ENDPOINT_URL").is_some() {
        return Ok(());
    }
    let units = Units::default();
    let stack = TestStack::start_counting(&units).await?;
    stack.photographer("ann").await?;
    sign_up_of(&stack, "may@studio.example").await?;
    let mut costs = Vec::new();
    for email in [EMAIL, "may@studio.example", "eve@studio.example"] {
        // An hour apart, so that each finds an empty rate limit counter for its mailbox.
        stack.advance_seconds(3600);
        units.take();
        sign_up_of(&stack, email).await?;
        let taken = units.take();
        // A refused write has no count; their number must be equal too.
        costs.push((taken.calls, taken.uncounted, taken.writes));
    }
    assert!(costs.iter().all(|cost| *cost == costs[0]), "known, waiting, unknown: {costs:?}");
    stack.stop().await;
    Ok(())
}

async fn sign_up_of(stack: &TestStack, email: &str) -> Result<(), SetupError> {
    let studio = json!({ "email": email });
    assert_eq!(stack.stranger().post("/v1/studios", &studio).await?.status, 202);
    Ok(())
}

/// A prepared account cannot take over the e-mail address of a person who uses a mail they did not request.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_address_is_confirmed_by_the_accounts_own_session_only() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let attacker = with_app(&stack, "eve").await?.client;
    let neighbour = stack.photographer("max").await?;
    let body = json!({ "email": EMAIL, "password": PASSWORD });
    attacker.create("/v1/person/email-changes", &body, "move").await?;
    let mail = stack.mail(EMAIL, "Confirm your new e-mail address", 1).await?;
    let (path, body) = ("/v1/person/email-changes/confirmation", json!({ "token": token(&mail) }));
    assert_eq!(stack.stranger().post(path, &body).await?.status, 401);
    let answer = neighbour.post(path, &body).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (409, "link_used_or_expired"));
    // The e-mail address still belongs to its owner.
    sign_up(&stack).await?;
    assert_eq!(follow(&stack, 1, PASSWORD).await?.status, 200);
    assert_eq!(enters(&stack, PASSWORD).await?.1, 200);
    assert_eq!(attacker.post(path, &body).await?.status, 409, "taken meanwhile");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_to_an_address_of_before_opens_nothing() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("ann").await?;
    let browser = stack.stranger();
    let ask = json!({ "email": EMAIL, "portal": "photographer" });
    browser.create("/v1/sign-in/code-requests", &ask, "ask").await?;
    let mail = stack.mail(EMAIL, "Your code to sign in", 1).await?;
    let is_code = |it: &&str| it.len() == 6 && it.bytes().all(|byte| byte.is_ascii_digit());
    let code = mail.split_whitespace().find(is_code).ok_or("a code")?;
    let moved = "moved@studio.example";
    let body = json!({ "email": moved, "password": PASSWORD });
    owner.create("/v1/person/email-changes", &body, "move").await?;
    let mail = stack.mail(moved, "Confirm your new e-mail address", 1).await?;
    stack.advance_seconds(2);
    let body = json!({ "token": token(&mail) });
    owner.create("/v1/person/email-changes/confirmation", &body, "moved").await?;
    let answer = browser
        .post("/v1/sign-in/code", &json!({ "portal": "photographer", "code": code }))
        .await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (409, "code_refused"));
    stack.stop().await;
    Ok(())
}
