//! Tests that impersonating a teacher is confined to one school: the teacher's other roles stay closed.

use std::time::Duration;

use local::client::Client;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{PASSWORD, SetupError, TestStack, text};

use crate::acting::{events_of_acting, switch};
use crate::acting_school::{SESSION, id_of, see_as, sure};
use crate::schools::{issue, roster, school};
use crate::world::{World, world};

/// A teacher of Oak who has many other roles.
struct ManyHats {
    oak: String,
    /// The other schools of this teacher: one in the same studio, one in another studio.
    others: [String; 2],
    /// The gallery of the teacher's own child.
    gallery: String,
    tess: String,
    /// Signed in at the parents' portal.
    as_parent: Client,
}

/// Accepts the newest invitation as a person who already has an account.
async fn accept(stack: &TestStack, email: &str) -> Result<(), SetupError> {
    let stranger = stack.stranger();
    let token = stranger.mailed_token(email).await?;
    stranger.create("/v1/invitations/acceptance", &json!({ "token": token }), &token).await?;
    Ok(())
}

/// Invites and accepts, after waiting for a mail newer than those already sent.
async fn join(
    stack: &TestStack,
    by: &Client,
    path: &str,
    invitation: &Value,
) -> Result<(), SetupError> {
    let email = text(invitation, "email");
    let mails = || stack.stack().mails().iter().filter(|mail| mail.to == email).count();
    let before = mails();
    by.create(path, invitation, path).await?;
    for _ in 0..200 {
        if mails() > before {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    accept(stack, &email).await
}

const TESS: &str = "tess@school.example";

/// Creates a person who administers Elm, teaches and works at another studio, and has a child at Oak.
async fn many_hats(world: &World) -> Result<ManyHats, SetupError> {
    let (stack, owner) = (&world.stack, &world.owner);
    let elm = owner.read("/v1/schools").await?;
    let elm = elm.items().iter().find(|one| one["name"] == "Elm").map(|one| text(one, "id"));
    let elm = elm.ok_or("no Elm")?;
    let administrator = json!({ "email": TESS, "role": "administrator" });
    join(stack, owner, &format!("/v1/schools/{elm}/staff-invitations"), &administrator).await?;
    let ash = school(&world.other, "Ash").await?;
    testkit::import(&world.other, &ash, roster(20)).await?;
    let teacher = json!({ "email": TESS, "role": "teacher", "classes": ["3A"] });
    join(stack, &world.other, &format!("/v1/schools/{ash}/staff-invitations"), &teacher).await?;
    join(stack, &world.other, "/v1/studio/staff-invitations", &json!({ "email": TESS })).await?;
    let (_, code) = issue(owner, &world.ids["student"]).await?;
    let parent = stack.parent_of(TESS, &code).await?;
    parent.consent().await?;
    let gallery = world.ids["gallery"].clone();
    let oak = world.ids["school"].clone();
    let tess = id_of(&world.teacher).await?;
    Ok(ManyHats { oak, others: [elm, ash], gallery, tess, as_parent: parent })
}

/// Signs Tess in at one portal.
async fn tess_at(stack: &TestStack, portal: &str) -> Result<Client, SetupError> {
    let mut client = stack.stranger();
    let door = json!({ "portal": portal, "email": TESS, "password": PASSWORD });
    client.sign_in("/v1/sign-in/password", &door).await?;
    Ok(client)
}

#[tokio::test(flavor = "multi_thread")]
async fn c02_c11_seeing_as_a_teacher_reaches_one_school_and_nothing_else_they_are()
-> Result<(), SetupError> {
    let world = world().await?;
    let stack = &world.stack;
    let hats = many_hats(&world).await?;
    let ManyHats { oak, others, gallery, tess, as_parent } = &hats;
    // All of these are open to Tess herself, so the refusals below come from the impersonation.
    let at_school = tess_at(stack, "school").await?;
    let at_studio = tess_at(stack, "photographer").await?;
    assert_eq!(at_school.read("/v1/schools").await?.items().len(), 3);
    let mut elsewhere = vec![
        (&at_studio, "/v1/districts".to_owned(), 401),
        (&at_studio, "/v1/picture-days".to_owned(), 401),
        (as_parent, "/v1/consents/current".to_owned(), 401),
        (as_parent, format!("/v1/galleries/{gallery}"), 404),
        (as_parent, "/v1/galleries".to_owned(), 404),
        (&at_school, "/v1/sessions".to_owned(), 403),
        (&at_school, "/v1/person/second-factors".to_owned(), 403),
        (&at_school, format!("/v1/schools/{}/staff", others[0]), 404),
    ];
    for school in others {
        elsewhere.push((&at_school, format!("/v1/schools/{school}"), 404));
        elsewhere.push((&at_school, format!("/v1/schools/{school}/students"), 404));
        elsewhere.push((&at_school, format!("/v1/schools/{school}/picture-days"), 404));
        elsewhere.push((&at_school, format!("/v1/schools/{school}/access-requests"), 404));
    }
    let administrator = sure(stack, &world.administrator).await?;
    let mut acting = see_as(&administrator, oak, tess).await?;
    for may_write in [false, true] {
        if may_write {
            switch(&mut acting).await?;
        }
        assert_eq!(acting.read(SESSION).await?.body["acting"]["may_write"], may_write);
        let schools = acting.read("/v1/schools").await?;
        let seen: Vec<_> = schools.items().iter().map(|one| text(one, "id")).collect();
        assert_eq!(seen.iter().collect::<Vec<_>>(), [oak], "this school and no other");
        for (theirs, path, shut) in &elsewhere {
            assert_eq!(theirs.get(path).await?.status, 200, "{path} is hers");
            for portal in ["school", "photographer", "parent"] {
                let named = [("x-portal", portal)];
                let answer = acting.call(Method::GET, path, None, &named).await?;
                assert_eq!(answer.status, *shut, "{path} as {portal}: {}", answer.body);
            }
        }
        let students = acting.all(&format!("/v1/schools/{oak}/students")).await?;
        assert!(!students.is_empty());
    }
    assert_eq!(acting.call(Method::DELETE, SESSION, None, &[]).await?.status, 204);
    // The event is in the audit log of the school's own studio, although she works for another, and it names
    // the school.
    let app = stack.stack().app();
    let table = app.config().audit_table.as_deref().unwrap_or_default();
    let rows = platform::inspect::scan(app, table).await?;
    let started = rows.iter().find(|row| row.contains("acting_started")).ok_or("no event")?;
    for part in [oak, tess, &id_of(&administrator).await?, "support_case HELP-1"] {
        assert!(started.contains(part), "{part} in {started}");
    }
    let studio = &world.ids["studio"];
    let theirs = events_of_acting(stack).await?;
    assert!(theirs.len() >= 4, "{theirs:?}");
    for event in theirs.iter().chain([started]) {
        assert!(event.contains(&format!("STUDIO#{studio}#")), "{event}");
    }
    world.stack.stop().await;
    Ok(())
}
