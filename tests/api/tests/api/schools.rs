//! What schools promise: administrators see their school, teachers their classes, codes open nothing by themselves.

use std::collections::BTreeSet;

use local::client::{Answer, Client};
use platform::inspect::scan;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{SetupError, TestStack, import, picture_day, text};

use crate::world::world;

fn refused(answer: &Answer) -> (u16, String) {
    (answer.status, answer.text("/code"))
}

/// An answer without what differs from request to request.
fn bare(answer: &Answer) -> (u16, String) {
    let mut body = answer.body.clone();
    body["request_id"] = Value::Null;
    (answer.status, body.to_string())
}

/// A class list of `students`, in classes 3A, 3B and one with an accent in turn; every tenth in none.
fn roster(students: usize) -> Vec<u8> {
    let mut csv = String::from("Student ID,First Name,Last Name,Class\n");
    for number in 0..students {
        let class = match number % 10 {
            0 => "",
            1..=4 => "3A",
            5..=7 => "3B",
            _ => "Señora Núñez",
        };
        csv.push_str(&format!("8{number:05},Given{number},Family{number},{class}\n"));
    }
    csv.into_bytes()
}

async fn school(owner: &Client, name: &str) -> Result<String, SetupError> {
    let district = owner.create("/v1/districts", &json!({ "name": "D" }), "district").await?;
    let body =
        json!({ "district_id": district.text("/id"), "name": name, "time_zone": "America/Denver" });
    Ok(owner.create("/v1/schools", &body, name).await?.text("/id"))
}

/// A parent asks for access with a code, and signs in by the mailed link.
async fn parent(stack: &TestStack, name: &str, code: &str) -> Result<Client, SetupError> {
    stack.parent(name, code).await
}

async fn consent(parent: &Client) -> Result<(), SetupError> {
    let version = parent.read("/v1/consents/current").await?.text("/version");
    let body = json!({ "document": "parent_access", "version": version });
    parent.create("/v1/consents", &body, "consent").await?;
    Ok(())
}

async fn issue(by: &Client, student: &str) -> Result<(String, String), SetupError> {
    let answer = by.post(&format!("/v1/students/{student}/share-codes"), &json!({})).await?;
    if answer.status != 201 {
        return Err(answer.body.to_string().into());
    }
    Ok((answer.text("/id"), answer.text("/code")))
}

