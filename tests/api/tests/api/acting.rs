//! Tests impersonation by support: half an hour, with the operator's name recorded, without the owner's
//! credentials.

use std::collections::BTreeSet;

use api_tests::who_may_call_what::{ROWS, Row};
use local::client::Client;
use platform::inspect::scan;
use platform::sign_in::acting::{ROUTES, Reach};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{PASSWORD, SetupError, TestStack};

use crate::access::call;
use crate::by_hand::{is_open, is_operators};
use crate::world::{World, world};

pub(crate) const COOKIE: &str = "__Host-pd_acting";
const SESSION: &str = "/v1/session";
const WRITES: &str = "/v1/session/acting/writes";

pub(crate) fn name(row: &Row) -> String {
    format!("{} {}", row.method, row.route)
}

pub(crate) fn reach(row: &Row) -> Option<Reach> {
    ROUTES.iter().find(|(route, _)| *route == name(row)).map(|(_, reach)| *reach)
}

pub(crate) fn cookie_named(client: &Client, name: &str) -> String {
    let all = client.cookie().unwrap_or_default();
    let mut pairs = all.split("; ").filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).unwrap_or_default()
}

fn acting_cookie(client: &Client) -> String {
    cookie_named(client, COOKIE)
}

/// Starts an impersonation by the world's site administrator and returns the impersonating browser.
async fn act(world: &World, whom: &Client, portal: &str) -> Result<Client, SetupError> {
    let person = whom.read(SESSION).await?.text("/person/id");
    let path = format!("/v1/admin/people/{person}/impersonation");
    let body = json!({ "portal": portal, "reason": "support_case", "case": "HELP-1" });
    world.operator.create(&path, &body, "act").await?;
    let mut acting = world.stack.stranger();
    acting.set_cookie(COOKIE, &acting_cookie(&world.operator));
    acting.reload().await?;
    Ok(acting)
}

pub(crate) async fn switch(acting: &mut Client) -> Result<(), SetupError> {
    Ok(acting.sign_in(WRITES, &json!({})).await?)
}

/// Returns the audit events whose actor is an impersonation.
pub(crate) async fn events_of_acting(stack: &TestStack) -> Result<Vec<String>, SetupError> {
    let app = stack.stack().app();
    let rows = scan(app, app.config().audit_table.as_deref().unwrap_or_default()).await?;
    Ok(rows.into_iter().filter(|row| row.contains("seen_as")).collect())
}

