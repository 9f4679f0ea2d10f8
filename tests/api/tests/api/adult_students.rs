//! Tests adult students at the parents' portal.
//!
//! It is closed until their school opens it, and then shows their own galleries only.

use local::client::{Answer, Client};
use platform::inspect::scan;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{SetupError, text};

use crate::schools::{issue, parent, refused};
use crate::world::{World, world};

const EMAIL: &str = "grown@family.example";

/// Opens or closes the school for its adult students.
async fn set_open(world: &World, open: bool) -> Result<(), SetupError> {
    let path = format!("/v1/schools/{}/parent-access", world.ids["school"]);
    let body = json!({ "adult_students": open });
    let answer = world.administrator.call(Method::PUT, &path, Some(&body), &[]).await?;
    assert_eq!((answer.status, &answer.body["adult_students"]), (200, &json!(open)));
    assert_eq!(answer.text("/parent_access"), "code", "a setting that was not sent stays");
    Ok(())
}

async fn ask_as_student(world: &World, code: &str, email: &str) -> Result<(), SetupError> {
    let body = json!({ "code": code, "email": email, "relation": "student" });
    let answer = world.stack.stranger().post("/v1/access-requests", &body).await?;
    assert_eq!((answer.status, answer.body), (202, json!({ "status": "check_mail" })));
    Ok(())
}

/// Returns the access requests of one e-mail address.
async fn requests_of(world: &World, email: &str) -> Result<Vec<Value>, SetupError> {
    let path = format!("/v1/schools/{}/access-requests", world.ids["school"]);
    let all = world.teacher.read(&path).await?;
    Ok(all.items().iter().filter(|it| it["email"] == *email).cloned().collect())
}

async fn signed_in(world: &World, email: &str) -> Result<Client, SetupError> {
    let mut client = world.stack.stranger();
    let token = client.mailed_token(email).await?;
    client.sign_in("/v1/sign-in/link", &json!({ "token": token })).await?;
    Ok(client)
}

/// Counts the people that the system knows.
async fn accounts(world: &World) -> Result<usize, SetupError> {
    let app = world.stack.stack().app();
    let table = app.config().records_table.clone().unwrap_or_default();
    let rows = scan(app, &table).await?;
    Ok(rows.iter().filter(|row| row.contains("S(\"EMAIL#")).count())
}

