//! Tests step-up over HTTP: operations that cannot be undone, changes of factors, passkeys, parents.

use local::client::Client;
use reqwest::Method;
use serde_json::json;
use testkit::{PASSWORD, SetupError, TestStack, picture_day};

use crate::second_factors::{FACTORS, first_stage, totp, with_app, wrong};

const STEP_UP: &str = "/v1/session/step-up";

/// Returns the routes that the OpenAPI description tags as destructive, with the caller's own id in the path.
async fn destructive(client: &Client, passkey: &str) -> Result<Vec<(Method, String)>, SetupError> {
    let description = client.read("/v1/openapi.json").await?.body;
    let mut routes = Vec::new();
    for (path, operations) in description["paths"].as_object().into_iter().flatten() {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            let tags = operation["tags"].as_array().cloned().unwrap_or_default();
            if tags.contains(&json!("fresh-second-factor")) {
                let method = method.to_uppercase().parse()?;
                routes.push((method, path.replace("{passkey}", passkey)));
            }
        }
    }
    Ok(routes)
}

/// Counts how often the handlers' source requires a fresh second factor.
fn asked_in_handlers() -> Result<usize, SetupError> {
    Ok(testkit::sources::of_functions()?.matches(".fresh_second_factor()").count())
}

#[tokio::test(flavor = "multi_thread")]
async fn a13_every_destructive_route_refuses_one_factor_and_an_old_second_one()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let passkey = format!("psk_{}", "a".repeat(26));
    let one_factor = stack.photographer("one").await?;
    let routes = destructive(&one_factor, &passkey).await?;
    assert!(routes.len() >= 3, "{routes:?}");
    assert_eq!(
        routes.len(),
        asked_in_handlers()?,
        "every handler that requires it is tagged: {routes:?}"
    );
    for (method, path) in &routes {
        let answer = one_factor.call(method.clone(), path, Some(&json!({})), &[]).await?;
        let refused = (answer.status, answer.text("/code"));
        assert_eq!(refused, (403, "second_factor_needed".to_owned()), "{method} {path}");
    }
    let ann = with_app(&stack, "ann").await?;
    stack.advance_seconds(601);
    for (method, path) in &routes {
        let answer = ann.client.call(method.clone(), path, Some(&json!({})), &[]).await?;
        let refused = (answer.status, answer.text("/code"));
        assert_eq!(refused, (403, "second_factor_needed".to_owned()), "{method} {path}");
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a13_a_fresh_second_factor_opens_what_is_destructive_for_ten_minutes()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let mut ann = with_app(&stack, "ann").await?;
    stack.advance_seconds(601);
    let path = format!("{FACTORS}/recovery-codes");
    assert_eq!(ann.client.post(&path, &json!({})).await?.status, 403);
    let answer = ann.client.post(STEP_UP, &totp(&wrong(&stack.app_shows(&ann.secret)))).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (422, "wrong_code"));
    ann.client.sign_in(STEP_UP, &totp(&stack.app_shows(&ann.secret))).await?;
    stack.advance_seconds(595);
    assert_eq!(ann.client.post(&path, &json!({})).await?.status, 201);
    stack.advance_seconds(6);
    assert_eq!(ann.client.post(&path, &json!({})).await?.status, 403);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn b16_a_step_up_gives_the_session_another_id_and_another_token() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let mut ann = with_app(&stack, "ann").await?;
    stack.advance_seconds(30);
    let before = ann.client.cookie();
    let thief = ann.client.copied();
    let (id, ends) = this_session(&ann.client).await?;
    let opened = ann.client.read("/v1/sessions").await?.text("/items/0/opened_at");
    ann.client.sign_in(STEP_UP, &totp(&stack.app_shows(&ann.secret))).await?;
    assert_ne!(ann.client.cookie(), before);
    let (other, still) = this_session(&ann.client).await?;
    assert_ne!(id, other);
    assert_eq!(ends, still, "the session's end does not move");
    let still = ann.client.read("/v1/sessions").await?.text("/items/0/opened_at");
    assert_eq!(opened, still, "the session's start does not move");
    assert_eq!(
        thief.get("/v1/session").await?.status,
        401,
        "the old session id is invalid at once"
    );
    // The old CSRF token with the new cookie.
    thief.set_cookie("__Host-pd_photographer", &cookie_of(&ann.client));
    let answer = thief.post("/v1/districts", &json!({ "name": "D" })).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (403, "csrf"));
    assert_eq!(ann.client.post("/v1/districts", &json!({ "name": "D" })).await?.status, 201);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn b16_each_sign_in_and_each_change_of_factors_gives_the_session_another_id()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let mut ann = stack.photographer("ann").await?;
    let mut ids = vec![this_session(&ann).await?.0];
    let door =
        json!({ "portal": "photographer", "email": "ann@studio.example", "password": PASSWORD });
    ann.sign_in("/v1/sign-in/password", &door).await?;
    ids.push(this_session(&ann).await?.0);
    let before = ann.copied();
    let secret = ann.post(&format!("{FACTORS}/totp"), &json!({})).await?.text("/secret");
    let first = json!({ "code": stack.app_shows(&secret) });
    ann.create(&format!("{FACTORS}/totp/confirmation"), &first, "first").await?;
    assert_eq!(
        before.get("/v1/session").await?.status,
        401,
        "the old session id is invalid at once"
    );
    ann.reload().await?;
    ids.push(this_session(&ann).await?.0);
    let before = ann.copied();
    ann.call(Method::DELETE, &format!("{FACTORS}/totp"), None, &[]).await?;
    assert_eq!(
        before.get("/v1/session").await?.status,
        401,
        "the old session id is invalid at once"
    );
    ann.reload().await?;
    ids.push(this_session(&ann).await?.0);
    let different: std::collections::BTreeSet<_> = ids.iter().collect();
    assert!(different.len() == 4 && ids.iter().all(|id| id.starts_with("ses_")), "{ids:?}");
    stack.stop().await;
    Ok(())
}