#[test]
fn c11_every_route_that_asks_for_a_person_says_how_far_support_reaches() {
    let asks = |row: &&Row| !is_open(row) && !is_operators(row);
    let rows: BTreeSet<String> = ROWS.iter().filter(asks).map(name).collect();
    let said: BTreeSet<String> = ROUTES.iter().map(|(route, _)| (*route).to_owned()).collect();
    assert_eq!(rows, said, "add the missing routes to sign_in/acting/routes.rs");
    // `Look` is for GET routes, `Change` for POST and PUT; routes that delete are never in reach.
    for (route, reach) in ROUTES {
        let is_right = match reach {
            Reach::Look => route.starts_with("GET "),
            Reach::Change => route.starts_with("POST ") || route.starts_with("PUT "),
            Reach::Never | Reach::Itself => true,
        };
        assert!(is_right, "{route}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_whoever_acts_looks_then_changes_and_never_does_what_is_the_owners_alone()
-> Result<(), SetupError> {
    let world = world().await?;
    let mut acting = act(&world, &world.owner, "photographer").await?;
    let seen = acting.read(SESSION).await?;
    assert_eq!(seen.body["acting"]["may_write"], false);
    assert_eq!(seen.text("/assurance"), "aal1");
    assert_eq!(world.owner.read(SESSION).await?.body["acting"], Value::Null);
    let mut wrong = Vec::new();
    for row in ROWS {
        let expected = match (reach(row), row.method) {
            (None | Some(Reach::Itself), _) => continue,
            // Parents' routes: no caller is signed in at the photographers' portal there.
            (Some(_), _) if row.answers[1] == 401 => (401, None),
            (Some(Reach::Look), _) => (row.answers[1], None),
            (Some(Reach::Never), "GET") => (403, Some("not_while_acting")),
            (Some(Reach::Change | Reach::Never), _) => (403, Some("acting_read_only")),
        };
        let answer = call(&world, row, &acting).await?;
        let is_right = answer.status == expected.0
            && expected.1.is_none_or(|code| answer.text("/code") == code);
        if !is_right {
            wrong.push(format!("{}: {} {}", name(row), answer.status, answer.body));
        }
    }
    assert!(wrong.is_empty(), "looking: {}", wrong.join("\n"));

    let before = acting.copied();
    switch(&mut acting).await?;
    assert_eq!(before.get(SESSION).await?.status, 401, "the previous session id is invalid");
    assert_eq!(acting.read(SESSION).await?.body["acting"]["may_write"], true);
    let (mut changed, mut refused) = (0, 0);
    for row in ROWS {
        let expected = match reach(row) {
            None | Some(Reach::Itself | Reach::Look) => continue,
            Some(_) if row.answers[1] == 401 => continue,
            Some(Reach::Change) => row.answers[1],
            Some(Reach::Never) => 403,
        };
        let answer = call(&world, row, &acting).await?;
        let is_never = reach(row) == Some(Reach::Never);
        if answer.status != expected || is_never && answer.text("/code") != "not_while_acting" {
            wrong.push(format!("{}: {} {}", name(row), answer.status, answer.body));
        }
        (changed, refused) = (changed + usize::from(!is_never), refused + usize::from(is_never));
    }
    assert!(wrong.is_empty(), "changing: {}", wrong.join("\n"));
    assert!(changed >= 8 && refused >= 20, "{changed} {refused}");
    let told = world.stack.mails_to("owner@studio.example", "Support is working at your account");
    assert_eq!(told.await?, 1);

    // Every event names both: the real actor, and the owner of the account.
    let operator = world.operator.read("/v1/admin/session").await?.text("/id");
    let owner = world.owner.read(SESSION).await?.text("/person/id");
    let events = events_of_acting(&world.stack).await?;
    for did in ["district_created", "students_listed", "galleries_started", "acting_writes_allowed"]
    {
        assert!(events.iter().any(|event| event.contains(did)), "{did}");
    }
    for event in &events {
        assert!(event.contains(&operator) && event.contains(&owner), "{event}");
    }
    // A parent's account: support can view the child's photos but cannot consent in the parent's name.
    let mut parent = act(&world, &world.parent, "parent").await?;
    assert_eq!(parent.get("/v1/galleries").await?.status, 200);
    switch(&mut parent).await?;
    let consent = json!({ "document": "parent_access", "version": world.ids["version"] });
    let answer = parent.post("/v1/consents", &consent).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (403, "not_while_acting"));
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_acting_ends_after_half_an_hour_however_busy_and_with_the_owners_account()
-> Result<(), SetupError> {
    let world = world().await?;
    let acting = act(&world, &world.owner, "photographer").await?;
    let person = world.owner.read(SESSION).await?.text("/person/id");
    for _ in 0..17 {
        world.stack.advance_seconds(100);
        assert_eq!(acting.get("/v1/schools").await?.status, 200);
    }
    world.stack.advance_seconds(95);
    assert_eq!(acting.get("/v1/schools").await?.status, 200);
    world.stack.advance_seconds(10);
    let over = acting.get("/v1/schools").await?;
    assert_eq!(over.status, 401);
    let cleared = over.headers["set-cookie"].to_str()?;
    assert!(
        cleared.starts_with("__Host-pd_acting=;") && cleared.contains("Max-Age=0"),
        "{cleared}"
    );
    // Ten minutes later the site administrator's second factor is too old.
    let path = format!("/v1/admin/people/{person}/impersonation");
    let body = json!({ "portal": "photographer", "reason": "support_case" });
    let account = world.stack.operator("stale").await?;
    world.stack.advance_seconds(601);
    let refused = account.client.post(&path, &body).await?;
    assert_eq!((refused.status, refused.text("/code").as_str()), (403, "second_factor_needed"));
    // A disabled account cannot be impersonated, and disabling ends a running impersonation.
    let fresh = world.stack.operator("fresh").await?.client;
    fresh.create(&path, &body, "act").await?;
    let acting = world.stack.stranger();
    acting.set_cookie(COOKIE, &acting_cookie(&fresh));
    assert_eq!(acting.get("/v1/schools").await?.status, 200);
    let off = format!("/v1/admin/people/{person}/disabling");
    assert_eq!(fresh.post(&off, &json!({ "reason": "abuse" })).await?.status, 204);
    assert_eq!(acting.get("/v1/schools").await?.status, 401);
    assert_eq!(fresh.post(&path, &body).await?.status, 409);
    // A site administrator cannot be impersonated.
    let operator = fresh.read("/v1/admin/session").await?.text("/id");
    let path = format!("/v1/admin/people/{operator}/impersonation");
    assert_eq!(fresh.post(&path, &body).await?.status, 404);
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn b16_acting_has_ids_of_its_own_and_ends_in_nothing() -> Result<(), SetupError> {
    let world = world().await?;
    let admin = cookie_named(&world.operator, "__Host-pd_admin");
    let acting = act(&world, &world.owner, "photographer").await?;
    let first = acting_cookie(&acting);
    let again = act(&world, &world.owner, "photographer").await?;
    let second = acting_cookie(&again);
    let id = |cookie: &str| cookie.split('.').nth(2).unwrap_or_default().to_owned();
    let owners = cookie_named(&world.owner, "__Host-pd_photographer");
    let ids = BTreeSet::from([id(&first), id(&second), id(&owners), id(&admin)]);
    assert_eq!(ids.len(), 4, "{ids:?}");
    let mut changing = again.copied();
    switch(&mut changing).await?;
    assert_ne!(id(&acting_cookie(&changing)), id(&second), "the switch issues another id");
    // The impersonation's secret under the owner's cookie name, and the owner's secret under the
    // impersonation's.
    let forged = world.stack.stranger();
    forged.set_cookie("__Host-pd_photographer", &first);
    assert_eq!(forged.get(SESSION).await?.status, 401);
    let forged = world.stack.stranger();
    forged.set_cookie(COOKIE, &owners);
    assert_eq!(forged.get(SESSION).await?.status, 401);
    // With both cookies, the impersonation's takes precedence until it ends; then no session remains.
    let both = world.owner.copied();
    both.set_cookie(COOKIE, &first);
    assert_eq!(both.read(SESSION).await?.body["acting"]["may_write"], false);
    let answer = acting.call(Method::DELETE, SESSION, None, &[]).await?;
    assert_eq!(answer.status, 204);
    assert!(acting.cookie().is_none(), "no cookie is left, and no new one is set");
    let late = world.stack.stranger();
    late.set_cookie(COOKIE, &first);
    assert_eq!(late.get(SESSION).await?.status, 401);
    assert_eq!(world.owner.get(SESSION).await?.status, 200, "the owner's own session continues");
    assert!(
        events_of_acting(&world.stack).await?.iter().any(|event| event.contains("acting_ended"))
    );
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_support_stops_acting_when_it_signs_out_or_in_again() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let person = owner.read(SESSION).await?.text("/person/id");
    let path = format!("/v1/admin/people/{person}/impersonation");
    let body = json!({ "portal": "photographer", "reason": "support_case" });
    let account = stack.operator("ann").await?;
    let act = async |operator: &Client| -> Result<Client, SetupError> {
        let acting = operator.copied();
        acting.create(&path, &body, "act").await?;
        assert_eq!(acting.get("/v1/schools").await?.status, 200);
        Ok(acting)
    };
    let first = act(&account.client).await?;
    stack.advance_seconds(30);
    let code = stack.app_shows(&account.secret);
    let door = json!({ "email": account.email, "password": PASSWORD, "second_factor": { "method": "totp", "code": code } });
    let mut again = stack.stranger();
    again.sign_in("/v1/admin/sign-in", &door).await?;
    assert_eq!(
        first.get("/v1/schools").await?.status,
        401,
        "the sign-in that started it has ended"
    );
    let first = cookie_named(&first, COOKIE);
    assert_eq!(first, "", "the browser was told to delete the cookie");
    let second = act(&again).await?;
    let third = act(&again).await?;
    assert_eq!(second.get("/v1/schools").await?.status, 200, "one sign-in may impersonate twice");
    assert_eq!(again.call(Method::DELETE, "/v1/admin/session", None, &[]).await?.status, 204);
    for acting in [&second, &third] {
        assert_eq!(acting.get("/v1/schools").await?.status, 401);
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_support_sees_the_school_portal_as_its_owner_does() -> Result<(), SetupError> {
    let world = world().await?;
    let acting = act(&world, &world.teacher, "school").await?;
    let path = format!("/v1/schools/{}/students", world.ids["school"]);
    let (seen, theirs) = (acting.all(&path).await?, world.teacher.all(&path).await?);
    assert!(!seen.is_empty() && seen == theirs, "{seen:?}");
    assert_eq!(acting.read(SESSION).await?.body["acting"]["school"], Value::Null);
    world.stack.stop().await;
    Ok(())
}
