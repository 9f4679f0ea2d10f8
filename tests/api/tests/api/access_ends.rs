//! Tests that an access can be ended by the school, by its photographer, and by the family itself.
//!
//! A custody case must not wait until a letter's code expires.

use api_tests::who_may_call_what::ROWS;
use local::client::{Answer, Client};
use platform::inspect::scan;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{SetupError, text};

use crate::by_hand::path;
use crate::schools::{issue, parent, refused};
use crate::world::{World, world};

/// Returns the school's access requests of one e-mail address.
async fn requests_of(world: &World, email: &str) -> Result<Vec<Value>, SetupError> {
    let path = format!("/v1/schools/{}/access-requests", world.ids["school"]);
    let all = world.administrator.all(&path).await?;
    Ok(all.into_iter().filter(|it| it["email"] == *email).collect())
}

async fn request_of(world: &World, name: &str) -> Result<Value, SetupError> {
    let found = requests_of(world, &format!("{name}@family.example")).await?.pop();
    Ok(found.ok_or("a request")?)
}

async fn end(by: &Client, request: &Value) -> Result<Answer, SetupError> {
    let path = format!("/v1/access-requests/{}", text(request, "id"));
    Ok(by.call(Method::DELETE, &path, None, &[]).await?)
}

/// Requests access again with a code, and opens the mailed link.
async fn ask_again(
    world: &World,
    name: &str,
    code: &str,
    number: usize,
) -> Result<Client, SetupError> {
    let email = format!("{name}@family.example");
    let ask = json!({ "code": code, "email": email });
    world.stack.stranger().create("/v1/access-requests", &ask, &number.to_string()).await?;
    world.stack.opened_letter(&email, number).await
}