async fn this_session(client: &Client) -> Result<(String, String), SetupError> {
    let sessions = client.read("/v1/sessions").await?;
    let this = sessions.items().iter().find(|one| one["is_this"] == true);
    let id = this.map(|one| testkit::text(one, "id")).unwrap_or_default();
    Ok((id, client.read("/v1/session").await?.text("/expires_at")))
}

fn cookie_of(client: &Client) -> String {
    let all = client.cookie().unwrap_or_default();
    let mut pairs = all.split("; ").filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(name, _)| *name == "__Host-pd_photographer")
        .map(|(_, value)| value.to_owned())
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a13_adding_and_taking_away_ends_the_other_sessions_and_is_told_once()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    stack.photographer("ann").await?;
    let (elsewhere, _) = first_stage(&stack, "ann").await?;
    assert_eq!(elsewhere.get("/v1/session").await?.status, 200);
    let (mut ann, answer) = first_stage(&stack, "ann").await?;
    assert_eq!(answer.text("/status"), "signed_in");
    ann.reload().await?;
    let secret = ann.post(&format!("{FACTORS}/totp"), &json!({})).await?.text("/secret");
    let first = json!({ "code": stack.app_shows(&secret) });
    ann.create(&format!("{FACTORS}/totp/confirmation"), &first, "first").await?;
    ann.reload().await?;
    assert_eq!(elsewhere.get("/v1/session").await?.status, 401);
    let email = "ann@studio.example";
    let added = "An authenticator app was added to your account";
    assert_eq!(stack.mails_to(email, added).await?, 1);

    let path = format!("{FACTORS}/totp");
    assert_eq!(ann.call(Method::DELETE, &path, None, &[]).await?.status, 204);
    ann.reload().await?;
    assert_eq!(ann.call(Method::DELETE, &path, None, &[]).await?.status, 404);
    assert_eq!(ann.read(FACTORS).await?.body["recovery_codes_left"], 0);
    let removed = "The authenticator app was taken away from your account";
    assert_eq!(stack.mails_to(email, removed).await?, 1);
    assert_eq!(stack.mails_to(email, added).await?, 1);
    let (_, answer) = first_stage(&stack, "ann").await?;
    assert_eq!(answer.text("/status"), "signed_in", "no second factor is left");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a13_a_session_left_open_sets_nothing_up() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let ann = stack.photographer("ann").await?;
    stack.advance_seconds(601);
    for path in ["totp", "passkeys"] {
        let answer = ann.post(&format!("{FACTORS}/{path}"), &json!({})).await?;
        assert_eq!((answer.status, answer.text("/code").as_str()), (403, "sign_in_again"));
    }
    // A person who has a factor must use it before adding another.
    let ben = with_app(&stack, "ben").await?;
    stack.advance_seconds(601);
    let answer = ben.client.post(&format!("{FACTORS}/passkeys"), &json!({})).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (403, "second_factor_needed"));
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a13_a_passkeys_options_name_this_site_and_a_made_up_answer_opens_nothing()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let ann = with_app(&stack, "ann").await?;
    let start = ann.client.post(&format!("{FACTORS}/passkeys"), &json!({})).await?;
    let options = &start.body["options"];
    assert_eq!(options["rp"]["id"], "localhost");
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(options["authenticatorSelection"]["residentKey"], "preferred");
    assert_eq!(options["attestation"], "none");
    let made_up = json!({
        "id": "AAAA", "rawId": "AAAA", "type": "public-key",
        "response": { "clientDataJSON": "e30", "authenticatorData": "AAAA", "signature": "AAAA", "attestationObject": "oA", "userHandle": null },
    });
    let path = format!("{FACTORS}/passkeys/confirmation");
    let ceremony = start.text("/ceremony");
    let body = json!({ "ceremony": ceremony, "name": "Laptop", "credential": made_up });
    for _ in 0..2 {
        let answer = ann.client.post(&path, &body).await?;
        assert_eq!((answer.status, answer.text("/code").as_str()), (422, "wrong_passkey"));
    }
    let start = stack.stranger().post("/v1/sign-in/passkey/options", &json!({})).await?;
    assert_eq!(start.body["options"]["rpId"], "localhost");
    assert_eq!(start.body["options"]["allowCredentials"], json!([]), "the options name no account");
    let body = json!({ "portal": "photographer", "ceremony": start.text("/ceremony"), "credential": made_up });
    let answer = stack.stranger().post("/v1/sign-in/passkey", &body).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (422, "wrong_passkey"));
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a14_a_parent_reaches_their_gallery_with_one_factor() -> Result<(), SetupError> {
    let world = crate::world::world().await?;
    let session = world.parent.read("/v1/session").await?;
    assert_eq!(session.text("/assurance"), "aal1");
    let gallery = format!("/v1/galleries/{}", world.ids["gallery"]);
    assert_eq!(world.parent.get(&gallery).await?.status, 200);
    let answer = world.parent.post(&format!("{FACTORS}/totp"), &json!({})).await?;
    let refused = (answer.status, answer.text("/code"));
    assert_eq!(refused, (403, "second_factor_not_offered".to_owned()));
    world.stack.stop().await;
    Ok(())
}

