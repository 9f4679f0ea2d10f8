//! Tests guests: a token opens one gallery for one hour, and nothing else.

use api_tests::programs::GUESTS;
use api_tests::who_may_call_what::ROWS;
use local::client::Client;
use reqwest::Method;
use serde_json::json;
use testkit::camera::Subject;
use testkit::{SetupError, Shooting, publish, settle, text};

use crate::access::call;
use crate::programs::{events, is_for_nobody_known};
use crate::world::world;

#[tokio::test(flavor = "multi_thread")]
async fn a19_a_guest_sees_the_one_gallery_and_404_everywhere_else() -> Result<(), SetupError> {
    let world = world().await?;
    let base = world.stack.stack().url().to_owned();
    let path = format!("/v1/galleries/{}", world.ids["gallery"]);
    let given = world.parent.create(&format!("{path}/guest-tokens"), &json!({}), "give").await?;
    let guest = Client::guest(&base, &given.text("/token"));
    let mut wrong = Vec::new();
    for row in ROWS {
        let name = format!("{} {}", row.method, row.route);
        let expected = match row.answers[0] {
            _ if GUESTS.contains(&name.as_str()) => 200,
            // A step of a browser's sign-in: a request without an origin is refused as not from our pages.
            401 if row.route.starts_with("/v1/sign-in/second-factor") => 403,
            401 if !is_for_nobody_known(row.route) => 404,
            open => open,
        };
        let answer = call(&world, row, &guest).await?;
        if answer.status != expected {
            wrong.push(format!("{name}: {} not {expected}: {}", answer.status, answer.body));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    // Another child's gallery is not found, like a missing one.
    let others =
        world.owner.read(&format!("/v1/galleries?picture_day={}", world.ids["day"])).await?;
    let other = others.items().iter().find(|gallery| gallery["id"] != world.ids["gallery"]);
    let other = other.and_then(|gallery| gallery["id"].as_str()).ok_or("another gallery")?;
    assert_eq!(guest.get(&format!("/v1/galleries/{other}")).await?.status, 404);
    // The guest sees what the family sees: no print file.
    let seen = guest.read(&path).await?;
    assert!(seen.body["photos"][0]["proof_url"].is_string());
    assert!(seen.body["photos"][0]["web_url"].is_null());
    for bad in ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        assert_eq!(Client::guest(&base, bad).get(&path).await?.status, 404, "{bad}");
    }
    world.stack.advance_seconds(3601);
    assert_eq!(guest.get(&path).await?.status, 404, "expired after an hour");
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a19_another_gallery_of_the_same_child_is_as_absent_as_none() -> Result<(), SetupError> {
    let world = world().await?;
    let base = world.stack.stack().url().to_owned();
    let today: String =
        world.owner.read("/v1/session").await?.text("/expires_at").chars().take(10).collect();
    let days = format!("/v1/schools/{}/picture-days", world.ids["school"]);
    let spring = json!({ "date": today, "kind": "spring" });
    let day = world.owner.create(&days, &spring, "spring").await?.text("/id");
    let mut camera = Shooting::small(2);
    camera.frame(Subject::Portrait { seed: 7 })?;
    world.owner.upload(&day, "A", camera.files).await?;
    let photos = settle(&world.owner, &day).await?;
    let by_hand = format!("/v1/photos/{}/student", text(&photos[0], "id"));
    let student = json!({ "student_id": world.ids["student"] });
    assert_eq!(world.owner.call(Method::PUT, &by_hand, Some(&student), &[]).await?.status, 200);
    let spring = text(&publish(&world.owner, &day).await?[0], "id");

    let fall = format!("/v1/galleries/{}", world.ids["gallery"]);
    let spring = format!("/v1/galleries/{spring}");
    let given = world.parent.create(&format!("{fall}/guest-tokens"), &json!({}), "give").await?;
    let guest = Client::guest(&base, &given.text("/token"));
    for (path, of_guest) in [(&fall, 200), (&spring, 404)] {
        assert_eq!(world.parent.get(path).await?.status, 200, "both belong to the family");
        assert_eq!(guest.get(path).await?.status, of_guest, "the token is for one gallery");
    }
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a19_a_guest_sees_no_more_than_the_host_may_see() -> Result<(), SetupError> {
    let world = world().await?;
    let base = world.stack.stack().url().to_owned();
    let path = format!("/v1/galleries/{}", world.ids["gallery"]);
    let give = format!("{path}/guest-tokens");
    let of_parent = world.parent.create(&give, &json!({}), "give").await?.text("/token");
    let of_owner = world.owner.create(&give, &json!({}), "give").await?.text("/token");
    let (of_parent, of_owner) = (Client::guest(&base, &of_parent), Client::guest(&base, &of_owner));
    for guest in [&of_parent, &of_owner] {
        assert_eq!(guest.get(&path).await?.status, 200);
        assert_eq!(
            guest.call(Method::POST, &give, None, &[]).await?.status,
            404,
            "a guest cannot create a guest token"
        );
    }
    assert_eq!(events(&world.stack, "guest_token_issued").await?, 2);
    // A host who no longer works there has no gallery to show.
    let host = world.stack.colleague(&world.owner, "host").await?;
    let of_host = host.create(&give, &json!({}), "give").await?.text("/token");
    let of_host = Client::guest(&base, &of_host);
    assert_eq!(of_host.get(&path).await?.status, 200);
    let id = host.read("/v1/session").await?.text("/person/id");
    let off = format!("/v1/studio/staff/{id}");
    assert_eq!(world.owner.call(Method::DELETE, &off, None, &[]).await?.status, 204);
    assert_eq!(of_host.get(&path).await?.status, 404);
    // The photo is unassigned: the gallery no longer shows it.
    let photo = format!("/v1/photos/{}/student", world.ids["photo"]);
    assert_eq!(world.owner.call(Method::DELETE, &photo, None, &[]).await?.status, 200);
    for guest in [&of_parent, &of_owner] {
        let seen = guest.read(&path).await?;
        assert_eq!(seen.body["photos"].as_array().map(Vec::len), Some(0));
    }
    // A password reset after a theft also ends the guest tokens that the thief gave out.
    let stranger = world.stack.stranger();
    let email = json!({ "email": "ann@family.example" });
    stranger.post("/v1/password-resets", &email).await?;
    let mail = world.stack.mail("ann@family.example", "Choose a new password", 1).await?;
    let (_, token) = mail.split_once("token=").ok_or("a link")?;
    let token = token.split_whitespace().next().unwrap_or_default();
    let chosen = json!({ "token": token, "password": testkit::PASSWORD });
    stranger.create("/v1/password-resets/confirmation", &chosen, "chosen").await?;
    assert_eq!(of_parent.get(&path).await?.status, 404);
    assert_eq!(of_owner.get(&path).await?.status, 200, "another host's");
    world.stack.stop().await;
    Ok(())
}