/// Returns the audit events of one action that name a request.
async fn events(world: &World, did: &str, request: &Value) -> Result<Vec<String>, SetupError> {
    let app = world.stack.stack().app();
    let rows = scan(app, app.config().audit_table.as_deref().unwrap_or_default()).await?;
    let id = text(request, "id");
    Ok(rows.into_iter().filter(|row| row.contains(did) && row.contains(&id)).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_ends_an_access_it_is_over_at_the_next_request_and_so_are_its_guests()
-> Result<(), SetupError> {
    let world = world().await?;
    let gallery = format!("/v1/galleries/{}", world.ids["gallery"]);
    let colleague = world.stack.colleague(&world.owner, "sam").await?;
    let enders: [(&str, Option<&Client>, &str); 5] = [
        ("an-administrator", Some(&world.administrator), "school_staff"),
        ("a-teacher", Some(&world.teacher), "school_staff"),
        ("the-owner", Some(&world.owner), "photographer"),
        ("a-colleague", Some(&colleague), "photographer"),
        ("themselves", None, "parent"),
    ];
    for (name, ender, kind) in enders {
        // Each end revokes the student's code, so every round needs a new one.
        let (_, code) = issue(&world.teacher, &world.ids["student"]).await?;
        let family = parent(&world.stack, name, &code).await?;
        family.consent().await?;
        let given = family.create(&format!("{gallery}/guest-tokens"), &json!({}), "give").await?;
        let guest = Client::guest(family.base(), &given.text("/token"));
        let open = async || -> Result<[u16; 2], SetupError> {
            Ok([family.get(&gallery).await?.status, guest.get(&gallery).await?.status])
        };
        assert_eq!(open().await?, [200, 200], "{name}");
        let request = request_of(&world, name).await?;
        assert_eq!((&request["state"], &request["may_end"]), (&json!("active"), &json!(true)));

        let ended = end(ender.unwrap_or(&family), &request).await?;
        assert_eq!(ended.status, 204, "{name}: {}", ended.body);
        assert_eq!(open().await?, [404, 404], "{name}: refused at the next request");
        assert!(family.read("/v1/galleries").await?.items().is_empty(), "{name}");
        let give = family.post(&format!("{gallery}/guest-tokens"), &json!({})).await?;
        assert_eq!(give.status, 404, "{name} can give no guest token");

        // A second end changes nothing and writes no second event.
        let again = end(ender.unwrap_or(&family), &request).await?;
        assert_eq!(again.status, if ender.is_some() { 204 } else { 404 }, "{name}");
        let did = if ender.is_some() { "access_ended" } else { "access_given_up" };
        let [event] = events(&world, did, &request).await?.try_into().map_err(|_| "one event")?;
        assert!(event.contains(kind) && event.contains("active"), "{name}: {event}");
        let now = request_of(&world, name).await?;
        assert_eq!((&now["state"], &now["may_end"]), (&json!("ended"), &json!(false)));
        assert!(now["ended_at"].is_string(), "{now}");

        // The family sees that the access ended, without the child's name. An access they gave up themselves
        // leaves their list.
        let own = family.read("/v1/access-requests").await?;
        if ender.is_some() {
            let row = &own.items()[0];
            assert_eq!((&row["state"], &row["student_name"]), (&json!("ended"), &Value::Null));
            assert_eq!(row["school_must_agree"], true, "{row}");
            assert!(row["ended_at"].is_string() && row["school_name"] == "Oak", "{row}");
        } else {
            assert!(own.items().is_empty(), "{}", own.body);
        }
    }
    assert_eq!(world.parent.get(&gallery).await?.status, 200, "no other access ended");
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_ends_an_access_that_is_none_of_their_business() -> Result<(), SetupError> {
    let world = world().await?;
    let gallery = format!("/v1/galleries/{}", world.ids["gallery"]);
    let (_, code) = issue(&world.teacher, &world.ids["student"]).await?;
    let family = parent(&world.stack, "kim", &code).await?;
    family.consent().await?;
    let request = request_of(&world, "kim").await?;
    let elsewhere = world.stack.teacher(&world.owner, &world.ids["school"], "zoe", &["9Z"]).await?;
    let missing = json!({ "id": format!("req_{}", "a".repeat(26)) });
    for foreign in
        [&world.other, &world.other_school, &world.parent, &world.other_parent, &elsewhere]
    {
        let mut answers = Vec::new();
        for id in [&request, &missing] {
            let mut answer = end(foreign, id).await?;
            answer.body["request_id"] = Value::Null;
            answers.push((answer.status, answer.body));
        }
        assert_eq!(answers[0].0, 404);
        assert_eq!(answers[0], answers[1], "foreign and missing look the same");
    }
    assert_eq!(end(&world.stack.stranger(), &request).await?.status, 401);
    // This colleague teaches the same class but did not issue the code.
    let twin = world.stack.teacher(&world.owner, &world.ids["school"], "twin", &["3A"]).await?;
    let answer = end(&twin, &request).await?;
    assert_eq!(refused(&answer), (403, "another_teachers_code".to_owned()));
    let path = format!("/v1/schools/{}/access-requests", world.ids["school"]);
    let seen = twin.all(&path).await?;
    let seen = seen.iter().find(|it| it["id"] == request["id"]).ok_or("the request")?;
    assert_eq!(seen["may_end"], false);
    assert_eq!(family.get(&gallery).await?.status, 200);
    assert!(events(&world, "access_ended", &request).await?.is_empty());
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_shut_out_waits_for_the_school_whatever_code_they_have()
-> Result<(), SetupError> {
    let world = world().await?;
    let gallery = format!("/v1/galleries/{}", world.ids["gallery"]);
    let (_, code) = issue(&world.teacher, &world.ids["student"]).await?;
    let access = format!("/v1/schools/{}", world.ids["school"]);
    assert_eq!(world.owner.read(&access).await?.body["parent_access"], "code", "a code is enough");

    // A family that gave up its access can return with a code.
    let family = parent(&world.stack, "eve", &code).await?;
    family.consent().await?;
    assert_eq!(end(&family, &request_of(&world, "eve").await?).await?.status, 204);
    assert_eq!(family.get(&gallery).await?.status, 404);
    let family = ask_again(&world, "eve", &code, 2).await?;
    assert_eq!(family.get(&gallery).await?.status, 200);

    // A family that the school shut out waits, even with a new code, and even if it gave up first.
    for (name, gives_up, by) in [
        ("ivy", false, &world.owner),
        ("una", true, &world.teacher),
        ("oli", false, &world.teacher),
    ] {
        let (_, code) = issue(&world.teacher, &world.ids["student"]).await?;
        let family = parent(&world.stack, name, &code).await?;
        family.consent().await?;
        let request = request_of(&world, name).await?;
        if gives_up {
            assert_eq!(end(&family, &request).await?.status, 204);
        }
        assert_eq!(end(by, &request).await?.status, 204);
        let (_, code) = issue(&world.teacher, &world.ids["student"]).await?;
        let family = ask_again(&world, name, &code, 2).await?;
        assert_eq!(family.get(&gallery).await?.status, 404, "{name}");
        assert!(family.read("/v1/galleries").await?.items().is_empty(), "{name}");
        let own = family.read("/v1/access-requests").await?;
        assert_eq!(own.items()[0]["state"], "consented", "{name}: the request waits");
        let request = request_of(&world, name).await?;
        assert_eq!(request["may_decide"], true);
        let approve = format!("/v1/access-requests/{}/approval", text(&request, "id"));
        let answer = world.owner.post(&approve, &json!({})).await?;
        assert_eq!(refused(&answer), (403, "school_decides_students".to_owned()), "{name}");
        assert_eq!(world.teacher.post(&approve, &json!({})).await?.status, 200);
        assert_eq!(family.get(&gallery).await?.status, 200, "{name}");
    }
    assert_eq!(end(&world.administrator, &request_of(&world, "oli").await?).await?.status, 204);
    let (_, another) = issue(&world.administrator, &world.ids["student"]).await?;
    let family = ask_again(&world, "oli", &another, 3).await?;
    assert_eq!(family.get(&gallery).await?.status, 404, "a new code does not open it either");
    world.stack.stop().await;
    Ok(())
}

/// Custody case: one e-mail address is shut out, and the old code must not authorize a second address.
#[tokio::test(flavor = "multi_thread")]
async fn an_end_by_the_school_revokes_the_students_code() -> Result<(), SetupError> {
    let world = world().await?;
    let gallery = format!("/v1/galleries/{}", world.ids["gallery"]);
    let student = &world.ids["student"];
    let (code_id, code) = issue(&world.teacher, student).await?;
    let family = parent(&world.stack, "amy", &code).await?;
    family.consent().await?;
    let other = parent(&world.stack, "leo", &code).await?;
    other.consent().await?;
    // A second address may have received its link before the end.
    let early = "amy.early@family.example";
    let ask = json!({ "code": code, "email": early });
    world.stack.stranger().create("/v1/access-requests", &ask, "early").await?;
    let token = world.stack.letter(early, 1).await?;

    assert_eq!(end(&world.administrator, &request_of(&world, "amy").await?).await?.status, 204);
    let link = world.stack.stranger().post("/v1/sign-in/link", &json!({ "token": token })).await?;
    assert_eq!(refused(&link), (409, "link_used_or_expired".to_owned()));
    let late = "amy.late@family.example";
    let ask = json!({ "code": code, "email": late });
    let asked = world.stack.stranger().post("/v1/access-requests", &ask).await?;
    assert_eq!((asked.status, asked.body), (202, json!({ "status": "check_mail" })));
    for email in [early, late] {
        assert!(requests_of(&world, email).await?.is_empty(), "{email}");
    }
    assert_eq!(other.get(&gallery).await?.status, 200, "the other parent keeps access");
    let revoked = async |id: &str| events(&world, "share_code_revoked", &json!({ "id": id })).await;
    assert_eq!(revoked(&code_id).await?.len(), 1);

    // A new code authorizes as before; its link is the first one mailed to this address.
    let (new_id, new) = issue(&world.teacher, student).await?;
    let ask = json!({ "code": new, "email": late });
    world.stack.stranger().create("/v1/access-requests", &ask, "late").await?;
    let relative = world.stack.opened_letter(late, 1).await?;
    relative.consent().await?;
    assert_eq!(relative.get(&gallery).await?.status, 200);
    let subject = "The school photos you asked for";
    assert_eq!(world.stack.mails_to(late, subject).await?, 1, "the old code sent no mail");

    // Ending an ended access revokes no code, and a code that is already revoked is not revoked again.
    assert_eq!(end(&world.administrator, &request_of(&world, "amy").await?).await?.status, 204);
    assert!(revoked(&new_id).await?.is_empty());
    let path = format!("/v1/share-codes/{new_id}");
    assert_eq!(world.teacher.call(Method::DELETE, &path, None, &[]).await?.status, 204);
    assert_eq!(end(&world.owner, &request_of(&world, "leo").await?).await?.status, 204);
    assert_eq!(other.get(&gallery).await?.status, 404);
    assert_eq!((revoked(&code_id).await?.len(), revoked(&new_id).await?.len()), (1, 1));
    world.stack.stop().await;
    Ok(())
}

/// Collects the lifetime in seconds of every presigned URL in an answer.
fn lives_of(value: &Value, found: &mut Vec<u64>) {
    match value {
        Value::String(text) => {
            let lives = text.split("X-Amz-Expires=").nth(1).map(|rest| {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                digits.parse().unwrap_or(u64::MAX)
            });
            found.extend(lives);
        }
        Value::Array(items) => items.iter().for_each(|item| lives_of(item, found)),
        Value::Object(members) => members.values().for_each(|member| lives_of(member, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_a_picture_lives_a_minute_at_families_and_five_in_the_studio()
-> Result<(), SetupError> {
    let world = world().await?;
    let give = format!("/v1/galleries/{}/guest-tokens", world.ids["gallery"]);
    let mut callers =
        vec![("parent", world.parent.clone(), 60), ("owner", world.owner.clone(), 300)];
    for (name, host) in [("a parent's guest", &world.parent), ("the studio's", &world.owner)] {
        let token = host.create(&give, &json!({}), "give").await?.text("/token");
        callers.push((name, Client::guest(host.base(), &token), 60));
    }
    for (name, caller, expected) in &callers {
        let mut addresses = 0;
        // Every readable route is checked, not only those known to show pictures.
        for row in ROWS.iter().filter(|row| row.method == "GET" && row.route.starts_with("/v1/")) {
            let mut path = path(&world, row);
            if row.route == "/v1/galleries" && *name == "owner" {
                path = format!("{path}?picture_day={}", world.ids["day"]);
            }
            let answer = caller.get(&path).await?;
            let mut lives = Vec::new();
            lives_of(&answer.body, &mut lives);
            assert!(lives.iter().all(|it| it == expected), "{name} {}: {lives:?}", row.route);
            addresses += lives.len();
        }
        assert!(addresses >= 2, "{name}: {addresses} URLs");
        println!("{name}: {addresses} URLs of {expected} seconds");
    }
    // The URL works and says how long a browser may cache the picture.
    let shown = world.parent.read(&format!("/v1/galleries/{}", world.ids["gallery"])).await?;
    let address = text(&shown.body["photos"][0], "proof_url");
    let picture = reqwest::get(&address).await?;
    assert_eq!(picture.status().as_u16(), 200);
    assert!(address.contains("max-age%3D60"), "{address}");
    world.stack.stop().await;
    Ok(())
}