/// Removing a factor does not make the session's second factor fresh.
#[tokio::test(flavor = "multi_thread")]
async fn a13_taking_a_factor_away_makes_nothing_fresh() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let mut ann = with_app(&stack, "ann").await?;
    let again = ann.client.post(&format!("{FACTORS}/totp"), &json!({})).await?;
    assert_eq!((again.status, again.text("/code").as_str()), (409, "second_factor_exists"));
    stack.advance_seconds(400);
    let gone = ann.client.call(Method::DELETE, &format!("{FACTORS}/totp"), None, &[]).await?;
    assert_eq!(gone.status, 204);
    ann.client.reload().await?;
    let paper = ann.client.post(&format!("{FACTORS}/recovery-codes"), &json!({})).await?;
    let refused = (paper.status, paper.text("/code"));
    assert_eq!(
        refused,
        (409, "no_second_factor".to_owned()),
        "there is no factor that recovery codes could replace"
    );
    stack.advance_seconds(201);
    let answer = ann.client.post(&format!("{FACTORS}/totp"), &json!({})).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (403, "sign_in_again"));
    stack.stop().await;
    Ok(())
}

/// The parents' portal requires no second factor, so a thief with the password can open many sessions there.
///
/// Together these sessions have ten codes an hour; the owner, who used the app in a session, has a separate
/// limit.
#[tokio::test(flavor = "multi_thread")]
async fn a_first_factor_alone_has_ten_codes_an_hour_in_however_many_sessions()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let day = picture_day(&owner, 1).await?;
    let ann = with_app(&stack, "ann").await?;
    let door = json!({ "portal": "parent", "email": "ann@studio.example", "password": PASSWORD });
    let path = format!("/v1/students/{}/share-codes", day.pupils[0].id);
    let code = owner.create(&path, &json!({}), "ann").await?.text("/code");
    stack.parent_of("ann@studio.example", &code).await?;
    let mut looked_at = 0;
    for _ in 0..4 {
        let mut thief = stack.stranger();
        thief.sign_in("/v1/sign-in/password", &door).await?;
        for _ in 0..5 {
            let typed = totp(&wrong(&stack.app_shows(&ann.secret)));
            let status = thief.post(STEP_UP, &typed).await?.status;
            looked_at += u32::from(status == 422);
            assert!([422, 429].contains(&status), "{status}");
        }
    }
    assert_eq!(looked_at, 10);
    stack.advance_seconds(30);
    let mut own = ann.client.copied();
    own.sign_in(STEP_UP, &totp(&stack.app_shows(&ann.secret))).await?;
    stack.stop().await;
    Ok(())
}
