//! Tests a studio's programs: API keys, tokens, scopes, and how each of them ends.

use std::collections::BTreeMap;

use api_tests::programs::{DIRECTORIES_ALONE, PROGRAMS, PROGRAMS_ALONE};
use api_tests::who_may_call_what::ROWS;
use local::client::{Answer, Client};
use platform::inspect::scan;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{SetupError, TestStack};

use crate::access::call;
use crate::world::world;

/// Open routes that answer 401 to a caller without valid credentials.
const REFUSES_STRANGERS: [&str; 3] =
    ["/v1/sign-in/password", "/v1/sign-in/oidc", "/v1/admin/sign-in"];

/// Does the route give every caller a stranger's answer, which may be a refusal?
pub(crate) fn is_for_nobody_known(route: &str) -> bool {
    REFUSES_STRANGERS.contains(&route) || route.starts_with(DIRECTORIES_ALONE)
}

const SCOPES: [&str; 5] =
    ["read", "schools:write", "rosters:write", "photos:write", "galleries:write"];

/// Creates an API key of the photographer; returns the key and its id.
async fn key(owner: &Client, scopes: &[&str]) -> Result<(String, String), SetupError> {
    let body = json!({ "name": "Uploader", "scopes": scopes });
    let key = owner.create("/v1/api-keys", &body, &scopes.join("+")).await?;
    Ok((key.text("/key"), key.text("/id")))
}

async fn exchange(stack: &TestStack, body: &Value) -> Result<Answer, SetupError> {
    Ok(stack.stranger().post("/v1/tokens", body).await?)
}

pub(crate) async fn by_key(stack: &TestStack, key: &str) -> Result<Answer, SetupError> {
    exchange(stack, &json!({ "grant_type": "api_key", "api_key": key })).await
}

async fn by_refresh(stack: &TestStack, token: &str) -> Result<Answer, SetupError> {
    exchange(stack, &json!({ "grant_type": "refresh_token", "refresh_token": token })).await
}

pub(crate) fn program(stack: &TestStack, tokens: &Answer) -> Client {
    Client::program(stack.stack().url(), &tokens.text("/access_token"))
}

/// Counts the audit events of one action.
pub(crate) async fn events(stack: &TestStack, action: &str) -> Result<usize, SetupError> {
    let app = stack.stack().app();
    let table = app.config().audit_table.clone().unwrap_or_default();
    let rows = scan(app, &table).await?;
    Ok(rows.iter().filter(|row| row.contains(action)).count())
}

