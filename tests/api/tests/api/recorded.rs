//! Tests the audit log: every event of an account, a session or a right is recorded once, done or refused.

use std::collections::BTreeSet;

use domain::email::EmailAddress;
use local::client::Client;
use platform::inspect::scan;
use platform::sign_in::imported::import_password;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{OperatorAccount, PASSWORD, SetupError, TestStack};

use crate::notices::token;
use crate::second_factors::{FACTORS, STAGE, codes, first_stage, totp, wrong};

const DOOR: &str = "/v1/sign-in/password";
const SESSION: &str = "/v1/session";
const NEW: &str = "Another-Meadow-43";

/// The audit log of a stack, and the rows already read.
struct Log<'s> {
    stack: &'s TestStack,
    read: BTreeSet<String>,
}

/// Returns the value of a row's attribute.
fn value<'r>(row: &'r str, name: &str) -> &'r str {
    let (_, rest) = row.split_once(&format!(" {name}=S(\"")).unwrap_or_default();
    let (value, _) = rest.split_once("\")").unwrap_or_default();
    value.trim_matches(['\\', '"'])
}

impl<'s> Log<'s> {
    fn of(stack: &'s TestStack) -> Self {
        Self { stack, read: BTreeSet::new() }
    }

    /// Returns the rows that were added since the last call.
    async fn added(&mut self) -> Result<Vec<String>, SetupError> {
        let app = self.stack.stack().app();
        let table = app.config().audit_table.clone().unwrap_or_default();
        let rows = scan(app, &table).await?.into_iter().map(|row| format!(" {row}"));
        Ok(rows.filter(|row| self.read.insert(value(row, "SK").to_owned())).collect())
    }

    /// Checks that exactly these events (`action outcome`) were added, and returns their rows.
    async fn says(&mut self, what: &str, events: &[&str]) -> Result<Vec<String>, SetupError> {
        let rows = self.added().await?;
        let said = |row: &String| format!("{} {}", value(row, "did"), value(row, "outcome"));
        let mut said: Vec<_> = rows.iter().map(said).collect();
        said.sort_unstable();
        let mut events = events.to_vec();
        events.sort_unstable();
        assert_eq!(said, events, "{what}");
        // A request has a source; a worker has none.
        for row in rows.iter().filter(|row| !row.contains("worker")) {
            assert!(row.contains(" from="), "{what}: {row}");
        }
        Ok(rows)
    }
}

