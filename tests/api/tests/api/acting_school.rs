//! Tests that a school administrator can impersonate a teacher of the school.
//!
//! It lasts half an hour, is recorded by name, reaches this school only, and does not use the teacher's
//! credentials.

use api_tests::who_may_call_what::ROWS;
use local::client::{Answer, Client};
use platform::sign_in::acting::Reach;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{SetupError, TestStack};

use crate::access::call;
use crate::acting::{COOKIE, cookie_named, events_of_acting, name, reach, switch};
use crate::schools::refused;
use crate::second_factors::FACTORS;
use crate::world::world;

pub(crate) const SESSION: &str = "/v1/session";

pub(crate) async fn id_of(client: &Client) -> Result<String, SetupError> {
    Ok(client.read(SESSION).await?.text("/person/id"))
}

/// Gives the session a fresh second factor: the person sets up an authenticator app.
pub(crate) async fn sure(stack: &TestStack, client: &Client) -> Result<Client, SetupError> {
    let mut client = client.clone();
    let secret = client.post(&format!("{FACTORS}/totp"), &json!({})).await?.text("/secret");
    let first = json!({ "code": stack.app_shows(&secret) });
    client.create(&format!("{FACTORS}/totp/confirmation"), &first, "first").await?;
    client.reload().await?;
    Ok(client)
}

fn path(school: &str, person: &str) -> String {
    format!("/v1/schools/{school}/staff/{person}/impersonation")
}

fn why() -> Value {
    json!({ "reason": "support_case", "case": "HELP-1" })
}

/// Starts an impersonation, and returns a browser that has the impersonation cookie only.
pub(crate) async fn see_as(by: &Client, school: &str, person: &str) -> Result<Client, SetupError> {
    let browser = by.copied();
    let started = browser.create(&path(school, person), &why(), "see").await?;
    assert_eq!((started.status, started.text("/path").as_str()), (201, "/school"));
    let mut acting = Client::new(by.base());
    acting.set_cookie(COOKIE, &cookie_named(&browser, COOKIE));
    acting.reload().await?;
    Ok(acting)
}

/// Returns the status and body without the request id, which differs per request.
fn bare(mut answer: Answer) -> (u16, Value) {
    answer.body["request_id"] = Value::Null;
    (answer.status, answer.body)
}

