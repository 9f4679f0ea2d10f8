//! Tests that a disabled person's sessions, programs and guests stop at the next request.

use local::client::Client;
use platform::inspect::scan;
use serde_json::json;
use testkit::SetupError;

use crate::programs::{by_key, program};
use crate::world::world;

#[tokio::test(flavor = "multi_thread")]
async fn b14_a_disabled_persons_sessions_programs_and_guests_stop_at_the_next_request()
-> Result<(), SetupError> {
    let world = world().await?;
    let (stack, owner, operator) = (&world.stack, &world.owner, &world.operator);
    let made =
        owner.create("/v1/api-keys", &json!({ "name": "P", "scopes": ["read"] }), "p").await?;
    let key = made.text("/key");
    let tokens = by_key(stack, &key).await?;
    let running = program(stack, &tokens);
    let gallery = format!("/v1/galleries/{}", world.ids["gallery"]);
    let given = owner.create(&format!("{gallery}/guest-tokens"), &json!({}), "g").await?;
    let guest = Client::guest(owner.base(), &given.text("/token"));
    let other_window = owner.copied();
    for (caller, path) in [(owner, "/v1/schools"), (&running, "/v1/schools"), (&guest, &gallery)] {
        assert_eq!(caller.get(path).await?.status, 200);
    }

    let person = owner.read("/v1/session").await?.text("/person/id");
    let path = format!("/v1/admin/people/{person}");
    let why = json!({ "reason": "suspected_theft", "case": "HELP-7" });
    assert_eq!(operator.post(&format!("{path}/disabling"), &why).await?.status, 204);
    assert_eq!(owner.get("/v1/schools").await?.status, 401, "refused at the next request");
    assert_eq!(other_window.get("/v1/session").await?.status, 401);
    assert_eq!(running.get("/v1/schools").await?.status, 401);
    assert_eq!(guest.get(&gallery).await?.status, 404);
    let refresh =
        json!({ "grant_type": "refresh_token", "refresh_token": tokens.text("/refresh_token") });
    assert_eq!(stack.stranger().post("/v1/tokens", &refresh).await?.status, 401);
    let exchange = json!({ "grant_type": "api_key", "api_key": key });
    assert_eq!(stack.stranger().post("/v1/tokens", &exchange).await?.status, 401);
    let door = json!({ "portal": "photographer", "email": "owner@studio.example", "password": testkit::PASSWORD });
    assert_eq!(stack.stranger().post("/v1/sign-in/password", &door).await?.status, 401);
    assert_eq!(operator.read(&path).await?.body["is_disabled"], true);
    let again = operator.post(&format!("{path}/disabling"), &why).await?;
    assert_eq!((again.status, again.text("/code").as_str()), (409, "already_so"));
    assert_eq!(world.other.get("/v1/schools").await?.status, 200, "no other person is affected");

    // An enabled person must sign in again: earlier sessions stay invalid.
    let mistake = json!({ "reason": "mistake" });
    assert_eq!(operator.post(&format!("{path}/enabling"), &mistake).await?.status, 204);
    assert_eq!(owner.get("/v1/schools").await?.status, 401);
    assert_eq!(running.get("/v1/schools").await?.status, 401);
    assert_eq!(guest.get(&gallery).await?.status, 404);
    assert_eq!(stack.stranger().post("/v1/sign-in/password", &door).await?.status, 200);
    assert_eq!(stack.stranger().post("/v1/tokens", &exchange).await?.status, 200);

    let app = stack.stack().app();
    let rows = scan(app, app.config().audit_table.as_deref().unwrap_or_default()).await?;
    let id = operator.read("/v1/admin/session").await?.text("/id");
    for (did, details) in
        [("person_disabled", "suspected_theft HELP-7"), ("person_enabled", "mistake")]
    {
        let event = rows.iter().find(|row| row.contains(did)).ok_or(did)?;
        for part in [&id, &person, details] {
            assert!(event.contains(part), "{part} in {event}");
        }
    }
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn b14_a_parent_is_shut_out_too_and_only_with_a_fresh_second_factor() -> Result<(), SetupError>
{
    let world = world().await?;
    let operator = &world.operator;
    let search = json!({ "email": "ann@family.example" });
    let found = operator.create("/v1/admin/people/searches", &search, "search").await?;
    assert_eq!(found.body["portals"], json!(["parent"]));
    let path = format!("/v1/admin/people/{}", found.text("/id"));
    for (reason, case, code) in
        [("left", json!("Ann Smith"), "bad_case"), ("because", json!(null), "malformed_json")]
    {
        let body = json!({ "reason": reason, "case": case });
        let answer = operator.post(&format!("{path}/disabling"), &body).await?;
        assert_eq!(answer.text("/code"), code);
    }
    world.stack.advance_seconds(601);
    let why = json!({ "reason": "own_request" });
    for step in ["disabling", "enabling"] {
        let refused = operator.post(&format!("{path}/{step}"), &why).await?;
        assert_eq!((refused.status, refused.text("/code").as_str()), (403, "second_factor_needed"));
    }
    assert_eq!(world.parent.get("/v1/galleries").await?.status, 200);
    let account = world.stack.operator("fresh").await?;
    assert_eq!(account.client.post(&format!("{path}/disabling"), &why).await?.status, 204);
    assert_eq!(world.parent.get("/v1/galleries").await?.status, 401);
    assert_eq!(world.other_parent.get("/v1/galleries").await?.status, 200);
    world.stack.stop().await;
    Ok(())
}