#[tokio::test(flavor = "multi_thread")]
async fn b05_a_program_works_with_its_key_alone_and_within_its_scopes() -> Result<(), SetupError> {
    let world = world().await?;
    let mut lacking = BTreeMap::new();
    for scope in SCOPES {
        let others: Vec<_> = SCOPES.into_iter().filter(|other| *other != scope).collect();
        let (key, _) = key(&world.owner, &others).await?;
        lacking.insert(scope, program(&world.stack, &by_key(&world.stack, &key).await?));
    }
    let (all, _) = key(&world.owner, &SCOPES).await?;
    let all = program(&world.stack, &by_key(&world.stack, &all).await?);
    let mut wrong = Vec::new();
    for row in ROWS {
        let name = format!("{} {}", row.method, row.route);
        let [stranger, owner, ..] = row.answers;
        let scope = PROGRAMS.iter().find(|(route, _)| *route == name).map(|(_, scope)| *scope);
        let expected = match scope {
            Some(scope) => {
                let refused = call(&world, row, &lacking[scope]).await?;
                if (refused.status, refused.text("/code").as_str()) != (403, "scope_missing") {
                    wrong.push(format!("{name} without {scope}: {}", refused.status));
                }
                owner
            }
            None if name == PROGRAMS_ALONE => continue,
            None if stranger == 401 && !is_for_nobody_known(row.route) => 403,
            None => stranger,
        };
        let answer = call(&world, row, &all).await?;
        if answer.status != expected {
            wrong.push(format!("{name}: {} not {expected}: {}", answer.status, answer.body));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    world.stack.stop().await;
    Ok(())
}

#[test]
fn the_table_and_the_handlers_name_the_same_routes_for_programs() {
    let ours = platform::sign_in::programs::ROUTES.iter();
    let ours: Vec<_> = ours.map(|(route, scope)| (*route, scope.name())).collect();
    assert_eq!(ours, PROGRAMS);
}

#[tokio::test(flavor = "multi_thread")]
async fn b04_signing_out_and_revoking_a_key_are_seen_by_the_next_request() -> Result<(), SetupError>
{
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let (key, id) = key(&owner, &["read"]).await?;
    let (first, second) = (by_key(&stack, &key).await?, by_key(&stack, &key).await?);
    let (one, two) = (program(&stack, &first), program(&stack, &second));
    assert_eq!(one.get("/v1/schools").await?.status, 200);

    assert_eq!(one.call(Method::DELETE, "/v1/tokens/current", None, &[]).await?.status, 204);
    assert_eq!(one.get("/v1/schools").await?.status, 401, "refused at the next request");
    let again = one.call(Method::DELETE, "/v1/tokens/current", None, &[]).await?;
    assert_eq!(again.status, 401);
    let refused = by_refresh(&stack, &first.text("/refresh_token")).await?;
    assert_eq!((refused.status, refused.text("/code").as_str()), (401, "token_refused"));
    assert_eq!(two.get("/v1/schools").await?.status, 200, "another token family still works");

    let path = format!("/v1/api-keys/{id}");
    assert_eq!(owner.call(Method::DELETE, &path, None, &[]).await?.status, 204);
    assert_eq!(two.get("/v1/schools").await?.status, 401, "refused at the next request");
    assert_eq!(by_refresh(&stack, &second.text("/refresh_token")).await?.status, 401);
    assert_eq!(by_key(&stack, &key).await?.status, 401);
    assert_eq!(events(&stack, "api_key_revoked").await?, 1);
    assert_eq!(events(&stack, "tokens_ended").await?, 1);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn b02_an_access_token_is_over_after_an_hour() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let (key, _) = key(&owner, &["read"]).await?;
    let tokens = by_key(&stack, &key).await?;
    assert_eq!(tokens.body["expires_in"], 3600);
    let first = program(&stack, &tokens);
    stack.advance_seconds(3590);
    assert_eq!(first.get("/v1/schools").await?.status, 200);
    stack.advance_seconds(11);
    assert_eq!(first.get("/v1/schools").await?.status, 401);
    let next = by_refresh(&stack, &tokens.text("/refresh_token")).await?;
    assert_eq!(program(&stack, &next).get("/v1/schools").await?.status, 200);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn b03_a_refresh_token_that_comes_again_ends_all_that_followed() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let (key, _) = key(&owner, &["read"]).await?;
    let first = by_key(&stack, &key).await?.text("/refresh_token");
    let second = by_refresh(&stack, &first).await?.text("/refresh_token");
    stack.advance_seconds(60);
    let third = by_refresh(&stack, &second).await?;
    assert_eq!(third.status, 200);

    // A token that was never issued ends nothing: knowing a family's id is not enough to do harm.
    let (head, secret) = first.rsplit_once('.').ok_or("a token of three parts")?;
    let other = if secret.starts_with('A') { "B" } else { "A" };
    let made_up = format!("{head}.{other}{}", secret.get(1..).unwrap_or_default());
    assert_eq!(by_refresh(&stack, &made_up).await?.status, 401);
    assert_eq!(program(&stack, &third).get("/v1/schools").await?.status, 200);

    // The first token of the chain is replayed, two exchanges later.
    let replayed = by_refresh(&stack, &first).await?;
    assert_eq!((replayed.status, replayed.text("/code").as_str()), (401, "token_refused"));
    assert_eq!(program(&stack, &third).get("/v1/schools").await?.status, 401);
    assert_eq!(by_refresh(&stack, &third.text("/refresh_token")).await?.status, 401);
    assert_eq!(events(&stack, "token_replayed").await?, 1);
    // A second replay has no further effect.
    assert_eq!(by_refresh(&stack, &first).await?.status, 401);
    assert_eq!(events(&stack, "token_replayed").await?, 1);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn b03_two_exchanges_at_the_same_moment_both_work() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let (key, _) = key(&owner, &["read"]).await?;
    let mut newest = by_key(&stack, &key).await?.text("/refresh_token");
    for round in 0..5 {
        let (one, two) = both(by_refresh(&stack, &newest), by_refresh(&stack, &newest)).await?;
        assert_eq!((one.status, two.status), (200, 200), "round {round}");
        assert_eq!(one.text("/refresh_token"), two.text("/refresh_token"), "round {round}");
        for tokens in [&one, &two] {
            assert_eq!(program(&stack, tokens).get("/v1/schools").await?.status, 200);
        }
        newest = one.text("/refresh_token");
    }
    // After a lost answer, the exchange can be repeated within the grace period, and not after it.
    let lost = newest.clone();
    assert_eq!(by_refresh(&stack, &lost).await?.status, 200);
    stack.advance_seconds(8);
    let again = by_refresh(&stack, &lost).await?;
    assert_eq!(again.status, 200);
    stack.advance_seconds(12);
    assert_eq!(by_refresh(&stack, &lost).await?.status, 401);
    assert_eq!(program(&stack, &again).get("/v1/schools").await?.status, 401);
    stack.stop().await;
    Ok(())
}

/// Runs both at the same time.
async fn both<A, B>(
    one: impl Future<Output = Result<A, SetupError>>,
    two: impl Future<Output = Result<B, SetupError>>,
) -> Result<(A, B), SetupError> {
    tokio::try_join!(one, two)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_shown_once_and_kept_as_a_hash() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let (key, id) = key(&owner, &["read"]).await?;
    assert!(key.starts_with("pdk_") && key.len() == 47, "{}", key.len());
    // A repeated request is answered without the secret part of the key.
    let body = json!({ "name": "Uploader", "scopes": ["read"] });
    let again = owner.create("/v1/api-keys", &body, "read").await?;
    assert_eq!((again.text("/id"), again.body.get("key")), (id, None));
    let differs = json!({ "name": "Uploader", "scopes": ["photos:write"] });
    let headers = [("idempotency-key", "read")];
    let refused = owner.call(Method::POST, "/v1/api-keys", Some(&differs), &headers).await?;
    assert_eq!((refused.status, refused.text("/code").as_str()), (409, "idempotency_key_reused"));
    let list = owner.read("/v1/api-keys").await?;
    assert_eq!(list.items().len(), 1);
    assert_eq!(list.items()[0]["name"], "Uploader");

    let tokens = by_key(&stack, &key).await?;
    // The secret part of a token: the text after the last dot.
    let proof = |text: &str| text.rsplit('.').next().unwrap_or_default().to_owned();
    let secrets = [
        key.strip_prefix("pdk_").unwrap_or_default().to_owned(),
        proof(&tokens.text("/access_token")),
        proof(&tokens.text("/refresh_token")),
        "Uploader".to_owned(),
    ];
    assert!(secrets.iter().all(|secret| secret.len() >= 8), "a secret is too short to search for");
    let app = stack.stack().app();
    let config = app.config();
    for table in [&config.records_table, &config.access_table, &config.audit_table] {
        for row in scan(app, table.as_deref().unwrap_or_default()).await? {
            for secret in &secrets {
                assert!(!row.contains(secret.as_str()), "{row}");
            }
        }
    }
    for (scopes, code) in [(json!([]), "no_scopes"), (json!(["admin"]), "unknown_scope")] {
        let answer = owner.post("/v1/api-keys", &json!({ "name": "x", "scopes": scopes })).await?;
        assert_eq!((answer.status, answer.text("/code").as_str()), (422, code));
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_and_a_bearer_token_together_are_refused() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let (key, _) = key(&owner, &["read", "schools:write"]).await?;
    let bearer = format!("Bearer {}", by_key(&stack, &key).await?.text("/access_token"));
    let district = json!({ "name": "D" });
    for (method, path, body) in [
        (Method::GET, "/v1/schools", None),
        (Method::POST, "/v1/districts", Some(&district)),
        (Method::GET, "/v1/session", None),
    ] {
        for header in [("authorization", bearer.as_str()), ("x-guest-token", "abc")] {
            let both = owner.call(method.clone(), path, body, &[header]).await?;
            assert_eq!((both.status, both.text("/code").as_str()), (400, "two_credentials"));
        }
    }
    // Without a cookie, cross-site requests are no risk, so no CSRF token is required.
    let program = program(&stack, &by_key(&stack, &key).await?);
    assert_eq!(program.post("/v1/districts", &district).await?.status, 201);
    stack.stop().await;
    Ok(())
}