#[tokio::test(flavor = "multi_thread")]
async fn c02_c11_an_administrator_sees_their_own_school_as_a_teacher_does_and_nobody_else()
-> Result<(), SetupError> {
    let world = world().await?;
    let (stack, oak) = (&world.stack, &world.ids["school"]);
    let tess = id_of(&world.teacher).await?;
    let refusal = |code: &str| (403, code.to_owned());
    let once = world.administrator.post(&path(oak, &tess), &why()).await?;
    assert_eq!(refused(&once), refusal("second_factor_needed"));
    let administrator = sure(stack, &world.administrator).await?;
    let owner = sure(stack, &world.owner).await?;
    let answer = owner.copied().post(&path(oak, &tess), &why()).await?;
    assert_eq!(refused(&answer), refusal("school_administrators_only"));
    let teacher = sure(stack, &world.teacher).await?;
    let answer = teacher.post(&path(oak, &world.ids["person"]), &why()).await?;
    assert_eq!(refused(&answer), refusal("administrators_only"));

    // People who are not teachers here: an administrator, oneself, and everyone outside the school's staff.
    let second = stack.administrator(&owner, oak, "second").await?;
    for person in [id_of(&administrator).await?, id_of(&second).await?] {
        let answer = administrator.post(&path(oak, &person), &why()).await?;
        assert_eq!(refused(&answer), (409, "not_a_teacher".to_owned()));
    }
    let missing = format!("per_{}", "a".repeat(26));
    let mut same = Vec::new();
    for person in [
        missing,
        "nonsense".to_owned(),
        id_of(&world.parent).await?,
        id_of(&world.owner).await?,
        id_of(&world.other_school).await?,
    ] {
        let answer = bare(administrator.post(&path(oak, &person), &why()).await?);
        assert_eq!(answer.0, 404, "{person}");
        same.push(answer);
    }
    assert!(same.iter().all(|answer| *answer == same[0]), "{same:?}");
    // A reason is required, and the case may not hold a name.
    for (body, code) in [
        (json!({}), "malformed_json"),
        (json!({ "reason": "curious" }), "malformed_json"),
        (json!({ "reason": "support_case", "portal": "parent" }), "malformed_json"),
        (json!({ "reason": "support_case", "case": "Tess" }), "bad_case"),
    ] {
        let answer = administrator.post(&path(oak, &tess), &body).await?;
        assert_eq!(answer.text("/code"), code, "{body}");
    }

    let acting = see_as(&administrator, oak, &tess).await?;
    let seen = acting.read(SESSION).await?;
    assert_eq!(
        (seen.text("/person/id"), seen.text("/portal")),
        (tess.clone(), "school".to_owned())
    );
    assert_eq!(seen.body["acting"]["school"], json!(oak));
    assert_eq!(seen.body["acting"]["may_write"], false);
    assert_eq!(
        seen.text("/assurance"),
        "aal1",
        "the administrator's second factor is not the teacher's"
    );
    let students = format!("/v1/schools/{oak}/students");
    let theirs = teacher.all(&students).await?;
    assert!(!theirs.is_empty());
    assert_eq!(acting.all(&students).await?, theirs);
    assert_eq!(acting.get(&format!("/v1/schools/{oak}/staff")).await?.status, 403, "as a teacher");
    // In the administrator's own browser it takes precedence over their own session, which continues after it
    // ends.
    let browser = administrator.copied();
    browser.set_cookie(COOKIE, &cookie_named(&acting, COOKIE));
    let mut browser = browser;
    browser.reload().await?;
    assert_eq!(browser.get(&format!("/v1/schools/{oak}/staff")).await?.status, 403);
    assert_eq!(browser.call(Method::DELETE, SESSION, None, &[]).await?.status, 204);
    assert_eq!(browser.get(&format!("/v1/schools/{oak}/staff")).await?.status, 200);
    assert_eq!(browser.read(SESSION).await?.body["acting"], Value::Null);
    assert_eq!(acting.get(SESSION).await?.status, 401, "it has ended everywhere");
    stack.advance_seconds(601);
    let late = administrator.post(&path(oak, &tess), &why()).await?;
    assert_eq!(refused(&late), refusal("second_factor_needed"));
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_seeing_as_a_teacher_looks_then_changes_and_never_does_what_is_the_teachers_alone()
-> Result<(), SetupError> {
    let world = world().await?;
    let (stack, oak) = (&world.stack, &world.ids["school"]);
    let administrator = sure(stack, &world.administrator).await?;
    let tess = id_of(&world.teacher).await?;
    let mut acting = see_as(&administrator, oak, &tess).await?;
    let mut wrong = Vec::new();
    let mut looked = 0;
    for row in ROWS {
        let of_teacher = row.answers[6];
        let expected = match (reach(row), row.method) {
            (None | Some(Reach::Itself), _) => continue,
            // Photographers' and parents' routes: no caller is signed in at the schools' portal there.
            (Some(_), _) if of_teacher == 401 => (401, None),
            (Some(Reach::Look), _) => (of_teacher, None),
            (Some(Reach::Never), "GET") => (403, Some("not_while_acting")),
            (Some(Reach::Change | Reach::Never), _) => (403, Some("acting_read_only")),
        };
        let answer = call(&world, row, &acting).await?;
        let is_code = expected.1.is_none_or(|code| answer.text("/code") == code);
        if answer.status != expected.0 || !is_code {
            wrong.push(format!("{}: {} {}", name(row), answer.status, answer.body));
        }
        looked += usize::from(answer.status == 200);
    }
    assert!(wrong.is_empty(), "looking: {}", wrong.join("\n"));
    assert!(looked >= 5, "{looked}");

    let before = acting.copied();
    switch(&mut acting).await?;
    assert_eq!(before.get(SESSION).await?.status, 401, "the previous session id is invalid");
    let after = acting.read(SESSION).await?;
    assert_eq!(after.body["acting"]["may_write"], true);
    assert_eq!(
        after.body["acting"]["school"],
        json!(oak),
        "the switch does not extend it to other schools"
    );
    let told = "An administrator of your school is working at your account";
    assert_eq!(stack.mails_to("tess@school.example", told).await?, 1);
    let (mut changed, mut never) = (0, 0);
    for row in ROWS {
        let expected = match reach(row) {
            None | Some(Reach::Itself | Reach::Look) => continue,
            Some(_) if row.answers[6] == 401 => continue,
            // From here on the teacher's own rights decide what may be changed.
            Some(Reach::Change) => (row.answers[6], None),
            Some(Reach::Never) => (403, Some("not_while_acting")),
        };
        let answer = call(&world, row, &acting).await?;
        let is_code = expected.1.is_none_or(|code| answer.text("/code") == code);
        let is_let_through = !answer.text("/code").contains("acting");
        if answer.status != expected.0 || !is_code || is_let_through == expected.1.is_some() {
            wrong.push(format!("{}: {} {}", name(row), answer.status, answer.body));
        }
        (changed, never) =
            (changed + usize::from(is_let_through), never + usize::from(!is_let_through));
    }
    assert!(wrong.is_empty(), "changing: {}", wrong.join("\n"));
    assert!(changed >= 2 && never >= 20, "{changed} {never}");

    // Every event names both people, and the first one names the school and the reason.
    let adam = id_of(&administrator).await?;
    let events = events_of_acting(stack).await?;
    for did in ["students_listed", "acting_writes_allowed"] {
        assert!(events.iter().any(|event| event.contains(did)), "{did}");
    }
    for event in &events {
        assert!(event.contains(&adam) && event.contains(&tess), "{event}");
    }
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_seeing_as_a_teacher_ends_after_half_an_hour_however_busy() -> Result<(), SetupError> {
    let world = world().await?;
    let (stack, oak) = (&world.stack, &world.ids["school"]);
    let administrator = sure(stack, &world.administrator).await?;
    let mut acting = see_as(&administrator, oak, &id_of(&world.teacher).await?).await?;
    let ends = acting.read(SESSION).await?.text("/expires_at");
    for minute in 0..17 {
        stack.advance_seconds(100);
        assert_eq!(acting.get("/v1/schools").await?.status, 200);
        if minute == 10 {
            switch(&mut acting).await?;
        }
    }
    assert_eq!(acting.read(SESSION).await?.text("/expires_at"), ends, "the switch adds no time");
    stack.advance_seconds(95);
    assert_eq!(acting.get("/v1/schools").await?.status, 200);
    stack.advance_seconds(10);
    let over = acting.get("/v1/schools").await?;
    let cleared = over.headers["set-cookie"].to_str()?;
    assert_eq!(over.status, 401);
    assert!(cleared.starts_with("__Host-pd_acting=;"), "{cleared}");
    world.stack.stop().await;
    Ok(())
}