fn door(portal: &str, email: &str, password: &str) -> Value {
    json!({ "portal": portal, "email": email, "password": password })
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_at_a_door_and_what_is_mailed_stand_in_the_log() -> Result<(), SetupError> {
    let stack = TestStack::start_with(|limits| limits.attempts = 2).await?;
    let mut log = Log::of(&stack);
    let email = "ann@studio.example";
    let mut ann = stack.photographer("ann").await?;
    let studio = ann.read(SESSION).await?.text("/studio/id");
    let events =
        ["sign_up_requested done", "studio_created done", "email_verified done", "signed_in done"];
    let rows = log.says("a new studio", &events).await?;
    assert_eq!(rows.iter().filter(|row| value(row, "PK").contains(&studio)).count(), 3);

    let stranger = stack.stranger();
    let attempt = async |password: &str| -> Result<u16, SetupError> {
        Ok(stranger.post(DOOR, &door("photographer", email, password)).await?.status)
    };
    assert_eq!(attempt("Wrong-Password-1").await?, 401);
    log.says("a wrong password", &["signed_in refused"]).await?;
    assert_eq!(attempt("Wrong-Password-1").await?, 401);
    log.says("the last attempt", &["signed_in refused", "sign_in_locked done"]).await?;
    assert_eq!(attempt(PASSWORD).await?, 401);
    log.says("a locked door", &["signed_in refused"]).await?;
    stack.advance_seconds(15 * 60 + 1);

    // A photographer is not a parent: a request at that portal is for no account.
    let mails = [
        ("/v1/sign-in/code-requests", Some("parent"), "sign_in_code_requested", "refused"),
        ("/v1/sign-in/code-requests", Some("photographer"), "sign_in_code_requested", "done"),
        ("/v1/sign-in/link-requests", None, "sign_in_link_requested", "refused"),
        ("/v1/password-resets", None, "password_reset_requested", "done"),
    ];
    for (path, portal, did, outcome) in mails {
        // The code belongs to the browser's latest request.
        for address in ["nobody@studio.example", email] {
            let mut body = json!({ "email": address });
            if let Some(portal) = portal {
                body["portal"] = json!(portal);
            }
            let answer = ann.post(path, &body).await?;
            assert_eq!(answer.status, 202);
            let outcome = if address == email { outcome } else { "refused" };
            let rows = log.says(path, &[&format!("{did} {outcome}")]).await?;
            let request = answer.headers["x-request-id"].to_str()?;
            assert_eq!(value(&rows[0], "request"), request, "the same id as in the answer");
        }
    }
    let mail = stack.mail(email, "Your code to sign in", 1).await?;
    let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
    let code = mail.split_whitespace().find(is_code).ok_or("a code")?;
    let typed = |code: &str| json!({ "portal": "photographer", "code": code });
    assert_eq!(ann.post("/v1/sign-in/code", &typed(&wrong(code))).await?.status, 409);
    log.says("a wrong code", &["signed_in refused"]).await?;
    ann.sign_in("/v1/sign-in/code", &typed(code)).await?;
    log.says("a code", &["signed_in done"]).await?;

    let mail = stack.mail(email, "Choose a new password", 1).await?;
    let chosen = json!({ "token": token(&mail), "password": NEW });
    ann.create("/v1/password-resets/confirmation", &chosen, "chosen").await?;
    log.says("a password chosen by mail", &["password_changed done"]).await?;
    ann.sign_in(DOOR, &door("photographer", email, NEW)).await?;
    log.says("and used", &["signed_in done"]).await?;

    let hash = include_str!("imported_hash.txt").trim();
    import_password(stack.stack().app(), &EmailAddress::parse(email)?, hash).await?;
    log.says("an imported password", &["password_changed done"]).await?;
    ann.sign_in(DOOR, &door("photographer", email, PASSWORD)).await?;
    log.says("kept anew", &["password_hash_upgraded done", "signed_in done"]).await?;
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_an_account_stand_in_the_log() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let mut log = Log::of(&stack);
    let mut ann = stack.photographer("ann").await?;
    log.added().await?;

    let change = |current: &str, new: &str| json!({ "current": current, "new": new });
    let path = "/v1/person/password";
    let wrong_one = change("Wrong-Password-1", NEW);
    assert_eq!(ann.call(Method::PUT, path, Some(&wrong_one), &[]).await?.status, 422);
    log.says("a wrong current password", &["password_changed refused"]).await?;
    for right in [change(PASSWORD, NEW), change(NEW, PASSWORD)] {
        assert_eq!(ann.call(Method::PUT, path, Some(&right), &[]).await?.status, 204);
        log.says("another password", &["password_changed done"]).await?;
    }

    let secret = ann.post(&format!("{FACTORS}/totp"), &json!({})).await?.text("/secret");
    log.says("an app that is not confirmed yet", &[]).await?;
    let first = json!({ "code": stack.app_shows(&secret) });
    ann.create(&format!("{FACTORS}/totp/confirmation"), &first, "first").await?;
    ann.reload().await?;
    log.says("an app", &["second_factor_added done"]).await?;
    stack.advance_seconds(30);
    let up = "/v1/session/step-up";
    assert_eq!(ann.post(up, &totp(&wrong(&stack.app_shows(&secret)))).await?.status, 422);
    log.says("a wrong code", &["stepped_up refused"]).await?;
    ann.sign_in(up, &totp(&stack.app_shows(&secret))).await?;
    log.says("a right one", &["stepped_up done"]).await?;
    let made = ann.create(&format!("{FACTORS}/recovery-codes"), &json!({}), "new").await?;
    log.says("recovery codes", &["recovery_codes_made done"]).await?;
    let paper = |number: usize| json!({ "method": "recovery_code", "code": codes(&made)[number] });
    ann.sign_in(up, &paper(0)).await?;
    log.says("one of them", &["recovery_code_used done", "stepped_up done"]).await?;

    let (browser, _) = first_stage(&stack, "ann").await?;
    log.says("the first step of a sign-in", &[]).await?;
    assert_eq!(browser.post(STAGE, &totp(&wrong(&stack.app_shows(&secret)))).await?.status, 422);
    log.says("a wrong second step", &["signed_in refused"]).await?;
    assert_eq!(browser.post(STAGE, &paper(1)).await?.status, 200);
    log.says("a right one", &["recovery_code_used done", "signed_in done"]).await?;
    ann.call(Method::DELETE, "/v1/sessions", None, &[]).await?;
    log.says("the other sessions", &["sessions_ended done"]).await?;
    ann.call(Method::DELETE, &format!("{FACTORS}/totp"), None, &[]).await?;
    ann.reload().await?;
    log.says("the app was removed", &["second_factor_removed done"]).await?;

    let ask = |password: &str| json!({ "email": "moved@studio.example", "password": password });
    let path = "/v1/person/email-changes";
    assert_eq!(ann.post(path, &ask("Wrong-Password-1")).await?.status, 422);
    log.says("a wrong current password", &["email_change_requested refused"]).await?;
    ann.create(path, &ask(PASSWORD), "move").await?;
    log.says("another address", &["email_change_requested done"]).await?;
    let mail = stack.mail("moved@studio.example", "Confirm your new e-mail address", 1).await?;
    let body = json!({ "token": token(&mail) });
    ann.create("/v1/person/email-changes/confirmation", &body, "moved").await?;
    log.says("the e-mail address was changed", &["email_changed done"]).await?;
    ann.sign_in(DOOR, &door("photographer", "moved@studio.example", PASSWORD)).await?;
    let kept = ann.copied();
    ann.call(Method::DELETE, SESSION, None, &[]).await?;
    log.says("used, and signed out", &["signed_in done", "signed_out done"]).await?;
    assert_eq!(kept.get(SESSION).await?.status, 401, "a kept cookie does not work");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn setting_up_on_the_way_in_and_a_stolen_session_stand_in_the_log() -> Result<(), SetupError>
{
    let stack = TestStack::start_with_required_second_factor().await?;
    let mut log = Log::of(&stack);
    stack.photographer("ann").await?;
    let (mut ann, _) = first_stage(&stack, "ann").await?;
    log.added().await?;
    let secret = ann.post(&format!("{STAGE}/enrolment"), &json!({})).await?.text("/secret");
    let code = json!({ "code": stack.app_shows(&secret) });
    ann.sign_in(&format!("{STAGE}/enrolment/confirmation"), &code).await?;
    log.says("set up during sign-in", &["second_factor_added done", "signed_in done"]).await?;
    let told = "An authenticator app was added to your account";
    assert_eq!(stack.mails_to("ann@studio.example", told).await?, 1);

    let thief = stolen(&stack, &ann, SESSION, 29 * 60).await?;
    log.says("two use one session", &["session_stolen refused"]).await?;
    assert_eq!(thief.get(SESSION).await?.status, 401);
    log.says("the session has already ended", &[]).await?;
    stack.stop().await;
    Ok(())
}

/// Copies a session's cookie, and uses it after the owner's cookie was rotated.
async fn stolen(
    stack: &TestStack,
    owner: &Client,
    session: &str,
    renewed_after: i64,
) -> Result<Client, SetupError> {
    owner.read(session).await?;
    let thief = owner.copied();
    for seconds in [renewed_after / 2, renewed_after - renewed_after / 2, 120] {
        stack.advance_seconds(seconds);
        owner.read(session).await?;
    }
    owner.read(session).await?;
    stack.advance_seconds(120);
    assert_eq!(thief.get(session).await?.status, 401);
    assert_eq!(owner.get(session).await?.status, 401, "the session ended for both");
    Ok(thief)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_works_where_and_what_programs_do_stands_in_the_studios_log() -> Result<(), SetupError>
{
    let stack = TestStack::start().await?;
    let mut log = Log::of(&stack);
    let owner = stack.photographer("owner").await?;
    let studio = owner.read(SESSION).await?.text("/studio/id");
    let district = owner.create("/v1/districts", &json!({ "name": "D" }), "d").await?.text("/id");
    let school = json!({ "district_id": district, "name": "Oak" });
    let school = owner.create("/v1/schools", &school, "s").await?.text("/id");
    log.added().await?;
    let events = ["staff_invited done", "invitation_accepted done", "signed_in done"];
    stack.colleague(&owner, "stan").await?;
    log.says("a colleague", &events).await?;
    let adam = stack.administrator(&owner, &school, "adam").await?;
    let rows = log.says("an administrator", &events).await?;
    assert!(rows.iter().all(|row| value(row, "PK").contains(&studio)), "{rows:?}");
    adam.call(Method::DELETE, SESSION, None, &[]).await?;
    let rows = log.says("signed out", &["signed_out done"]).await?;
    assert!(value(&rows[0], "PK").contains(&studio), "{rows:?}");
    assert!(rows[0].contains("school_staff"), "recorded with their role here: {rows:?}");

    let body = json!({ "name": "P", "scopes": ["read"] });
    let key = owner.create("/v1/api-keys", &body, "key").await?.text("/key");
    log.says("a key", &["api_key_created done"]).await?;
    let exchange = async |body: Value| stack.stranger().post("/v1/tokens", &body).await;
    let by_key = |key: &str| json!({ "grant_type": "api_key", "api_key": key });
    let refresh = |token: &str| json!({ "grant_type": "refresh_token", "refresh_token": token });
    let made_up = format!("pdk_{}", "A".repeat(43));
    assert_eq!(exchange(by_key(&made_up)).await?.status, 401);
    log.says("an unknown key", &["tokens_issued refused"]).await?;
    let first = exchange(by_key(&key)).await?;
    log.says("tokens", &["tokens_issued done"]).await?;
    let first = first.text("/refresh_token");
    let second = exchange(refresh(&first)).await?;
    assert_eq!(second.status, 200);
    log.says("refreshed tokens", &["tokens_refreshed done"]).await?;
    stack.advance_seconds(60);
    assert_eq!(exchange(refresh(&first)).await?.status, 401);
    log.says("a replayed refresh token", &["token_replayed refused"]).await?;
    let tokens = exchange(by_key(&key)).await?;
    let program = Client::program(stack.stack().url(), &tokens.text("/access_token"));
    assert_eq!(program.call(Method::DELETE, "/v1/tokens/current", None, &[]).await?.status, 204);
    log.says("signed out", &["tokens_issued done", "tokens_ended done"]).await?;
    stack.stop().await;
    Ok(())
}

/// Support impersonates a photographer, from start to end.
async fn acts(
    stack: &TestStack,
    log: &mut Log<'_>,
    client: &Client,
    person: &str,
) -> Result<(), SetupError> {
    let why = json!({ "portal": "photographer", "reason": "support_case" });
    client.create(&format!("{person}/impersonation"), &why, "act").await?;
    log.says("impersonation started", &["acting_started done"]).await?;
    let cookies = client.cookie().unwrap_or_default();
    let acting_cookie = cookies.split("; ").find_map(|it| it.strip_prefix("__Host-pd_acting="));
    let acting_cookie = acting_cookie.ok_or("a cookie")?;
    let (name, secret) = acting_cookie.rsplit_once('.').ok_or("a cookie of five parts")?;
    let turned = if secret.starts_with('A') { "B" } else { "A" };
    let made_up = stack.stranger();
    let cookie = format!("{name}.{turned}{}", secret.get(1..).unwrap_or_default());
    made_up.set_cookie("__Host-pd_acting", &cookie);
    assert_eq!(made_up.get(SESSION).await?.status, 401, "the id without the secret is not enough");
    let mut acting = stack.stranger();
    acting.set_cookie("__Host-pd_acting", acting_cookie);
    acting.reload().await?;
    acting.sign_in("/v1/session/acting/writes", &json!({})).await?;
    log.says("may write", &["acting_writes_allowed done"]).await?;
    let (district, foreign) = (json!({ "name": "D" }), [("x-csrf-token", "x")]);
    let forged = acting.call(Method::POST, "/v1/districts", Some(&district), &foreign).await?;
    assert_eq!((forged.status, forged.text("/code").as_str()), (403, "csrf"));
    acting.call(Method::DELETE, SESSION, None, &[]).await?;
    let rows = log.says("impersonation ended", &["acting_ended done"]).await?;
    assert!(rows[0].contains("seen_as"), "the event names both: {rows:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c01_what_a_site_administrator_does_stands_in_the_log() -> Result<(), SetupError> {
    let stack = TestStack::start_with(|limits| {
        limits.attempts = 2;
        limits.lock_seconds = 60;
    })
    .await?;
    let mut log = Log::of(&stack);
    let owner = stack.photographer("owner").await?;
    let session = owner.read(SESSION).await?;
    log.added().await?;
    let OperatorAccount { mut client, email, secret, .. } = stack.operator("ann").await?;
    log.says("enrolled", &["operator_invited done", "operator_enrolled done"]).await?;

    let door = "/v1/admin/sign-in";
    let shown = |password: &str| {
        let second = totp(&stack.app_shows(&secret));
        json!({ "email": email, "password": password, "second_factor": second })
    };
    stack.advance_seconds(30);
    let stranger = stack.stranger();
    assert_eq!(stranger.post(door, &shown("Wrong-Password-1")).await?.status, 401);
    log.says("a wrong password", &["signed_in refused"]).await?;
    assert_eq!(stranger.post(door, &shown("Wrong-Password-1")).await?.status, 401);
    log.says("the last attempt", &["signed_in refused", "sign_in_locked done"]).await?;
    assert_eq!(stranger.post(door, &shown(PASSWORD)).await?.status, 401);
    log.says("a locked door", &["signed_in refused"]).await?;
    stack.advance_seconds(61);
    client.sign_in(door, &shown(PASSWORD)).await?;
    log.says("signed in", &["signed_in done"]).await?;

    let up = "/v1/admin/session/step-up";
    stack.advance_seconds(30);
    assert_eq!(client.post(up, &totp(&wrong(&stack.app_shows(&secret)))).await?.status, 422);
    log.says("a wrong code", &["stepped_up refused"]).await?;
    client.sign_in(up, &totp(&stack.app_shows(&secret))).await?;
    log.says("a right one", &["stepped_up done"]).await?;
    let invitation = json!({ "email": "ben@operators.example" });
    client.create("/v1/admin/invitations", &invitation, "invite").await?;
    log.says("another one", &["operator_invited done"]).await?;

    client.read("/v1/admin/studios").await?;
    log.says("all studios", &["studios_listed done"]).await?;
    client.read(&format!("/v1/admin/studios/{}", session.text("/studio/id"))).await?;
    log.says("one studio", &["studio_opened done"]).await?;
    for address in ["owner@studio.example", "nobody@studio.example"] {
        client.post("/v1/admin/people/searches", &json!({ "email": address })).await?;
        log.says("looked up, found or not", &["person_looked_up done"]).await?;
    }
    let person = format!("/v1/admin/people/{}", session.text("/person/id"));
    client.read(&person).await?;
    log.says("one person", &["person_opened done"]).await?;

    acts(&stack, &mut log, &client, &person).await?;
    let why = json!({ "reason": "abuse" });
    assert_eq!(client.post(&format!("{person}/disabling"), &why).await?.status, 204);
    log.says("shut out", &["person_disabled done"]).await?;
    assert_eq!(client.post(&format!("{person}/disabling"), &why).await?.status, 409);
    log.says("already disabled", &[]).await?;
    let why = json!({ "reason": "mistake" });
    assert_eq!(client.post(&format!("{person}/enabling"), &why).await?.status, 204);
    log.says("enabled again", &["person_enabled done"]).await?;
    client.call(Method::DELETE, "/v1/admin/session", None, &[]).await?;
    log.says("signed out", &["signed_out done"]).await?;

    stack.advance_seconds(30);
    client.sign_in(door, &shown(PASSWORD)).await?;
    log.says("signed in again", &["signed_in done"]).await?;
    stolen(&stack, &client, "/v1/admin/session", 29 * 60).await?;
    log.says("two use one session", &["session_stolen refused"]).await?;
    stack.stop().await;
    Ok(())
}