#[tokio::test(flavor = "multi_thread")]
async fn c02_c07_another_school_looks_as_if_it_were_not_there() -> Result<(), SetupError> {
    let world = world().await?;
    let school = &world.ids["school"];
    let missing = |id: &str| id.chars().take(4).chain("a".repeat(26).chars()).collect::<String>();
    for (method, route, id) in [
        (Method::GET, "/v1/schools/{}", school),
        (Method::GET, "/v1/schools/{}/students", school),
        (Method::GET, "/v1/schools/{}/picture-days", school),
        (Method::GET, "/v1/schools/{}/access-requests", school),
        (Method::GET, "/v1/schools/{}/staff", school),
        (Method::GET, "/v1/schools/{}/staff-invitations", school),
        (Method::GET, "/v1/roster-imports/{}", &world.ids["import"]),
        (Method::POST, "/v1/students/{}/share-codes", &world.ids["student"]),
        (Method::DELETE, "/v1/share-codes/{}", &world.ids["code"]),
        (Method::POST, "/v1/access-requests/{}/approval", &world.ids["request"]),
    ] {
        let mut seen = BTreeSet::new();
        for id in [id.clone(), missing(id), "nonsense".to_owned()] {
            let path = route.replace("{}", &id);
            let answer = world.other_school.call(method.clone(), &path, None, &[]).await?;
            seen.insert(bare(&answer));
        }
        assert_eq!(seen.len(), 1, "{route}: {seen:?}");
        assert!(seen.iter().all(|(status, _)| *status == 404), "{route}: {seen:?}");
    }
    // Their own lists hold their own school and nothing else.
    let schools = world.other_school.read("/v1/schools").await?;
    let names: Vec<_> = schools.items().iter().map(|it| text(it, "name")).collect();
    assert_eq!(names, ["Elm"]);
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c03_a_teachers_pages_hold_their_classes_students_each_once_and_nobody_else()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let school = school(&owner, "Oak").await?;
    import(&owner, &school, roster(230)).await?;
    let path = format!("/v1/schools/{school}/students");
    let everybody = owner.all(&path).await?;
    assert_eq!(everybody.len(), 230);
    for (name, classes, expected) in [
        ("beth", vec!["3b"], 69),
        ("nora", vec!["senora nunez"], 46),
        ("both", vec!["3A", "SEÑORA NÚÑEZ"], 138),
        ("none", vec!["4C"], 0),
    ] {
        let teacher = stack.teacher(&owner, &school, name, &classes).await?;
        let theirs: BTreeSet<String> = everybody
            .iter()
            .filter(|student| {
                let class = text(student, "class").to_lowercase().replace('ñ', "n");
                let class = class.replace('ú', "u");
                classes
                    .iter()
                    .any(|it| it.to_lowercase().replace('ñ', "n").replace('ú', "u") == class)
            })
            .map(|student| text(student, "id"))
            .collect();
        assert_eq!(theirs.len(), expected, "{name}");
        for limit in [1_usize, 7, 46, 69, 200] {
            if limit == 1 && expected > 70 {
                continue;
            }
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = teacher.read(&format!("{path}?limit={limit}{cursor}")).await?;
                assert!(page.items().len() <= limit);
                seen.extend(page.items().iter().map(|student| text(student, "id")));
                let Some(next) = page.body["next_cursor"].as_str() else { break };
                assert_eq!(page.items().len(), limit, "full but for the last");
                cursor = format!("&cursor={next}");
            }
            assert_eq!(seen.len(), expected, "{name} by {limit}");
            assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), theirs, "{name} by {limit}");
        }
    }
    // Another year's class of the same name is not theirs.
    let teacher = stack.teacher(&owner, &school, "tom", &["3A"]).await?;
    assert!(!teacher.read(&path).await?.items().is_empty());
    assert!(teacher.read(&format!("{path}?on=2020-09-14")).await?.items().is_empty());
    // A student of another class: no code, and the same answer as for a student nobody has.
    let other = everybody.iter().find(|it| it["class"] == "3B").ok_or("a student")?;
    let other = text(other, "id");
    let codes = |id: &str| format!("/v1/students/{id}/share-codes");
    let foreign = teacher.post(&codes(&other), &json!({})).await?;
    let missing = other.chars().take(16).chain("a".repeat(14).chars()).collect::<String>();
    let absent = teacher.post(&codes(&missing), &json!({})).await?;
    assert_eq!(bare(&foreign), bare(&absent));
    assert_eq!(foreign.status, 404);
    // Nor may they end a code, or see and decide about a request, that is another class's.
    let (code_id, code) = issue(&owner, &other).await?;
    let ends =
        teacher.call(Method::DELETE, &format!("/v1/share-codes/{code_id}"), None, &[]).await?;
    assert_eq!(ends.status, 404);
    parent(&stack, "pat", &code).await?;
    let requests = format!("/v1/schools/{school}/access-requests");
    assert!(teacher.read(&requests).await?.items().is_empty());
    let request = text(&owner.read(&requests).await?.items()[0], "id");
    for decision in ["approval", "refusal"] {
        let path = format!("/v1/access-requests/{request}/{decision}");
        assert_eq!(teacher.post(&path, &json!({})).await?.status, 404);
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c05_no_route_lets_a_student_sign_in() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let stranger = stack.stranger();
    // No door knows students.
    for (path, body) in [
        (
            "/v1/sign-in/password",
            json!({ "portal": "student", "email": "a@b.example", "password": "Sunny-Meadow-42" }),
        ),
        ("/v1/sign-in/code-requests", json!({ "portal": "student", "email": "a@b.example" })),
        ("/v1/sign-in/code", json!({ "portal": "student", "code": "123456" })),
        ("/v1/sign-in/link-requests", json!({ "portal": "student", "email": "a@b.example" })),
        ("/v1/sign-in/passkey", json!({ "portal": "student", "ceremony": "x", "credential": {} })),
    ] {
        let status = stranger.post(path, &body).await?.status;
        assert!([400, 422].contains(&status), "{path}: {status}");
    }
    // Nobody can be invited as one, to a school or to a studio.
    let owner = stack.photographer("owner").await?;
    let day = picture_day(&owner, 1).await?;
    let invitations = format!("/v1/schools/{}/staff-invitations", day.school);
    let body = json!({ "email": "kid@school.example", "role": "student", "classes": ["3A"] });
    assert_eq!(owner.post(&invitations, &body).await?.status, 400);
    // What the API takes about a student has no address, no password and no key in it: of all bodies of routes
    // under a student, and of the roster's fields, none is a way to sign in.
    let description = stranger.read("/v1/openapi.json").await?;
    let paths = description.body["paths"].as_object().ok_or("paths")?;
    let under_students: Vec<_> =
        paths.iter().filter(|(path, _)| path.contains("/students/{student}")).collect();
    assert!(!under_students.is_empty());
    for (path, operations) in under_students {
        let bodies = operations.as_object().into_iter().flat_map(|it| it.values());
        for operation in bodies {
            assert!(operation.get("requestBody").is_none(), "{path} takes a body: look again");
        }
    }
    let csv = "Student ID,First Name,Last Name,Class,Email,Password\n1,Ann,Lee,3A,ann@kids.example,Sunny-Meadow-42\n";
    import(&owner, &day.school, csv.into()).await?;
    let app = stack.stack().app();
    let table = app.config().records_table.clone().unwrap_or_default();
    let people = |rows: Vec<String>| rows.iter().filter(|row| row.contains("S(\"EMAIL#")).count();
    assert_eq!(people(scan(app, &table).await?), 1, "the owner, and no student");
    let door =
        json!({ "portal": "parent", "email": "ann@kids.example", "password": "Sunny-Meadow-42" });
    assert_eq!(stranger.post("/v1/sign-in/password", &door).await?.status, 401);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c09_ten_thousand_wrong_codes_are_stopped_after_twenty() -> Result<(), SetupError> {
    let stack = TestStack::start_with(|limits| limits.attempts_of_an_address = 20).await?;
    let owner = stack.photographer("owner").await?;
    let day = picture_day(&owner, 1).await?;
    let (_, code) = issue(&owner, &day.pupils[0].id).await?;
    let stranger = stack.stranger();
    let ask = |code: String| {
        let body = json!({ "code": code, "email": "guess@family.example" });
        let stranger = &stranger;
        async move { stranger.post("/v1/access-requests", &body).await }
    };
    const SYMBOLS: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
    let guess = |number: usize| -> String {
        (0..12)
            .map(|place| char::from(SYMBOLS[(number / 31_usize.pow(place % 3) + 7) % 31]))
            .collect()
    };
    let (mut taken, mut stopped) = (0, 0);
    for block in 0..200 {
        let guesses = (0..50).map(|number| ask(guess(block * 50 + number)));
        for answer in futures_util::future::try_join_all(guesses).await? {
            match answer.status {
                202 => taken += 1,
                429 => stopped += 1,
                other => return Err(format!("{other}: {}", answer.body).into()),
            }
        }
    }
    assert_eq!(taken + stopped, 10_000);
    assert!(taken <= 20, "{taken} guesses were looked up");
    // Stopped is stopped: the right code is not looked up either, and the answer does not differ.
    let right = ask(code.clone()).await?;
    assert_eq!(refused(&right), (429, "too_many_attempts".to_owned()));
    stack.advance_seconds(901);
    // Right codes are not counted: a school's evening behind one address.
    for _ in 0..30 {
        assert_eq!(ask(code.clone()).await?.status, 202);
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c09_a_student_has_one_code_shown_once_and_good_for_their_school_alone()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let (oak, elm) = (school(&owner, "Oak").await?, school(&owner, "Elm").await?);
    for school in [&oak, &elm] {
        import(&owner, school, roster(10)).await?;
    }
    let student = |rows: Vec<Value>| {
        rows.iter().find(|it| it["class"] == "3A").map(|it| text(it, "id")).unwrap_or_default()
    };
    let of_oak = student(owner.all(&format!("/v1/schools/{oak}/students")).await?);
    let of_elm = student(owner.all(&format!("/v1/schools/{elm}/students")).await?);
    let teacher = stack.teacher(&owner, &oak, "tess", &["3A"]).await?;
    let administrator = stack.administrator(&owner, &oak, "adam").await?;

    // Issued by the child's teacher; kept as a hash; a repeated request is answered the same.
    let path = format!("/v1/students/{of_oak}/share-codes");
    let first = teacher.create(&path, &json!({}), "print").await?;
    let again = teacher.create(&path, &json!({}), "print").await?;
    assert_eq!(first.body, again.body);
    let code = first.text("/code");
    let app = stack.stack().app();
    let table = app.config().records_table.clone().unwrap_or_default();
    for row in scan(app, &table).await? {
        assert!(!row.contains(&code) && !row.contains(&code.replace('-', "")), "{row}");
    }
    // Neither teacher nor administrator of another school issues one.
    for caller in [&teacher, &administrator] {
        let answer = caller.post(&format!("/v1/students/{of_elm}/share-codes"), &json!({})).await?;
        assert_eq!(answer.status, 404);
    }
    // The next one ends the one before: a link comes for the second, and none for the first.
    let (second_id, second) = issue(&teacher, &of_oak).await?;
    assert_ne!(code, second);
    parent(&stack, "pat", &second).await?;
    let stranger = stack.stranger();
    let ask = json!({ "code": code, "email": "first@family.example" });
    assert_eq!(stranger.post("/v1/access-requests", &ask).await?.status, 202);
    // A code opens a request at its own school, and nowhere else.
    let (_, other) = issue(&owner, &of_elm).await?;
    parent(&stack, "eli", &other).await?;
    let emails = |answer: Answer| -> Vec<String> {
        answer.items().iter().map(|it| text(it, "email")).collect()
    };
    let of = |school: &str| format!("/v1/schools/{school}/access-requests");
    assert_eq!(emails(administrator.read(&of(&oak)).await?), ["pat@family.example"]);
    assert_eq!(emails(owner.read(&of(&elm)).await?), ["eli@family.example"]);
    let foreign = text(&owner.read(&of(&elm)).await?.items()[0], "id");
    for caller in [&teacher, &administrator] {
        let path = format!("/v1/access-requests/{foreign}/approval");
        assert_eq!(caller.post(&path, &json!({})).await?.status, 404);
    }
    // Revoked, it opens nothing.
    let path = format!("/v1/share-codes/{second_id}");
    assert_eq!(teacher.call(Method::DELETE, &path, None, &[]).await?.status, 204);
    assert_eq!(teacher.call(Method::DELETE, &path, None, &[]).await?.status, 404);
    let ask = json!({ "code": second, "email": "late@family.example" });
    assert_eq!(stranger.post("/v1/access-requests", &ask).await?.status, 202);
    let mails = stranger.read("/_local/mail").await?;
    let to: BTreeSet<String> =
        mails.body.as_array().into_iter().flatten().map(|mail| text(mail, "to")).collect();
    assert!(!to.contains("first@family.example") && !to.contains("late@family.example"));
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c10_a_code_opens_nothing_until_the_teacher_approved_and_the_parent_consented()
-> Result<(), SetupError> {
    let world = world().await?;
    let (school, student) = (&world.ids["school"], &world.ids["student"]);
    let gallery = format!("/v1/galleries/{}", world.ids["gallery"]);
    let access = format!("/v1/schools/{school}/parent-access");
    let set = json!({ "parent_access": "approval" });
    let answer = world.administrator.call(Method::PUT, &access, Some(&set), &[]).await?;
    assert_eq!((answer.status, answer.text("/parent_access").as_str()), (200, "approval"));

    let requests = format!("/v1/schools/{school}/access-requests");
    let (_, code) = issue(&world.teacher, student).await?;
    let request_of = async |by: &Client, email: &str| -> Result<Value, SetupError> {
        let all = by.read(&requests).await?;
        Ok(all.items().iter().find(|it| it["email"] == *email).cloned().ok_or("a request")?)
    };
    // Both orders, and each step shows nothing until the last.
    for (name, consents_first) in [("eve", true), ("ivy", false)] {
        let parent = parent(&world.stack, name, &code).await?;
        let email = format!("{name}@family.example");
        let is_open = async || -> Result<bool, SetupError> {
            let listed = parent.read("/v1/galleries").await?.items().len();
            let opened = parent.get(&gallery).await?.status;
            assert_eq!(listed == 1, opened == 200);
            Ok(opened == 200)
        };
        assert!(!is_open().await?, "{name}: the code alone");
        let request = request_of(&world.teacher, &email).await?;
        assert_eq!(request["may_decide"], true);
        let approve = format!("/v1/access-requests/{}/approval", text(&request, "id"));
        if consents_first {
            consent(&parent).await?;
            assert!(!is_open().await?, "{name}: consent alone");
        }
        assert_eq!(world.teacher.post(&approve, &json!({})).await?.status, 200);
        if !consents_first {
            assert!(!is_open().await?, "{name}: approval alone");
            consent(&parent).await?;
        }
        assert!(is_open().await?, "{name}: both");
        assert_eq!(world.teacher.post(&approve, &json!({})).await?.status, 409, "once");
    }
    // Refused is refused, whatever the parent agrees to.
    let gone = parent(&world.stack, "una", &code).await?;
    let request = request_of(&world.teacher, "una@family.example").await?;
    let refuse = format!("/v1/access-requests/{}/refusal", text(&request, "id"));
    assert_eq!(world.teacher.post(&refuse, &json!({})).await?.status, 200);
    consent(&gone).await?;
    assert_eq!(gone.get(&gallery).await?.status, 404);

    // Not with another teacher's code: they, or an administrator.
    let twin = world.stack.teacher(&world.owner, school, "twin", &["3A"]).await?;
    parent(&world.stack, "oli", &code).await?;
    let request = request_of(&twin, "oli@family.example").await?;
    assert_eq!(request["may_decide"], false);
    let approve = format!("/v1/access-requests/{}/approval", text(&request, "id"));
    let answer = twin.post(&approve, &json!({})).await?;
    assert_eq!(refused(&answer), (403, "another_teachers_code".to_owned()));
    assert_eq!(world.administrator.post(&approve, &json!({})).await?.status, 200);

    // Nobody for themselves: the teacher is a parent too.
    let own = json!({ "code": code, "email": "tess@school.example" });
    assert_eq!(world.stack.stranger().post("/v1/access-requests", &own).await?.status, 202);
    let request = request_of(&world.teacher, "tess@school.example").await?;
    assert_eq!(request["may_decide"], false);
    let approve = format!("/v1/access-requests/{}/approval", text(&request, "id"));
    let answer = world.teacher.post(&approve, &json!({})).await?;
    assert_eq!(refused(&answer), (403, "own_request".to_owned()));
    world.stack.stop().await;
    Ok(())
}
