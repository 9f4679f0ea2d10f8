//! Tests the promises about schools: administrators see their school, teachers their classes, and a code
//! alone opens nothing.

use std::collections::BTreeSet;

use local::client::{Answer, Client};
use platform::inspect::scan;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{SetupError, TestStack, import, text};

use crate::world::world;

pub(crate) fn refused(answer: &Answer) -> (u16, String) {
    (answer.status, answer.text("/code"))
}

/// Returns the status and body without the request id, which differs per request.
fn bare(answer: &Answer) -> (u16, String) {
    let mut body = answer.body.clone();
    body["request_id"] = Value::Null;
    (answer.status, body.to_string())
}

/// Returns a roster in classes 3A, 3B and one with accents; every tenth student has no class.
pub(crate) fn roster(students: usize) -> Vec<u8> {
    let mut csv = String::from("Student ID,First Name,Last Name,Class\n");
    for number in 0..students {
        let class = match number % 10 {
            0 => "",
            1..=4 => "3A",
            5..=7 => "3B",
            _ => "Señora Núñez",
        };
        let row = format!("8{number:05},Given{number},Family{number},{class}\n");
        csv.push_str(&row);
    }
    csv.into_bytes()
}

pub(crate) async fn school(owner: &Client, name: &str) -> Result<String, SetupError> {
    let district = owner.create("/v1/districts", &json!({ "name": "D" }), "district").await?;
    let body =
        json!({ "district_id": district.text("/id"), "name": name, "time_zone": "America/Denver" });
    Ok(owner.create("/v1/schools", &body, name).await?.text("/id"))
}

/// Signs a parent in: requests access with a code and opens the mailed link.
pub(crate) async fn parent(
    stack: &TestStack,
    name: &str,
    code: &str,
) -> Result<Client, SetupError> {
    stack.parent(name, code).await
}

pub(crate) async fn issue(by: &Client, student: &str) -> Result<(String, String), SetupError> {
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
    // Each list shows the caller's own school only.
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
                assert_eq!(page.items().len(), limit, "every page but the last is full");
                cursor = format!("&cursor={next}");
            }
            assert_eq!(seen.len(), expected, "{name} by {limit}");
            assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), theirs, "{name} by {limit}");
        }
    }
    // Another year's class of the same name is not the teacher's.
    let teacher = stack.teacher(&owner, &school, "tom", &["3A"]).await?;
    assert!(!teacher.read(&path).await?.items().is_empty());
    assert!(teacher.read(&format!("{path}?on=2020-09-14")).await?.items().is_empty());
    // A student of another class: no code, and the same answer as for an unknown student.
    let other = everybody.iter().find(|it| it["class"] == "3B").ok_or("a student")?;
    let other = text(other, "id");
    let codes = |id: &str| format!("/v1/students/{id}/share-codes");
    let foreign = teacher.post(&codes(&other), &json!({})).await?;
    let missing = other.chars().take(16).chain("a".repeat(14).chars()).collect::<String>();
    let absent = teacher.post(&codes(&missing), &json!({})).await?;
    assert_eq!(bare(&foreign), bare(&absent));
    assert_eq!(foreign.status, 404);
    // The teacher also cannot revoke a code, or see and decide a request, of another class.
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
    // No sign-in route accepts the portal `student`.
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
    // No person can be invited as a student, to a school or to a studio.
    let owner = stack.photographer("owner").await?;
    let oak = school(&owner, "Oak").await?;
    let invitations = format!("/v1/schools/{oak}/staff-invitations");
    let body = json!({ "email": "kid@school.example", "role": "student", "classes": ["3A"] });
    assert_eq!(owner.post(&invitations, &body).await?.status, 400);
    // The API's description of students has no e-mail address, password or key: no body of a route under a
    // student and no roster field is a way to sign in.
    let description = stranger.read("/v1/openapi.json").await?;
    let paths = description.body["paths"].as_object().ok_or("paths")?;
    let under_students: Vec<_> =
        paths.iter().filter(|(path, _)| path.contains("/students/{student}")).collect();
    assert!(!under_students.is_empty());
    for (path, operations) in under_students {
        let bodies = operations.as_object().into_iter().flat_map(|it| it.values());
        for operation in bodies {
            assert!(
                operation.get("requestBody").is_none(),
                "{path} takes a body: check whether it lets a student sign in"
            );
        }
    }
    let csv = "Student ID,First Name,Last Name,Class,Email,Password\n1,Ann,Lee,3A,ann@kids.example,Sunny-Meadow-42\n";
    import(&owner, &oak, csv.into()).await?;
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
    // Tries both orders; nothing is open before the last step.
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
            parent.consent().await?;
            assert!(!is_open().await?, "{name}: consent alone");
        }
        assert_eq!(world.teacher.post(&approve, &json!({})).await?.status, 200);
        if !consents_first {
            assert!(!is_open().await?, "{name}: approval alone");
            parent.consent().await?;
        }
        assert!(is_open().await?, "{name}: both");
        let request = request_of(&world.teacher, "ann@family.example").await?;
        assert!(
            request["student_name"].is_string(),
            "{name} requests the same student as another parent"
        );
        assert_eq!(world.teacher.post(&approve, &json!({})).await?.status, 409, "once");
    }
    // A refused request stays refused, whatever the parent accepts later.
    let gone = parent(&world.stack, "una", &code).await?;
    let request = request_of(&world.teacher, "una@family.example").await?;
    let refuse = format!("/v1/access-requests/{}/refusal", text(&request, "id"));
    assert_eq!(world.teacher.post(&refuse, &json!({})).await?.status, 200);
    gone.consent().await?;
    assert_eq!(gone.get(&gallery).await?.status, 404);

    // Another teacher cannot decide about this teacher's code; this teacher or an administrator can.
    let twin = world.stack.teacher(&world.owner, school, "twin", &["3A"]).await?;
    parent(&world.stack, "oli", &code).await?;
    let request = request_of(&twin, "oli@family.example").await?;
    assert_eq!(request["may_decide"], false);
    let approve = format!("/v1/access-requests/{}/approval", text(&request, "id"));
    let answer = twin.post(&approve, &json!({})).await?;
    assert_eq!(refused(&answer), (403, "another_teachers_code".to_owned()));
    assert_eq!(world.administrator.post(&approve, &json!({})).await?.status, 200);

    // A teacher who is also a parent cannot approve their own request.
    world.stack.parent_of("tess@school.example", &code).await?;
    let request = request_of(&world.teacher, "tess@school.example").await?;
    assert_eq!(request["may_decide"], false);
    let approve = format!("/v1/access-requests/{}/approval", text(&request, "id"));
    let answer = world.teacher.post(&approve, &json!({})).await?;
    assert_eq!(refused(&answer), (403, "own_request".to_owned()));
    world.stack.stop().await;
    Ok(())
}