async fn approve(by: &Client, request: &Value) -> Result<Answer, SetupError> {
    let path = format!("/v1/access-requests/{}/approval", text(request, "id"));
    Ok(by.post(&path, &json!({})).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn c05_a_grown_student_sees_their_own_galleries_once_the_school_has_opened_that_and_agreed()
-> Result<(), SetupError> {
    let world = world().await?;
    let gallery = format!("/v1/galleries/{}", world.ids["gallery"]);
    let (_, code) = issue(&world.teacher, &world.ids["student"]).await?;
    let school = format!("/v1/schools/{}", world.ids["school"]);
    assert_eq!(world.owner.read(&school).await?.body["adult_students"], false, "off by default");

    // Closed: the answer is the same as for a wrong code, and neither an account nor a request is created.
    let before = accounts(&world).await?;
    ask_as_student(&world, &code, EMAIL).await?;
    assert!(requests_of(&world, EMAIL).await?.is_empty());
    assert_eq!(accounts(&world).await?, before, "a refused request of a student stores no account");

    // Open: code and consent are not enough for a student, although they are for parents of this school.
    set_open(&world, true).await?;
    ask_as_student(&world, &code, EMAIL).await?;
    let student = signed_in(&world, EMAIL).await?;
    student.consent().await?;
    assert_eq!(student.get(&gallery).await?.status, 404);
    let [request] = requests_of(&world, EMAIL).await?.try_into().map_err(|_| "one request")?;
    assert_eq!((&request["relation"], &request["state"]), (&json!("student"), &json!("consented")));
    assert_eq!(approve(&student, &request).await?.status, 401, "a family cannot approve");
    // The school knows who is 18; its photographer does not.
    let answer = approve(&world.owner, &request).await?;
    assert_eq!(refused(&answer), (403, "school_decides_students".to_owned()));
    assert_eq!(approve(&world.teacher, &request).await?.status, 200);
    assert_eq!(student.get(&gallery).await?.status, 200);
    let said = |row: &&String| row.contains("access_requested") && row.contains("as the student");
    let audit = world.stack.stack().app().config().audit_table.clone().unwrap_or_default();
    let rows = scan(world.stack.stack().app(), &audit).await?;
    assert_eq!(
        rows.iter().filter(said).count(),
        2,
        "the log has the refused and the stored request"
    );

    // The student sees their own galleries only, whichever code they have.
    let own = student.read("/v1/galleries").await?;
    let ids: Vec<_> = own.items().iter().map(|it| text(it, "id")).collect();
    assert_eq!(ids, [world.ids["gallery"].clone()]);
    let others = world.other_parent.read("/v1/galleries").await?;
    let other = text(&others.items()[0], "student_id");
    let (_, code_of_other) = issue(&world.teacher, &other).await?;
    ask_as_student(&world, &code_of_other, EMAIL).await?;
    assert_eq!(requests_of(&world, EMAIL).await?.len(), 1, "one person cannot be two students");

    // An unknown relation is refused openly.
    let odd = json!({ "code": code, "email": EMAIL, "relation": "teacher" });
    assert_eq!(world.stack.stranger().post("/v1/access-requests", &odd).await?.status, 400);
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c05_a_school_that_closes_again_shuts_students_and_their_guests_out_and_no_parent()
-> Result<(), SetupError> {
    let world = world().await?;
    let gallery = format!("/v1/galleries/{}", world.ids["gallery"]);
    let (_, code) = issue(&world.teacher, &world.ids["student"]).await?;
    set_open(&world, true).await?;
    ask_as_student(&world, &code, EMAIL).await?;
    let student = signed_in(&world, EMAIL).await?;
    student.consent().await?;
    let request = requests_of(&world, EMAIL).await?.pop().ok_or("a request")?;
    assert_eq!(approve(&world.administrator, &request).await?.status, 200);
    // Closing the school to students changes the access review report.
    let report = world.owner.read("/v1/studio/access-review").await?.text("/digest");
    set_open(&world, false).await?;
    let closed = world.owner.read("/v1/studio/access-review").await?.text("/digest");
    assert_ne!(closed, report);
    set_open(&world, true).await?;
    let given = student.create(&format!("{gallery}/guest-tokens"), &json!({}), "give").await?;
    let token = given.text("/token");
    let guest = async || -> Result<u16, SetupError> {
        let headers = [("x-guest-token", token.as_str())];
        Ok(world.stack.stranger().call(Method::GET, &gallery, None, &headers).await?.status)
    };
    assert_eq!(guest().await?, 200);

    // Changing the approval rule without the students' setting keeps the students' access.
    let path = format!("/v1/schools/{}/parent-access", world.ids["school"]);
    let body = json!({ "parent_access": "approval" });
    world.administrator.call(Method::PUT, &path, Some(&body), &[]).await?;
    assert_eq!(student.get(&gallery).await?.status, 200);

    let body = json!({ "parent_access": "code" });
    world.administrator.call(Method::PUT, &path, Some(&body), &[]).await?;

    set_open(&world, false).await?;
    assert_eq!(student.get(&gallery).await?.status, 404);
    assert!(student.read("/v1/galleries").await?.items().is_empty());
    assert_eq!(guest().await?, 404);
    // A parent of the same child who requests access with the same code is admitted as before.
    let family = parent(&world.stack, "mum", &code).await?;
    family.consent().await?;
    assert_eq!(family.get(&gallery).await?.status, 200);
    assert_eq!(world.parent.get(&gallery).await?.status, 200);
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c05_the_school_alone_opens_and_approves_while_it_is_open() -> Result<(), SetupError> {
    let world = world().await?;
    let path = format!("/v1/schools/{}/parent-access", world.ids["school"]);
    let body = json!({ "adult_students": true });
    let answer = world.owner.call(Method::PUT, &path, Some(&body), &[]).await?;
    assert_eq!(refused(&answer), (403, "school_decides_students".to_owned()));
    set_open(&world, true).await?;
    let (_, code) = issue(&world.teacher, &world.ids["student"]).await?;
    let other = world.other_parent.read("/v1/galleries").await?;
    let (_, other) = issue(&world.teacher, &text(&other.items()[0], "student_id")).await?;
    // Two requests of one person wait; only one of them can be approved.
    for (number, code) in [&code, &other].into_iter().enumerate() {
        ask_as_student(&world, code, EMAIL).await?;
        world.stack.opened_letter(EMAIL, number + 1).await?;
    }
    let requests = requests_of(&world, EMAIL).await?;
    assert_eq!(requests.len(), 2);
    set_open(&world, false).await?;
    for request in requests_of(&world, EMAIL).await? {
        assert_eq!(request["may_decide"], false);
    }
    let answer = approve(&world.teacher, &requests[0]).await?;
    assert_eq!(refused(&answer), (409, "wrong_state".to_owned()));
    set_open(&world, true).await?;
    assert_eq!(approve(&world.teacher, &requests[0]).await?.status, 200);
    let answer = approve(&world.teacher, &requests[1]).await?;
    assert_eq!(refused(&answer), (409, "another_student".to_owned()));
    // A refusal is possible at any time.
    set_open(&world, false).await?;
    let refuse = format!("/v1/access-requests/{}/refusal", text(&requests[1], "id"));
    assert_eq!(world.teacher.post(&refuse, &json!({})).await?.status, 200);
    // A student who was admitted before the school closed requests access as a parent: the request waits for
    // the school.
    let first = text(&requests[0], "student_id");
    let code = if first == world.ids["student"] { &code } else { &other };
    let ask = json!({ "code": code, "email": EMAIL });
    world.stack.stranger().create("/v1/access-requests", &ask, "as a parent").await?;
    world.stack.opened_letter(EMAIL, 3).await?;
    let waiting = requests_of(&world, EMAIL).await?;
    let waiting = waiting.iter().find(|it| it["student_id"] == *first).ok_or("a request")?;
    assert_eq!((&waiting["relation"], &waiting["state"]), (&json!("parent"), &json!("requested")));
    assert_eq!(approve(&world.teacher, waiting).await?.status, 200);
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c05_c10_asking_again_as_a_parent_gets_around_nothing_and_a_strangers_ask_harms_no_parent()
-> Result<(), SetupError> {
    let world = world().await?;
    let gallery = format!("/v1/galleries/{}", world.ids["gallery"]);
    let (_, code) = issue(&world.teacher, &world.ids["student"]).await?;
    set_open(&world, true).await?;
    // A stranger requests access as a student with a mother's e-mail address: she is still admitted as a
    // parent, even if she opens that link.
    for (name, opens_it) in [("mother", false), ("mum", true)] {
        let email = format!("{name}@family.example");
        ask_as_student(&world, &code, &email).await?;
        if opens_it {
            world.stack.opened_letter(&email, 1).await?;
        }
        let ask = json!({ "code": code, "email": email });
        world.stack.stranger().create("/v1/access-requests", &ask, name).await?;
        let mother = world.stack.opened_letter(&email, 2).await?;
        mother.consent().await?;
        assert_eq!(mother.get(&gallery).await?.status, 200, "{name}");
    }

    // A person who consented as the student, or was refused as one, also waits for the school as a parent.
    for (name, is_refused) in [("waits", false), ("refused", true)] {
        let email = format!("{name}@family.example");
        ask_as_student(&world, &code, &email).await?;
        let student = signed_in(&world, &email).await?;
        student.consent().await?;
        if is_refused {
            let request = requests_of(&world, &email).await?.pop().ok_or("a request")?;
            let path = format!("/v1/access-requests/{}/refusal", text(&request, "id"));
            assert_eq!(world.teacher.post(&path, &json!({})).await?.status, 200);
        }
        let again = json!({ "code": code, "email": email });
        world.stack.stranger().create("/v1/access-requests", &again, "again").await?;
        world.stack.opened_letter(&email, 2).await?;
        assert_eq!(student.get(&gallery).await?.status, 404, "{name}");
        let request = requests_of(&world, &email).await?.pop().ok_or("a request")?;
        assert_eq!(
            (&request["relation"], &request["may_decide"]),
            (&json!("parent"), &json!(true))
        );
        let answer = approve(&world.owner, &request).await?;
        assert_eq!(refused(&answer), (403, "school_decides_students".to_owned()), "{name}");
        assert_eq!(approve(&world.teacher, &request).await?.status, 200);
        assert_eq!(student.get(&gallery).await?.status, 200, "{name}");
    }
    world.stack.stop().await;
    Ok(())
}
