//! Tests roster imports: every row ends as the preview says, is written once, and can be undone.
#![expect(clippy::tests_outside_test_module, reason = "an integration test is a test module")]

mod conflicts;
mod large;
mod office;
mod stored;
mod workbook;

use serde_json::{Value, json};
use testkit::client::{Answer, Client};
use testkit::{SetupError, TestStack, text, wait_for_import};

const HEADER: &str = "First Name,Last Name,Student ID,Class\n";

/// Creates a school without students.
async fn school(client: &Client, name: &str) -> Result<String, SetupError> {
    let district = json!({ "name": name });
    let district = client.create("/v1/districts", &district, name).await?.text("/id");
    let body = json!({ "district_id": district, "name": name, "time_zone": "America/Denver" });
    Ok(client.create("/v1/schools", &body, name).await?.text("/id"))
}

/// Uploads a file; each key is another import.
async fn upload(
    client: &Client,
    school: &str,
    file: impl Into<Vec<u8>>,
    key: &str,
) -> Result<Answer, SetupError> {
    let path = format!("/v1/schools/{school}/roster-imports");
    Ok(client.post_file(&path, "text/csv", file.into(), key).await?)
}

/// Uploads a file that covers the whole school.
async fn upload_whole(
    client: &Client,
    school: &str,
    file: impl Into<Vec<u8>>,
    key: &str,
) -> Result<Answer, SetupError> {
    let path = format!("/v1/schools/{school}/roster-imports?scope=whole");
    Ok(client.post_file(&path, "text/csv", file.into(), key).await?)
}

async fn act(client: &Client, import: &str, verb: &str) -> Result<Answer, SetupError> {
    Ok(client.post(&format!("/v1/roster-imports/{import}/{verb}"), &json!({})).await?)
}

/// Applies a preview of a whole school, with the number of students who leave.
async fn apply_whole(client: &Client, import: &str, left: u32) -> Result<Answer, SetupError> {
    let body = json!({ "confirm_left": left });
    Ok(client.post(&format!("/v1/roster-imports/{import}/apply"), &body).await?)
}

/// Uploads and applies a small file; returns the import's id.
async fn applied(
    client: &Client,
    school: &str,
    file: &str,
    key: &str,
) -> Result<String, SetupError> {
    let preview = upload(client, school, file, key).await?;
    assert_eq!((preview.status, preview.text("/state")), (201, "previewed".to_owned()));
    let answer = act(client, &preview.text("/id"), "apply").await?;
    assert_eq!((answer.status, answer.text("/state")), (200, "applied".to_owned()));
    Ok(preview.text("/id"))
}

async fn students(client: &Client, school: &str) -> Result<Vec<Value>, SetupError> {
    let mut students = client.all(&format!("/v1/schools/{school}/students")).await?;
    students.sort_by_key(|student| text(student, "given_name"));
    Ok(students)
}

async fn rows(client: &Client, import: &str, kind: &str) -> Result<Vec<Value>, SetupError> {
    Ok(client.all(&format!("/v1/roster-imports/{import}/rows?kind={kind}")).await?)
}

fn names(students: &[Value]) -> Vec<String> {
    students.iter().map(|student| text(student, "given_name")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_numbers_arrive_as_the_school_writes_them() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("names").await?;
    let oak = school(&client, "Oak").await?;
    let file = format!(
        "\u{feff}{HEADER}Sinéad,O'Brien,0042,\"1A\"\nŁukasz,Żółć,007,1A\n李,王,3,1A\n=cmd(),\"Lee, Jr.\",4,1A\n"
    );
    applied(&client, &oak, &file, "utf8").await?;
    let found = students(&client, &oak).await?;
    let of = |student: &Value| {
        ["given_name", "family_name", "school_issued_id"].map(|name| text(student, name))
    };
    let found: Vec<_> = found.iter().map(of).collect();
    for wanted in [
        ["Sinéad", "O'Brien", "0042"],
        ["Łukasz", "Żółć", "007"],
        ["李", "王", "3"],
        ["=cmd()", "Lee, Jr.", "4"],
    ] {
        assert!(found.iter().any(|student| *student == wanted), "{wanted:?} in {found:?}");
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_old_spreadsheet_writes_is_read() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("encodings").await?;
    let oak = school(&client, "Oak").await?;
    // Windows-1252 with semicolons, as Excel writes it in many European countries.
    let file = b"First Name;Last Name;Student ID\r\nJos\xe9;M\xfcller;0042\r\n".to_vec();
    let path = format!("/v1/schools/{oak}/roster-imports");
    let preview = client.post_file(&path, "application/vnd.ms-excel", file, "1252").await?;
    assert_eq!(preview.status, 201);
    act(&client, &preview.text("/id"), "apply").await?;
    let found = students(&client, &oak).await?;
    assert_eq!(
        (text(&found[0], "given_name"), text(&found[0], "family_name")),
        ("José".into(), "Müller".into())
    );

    let archive = upload(&client, &oak, b"PK\x03\x04rest".to_vec(), "zip").await?;
    assert_eq!(archive.status, 422, "{}", archive.body);
    let picture = client.post_file(&path, "image/png", b"x".to_vec(), "png").await?;
    assert_eq!(picture.status, 415);
    let nothing = upload(&client, &oak, "First Name,Last Name\n", "empty").await?;
    assert_eq!((nothing.status, nothing.text("/code")), (422, "roster_no_rows".to_owned()));
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_named_and_never_kept() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("refused").await?;
    let oak = school(&client, "Oak").await?;
    let file = "First Name,Last Name,Student ID,Birth Date,SSN,Shoe Size\n\
        Ann,Lee,1,2015-03-04,123-45-6789,31\n,,2,2015-03-04,123-45-6789,32\nAnn,Lee,1,x,y,z\n";
    let preview = upload(&client, &oak, file, "refused").await?;
    let import = preview.text("/id");
    assert_eq!(preview.body["preview"]["added"], 1, "{}", preview.body);
    assert_eq!(preview.body["preview"]["refused"], 1);
    assert_eq!(preview.body["preview"]["duplicates"], 1);
    let refused = preview.body["refused_columns"].as_array().cloned().unwrap_or_default();
    let refused: Vec<_> = refused.iter().map(|c| (text(c, "column"), text(c, "reason"))).collect();
    assert_eq!(
        refused,
        [("Birth Date", "birth_date"), ("SSN", "government_number")]
            .map(|(column, reason)| (column.to_owned(), reason.to_owned()))
    );
    assert_eq!(preview.body["ignored_columns"], json!(["Shoe Size"]));

    let refused = rows(&client, &import, "refused").await?;
    assert_eq!(refused[0]["row"], 3);
    assert_eq!(
        (text(&refused[0], "field"), text(&refused[0], "reason")),
        ("given_name".into(), "missing".into())
    );
    assert!(!text(&refused[0], "reason_text").is_empty());
    let duplicates = rows(&client, &import, "duplicate").await?;
    assert_eq!((&duplicates[0]["row"], &duplicates[0]["same_as"]), (&json!(4), &json!(2)));
    let all = client.read(&format!("/v1/roster-imports/{import}/rows")).await?;
    assert_eq!(all.items().len(), 3);
    assert!(!String::from_utf8_lossy(&all.bytes).contains("123-45-6789"));

    let kinds = client.get(&format!("/v1/roster-imports/{import}/rows?kind=odd")).await?;
    assert_eq!((kinds.status, kinds.text("/code")), (422, "bad_rows_kind".to_owned()));
    let foreign = client.get(&format!("/v1/roster-imports/{import}/rows?cursor=Uk9XI3g")).await?;
    assert_eq!((foreign.status, foreign.text("/code")), (422, "bad_cursor".to_owned()));
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mapping_decides_and_a_bad_one_is_told() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("mapping").await?;
    let oak = school(&client, "Oak").await?;
    let send = async |mapping: &str, key: &str| {
        let path = format!("/v1/schools/{oak}/roster-imports?mapping={mapping}");
        client.post_file(&path, "text/csv", b"Call,Kin\nAnn,Lee\n".to_vec(), key).await
    };
    // {"Call":"given_name","Kin":"family_name"}
    let good = "%7B%22Call%22%3A%22given_name%22%2C%22Kin%22%3A%22family_name%22%7D";
    let preview = send(good, "good").await?;
    assert_eq!(preview.status, 201, "{}", preview.body);
    assert_eq!(preview.body["mapping"], json!({ "Call": "given_name", "Kin": "family_name" }));
    // {"Call":"birth_date"}
    let bad = send("%7B%22Call%22%3A%22birth_date%22%7D", "bad").await?;
    assert_eq!((bad.status, bad.text("/code")), (422, "bad_mapping".to_owned()));
    // {"Nick":"given_name"}
    let unknown = send("%7B%22Nick%22%3A%22given_name%22%7D", "unknown").await?;
    assert_eq!(unknown.text("/field"), "mapping", "{}", unknown.body);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_previewed_applied_and_taken_back() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("undo").await?;
    let oak = school(&client, "Oak").await?;
    let first = format!("{HEADER}Ann,Lee,1,1A\nBob,Lee,2,1A\nCyd,Lee,3,1A\n");
    let first = applied(&client, &oak, &first, "first").await?;
    let before = students(&client, &oak).await?;
    assert_eq!(names(&before), ["Ann", "Bob", "Cyd"]);

    // Ann stays, Bob changes class and name, Cyd is gone, Dee is new.
    let second = format!("{HEADER}Ann,Lee,1,1A\nRob,Lee,2,1B\nDee,Lee,4,1A\n");
    let preview = upload_whole(&client, &oak, second.as_str(), "second").await?;
    let import = preview.text("/id");
    for (kind, count) in [("added", 1), ("changed", 1), ("unchanged", 1), ("left", 1)] {
        assert_eq!(preview.body["preview"][kind], count, "{kind}");
    }
    assert_eq!(students(&client, &oak).await?, before, "a preview changes nothing");
    let changed = rows(&client, &import, "changed").await?;
    assert_eq!(
        changed[0]["changes"],
        json!([
            { "field": "given_name", "before": "Bob", "after": "Rob" },
            { "field": "class", "before": "1A", "after": "1B" },
        ])
    );
    assert_eq!(text(&rows(&client, &import, "left").await?[0], "given_name"), "Cyd");

    let apply = apply_whole(&client, &import, 1).await?;
    assert_eq!((&apply.body["added"], &apply.body["kept"]), (&json!(1), &json!(0)));
    let after = students(&client, &oak).await?;
    assert_eq!(names(&after), ["Ann", "Dee", "Rob"]);
    assert_eq!(after[2]["id"], before[1]["id"], "the same student with another name");
    let again = act(&client, &import, "apply").await?;
    assert_eq!((again.status, again.text("/state")), (200, "applied".to_owned()));
    assert_eq!(students(&client, &oak).await?, after, "applying twice changes nothing more");

    let undo = act(&client, &import, "undo").await?;
    assert_eq!((undo.status, undo.text("/state")), (200, "undone".to_owned()), "{}", undo.body);
    for kind in ["added", "changed", "left"] {
        assert_eq!(undo.body[kind], 1, "{kind}");
    }
    assert_eq!(students(&client, &oak).await?, before);
    let once_more = act(&client, &import, "apply").await?;
    assert_eq!((once_more.status, once_more.text("/code")), (409, "wrong_state".to_owned()));

    // These rows belong to the first import again, which wrote them.
    let undo = act(&client, &first, "undo").await?;
    assert_eq!((&undo.body["added"], &undo.body["kept"]), (&json!(3), &json!(0)), "{}", undo.body);
    assert!(students(&client, &oak).await?.is_empty());
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_since_is_left_and_listed() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("kept").await?;
    let oak = school(&client, "Oak").await?;
    let first = format!("{HEADER}Ann,Lee,1,1A\nBob,Lee,2,1A\nCyd,Lee,3,1A\n");
    let first = applied(&client, &oak, &first, "first").await?;
    let second = format!("{HEADER}Ann,Lee,1,1B\nBob,Lee,2,1A\nCyd,Lee,3,1A\n");
    applied(&client, &oak, &second, "second").await?;
    let cyd = text(&students(&client, &oak).await?[2], "id");
    client.create(&format!("/v1/students/{cyd}/share-codes"), &json!({}), "code").await?;

    let undo = act(&client, &first, "undo").await?;
    assert_eq!((&undo.body["added"], &undo.body["kept"]), (&json!(1), &json!(2)), "{}", undo.body);
    assert_eq!(names(&students(&client, &oak).await?), ["Ann", "Cyd"]);
    let mut kept = rows(&client, &first, "kept").await?;
    kept.sort_by_key(|row| text(row, "given_name"));
    assert_eq!(names(&kept), ["Ann", "Cyd"]);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_and_comes_back_is_the_same_student() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("back").await?;
    let oak = school(&client, "Oak").await?;
    let both = format!("{HEADER}Ann,Lee,1,1A\nBob,Lee,2,1A\n");
    applied(&client, &oak, &both, "first").await?;
    let before = students(&client, &oak).await?;
    let second = format!("{HEADER}Ann,Lee,1,1A\n");
    let second = upload_whole(&client, &oak, second, "second").await?.text("/id");
    assert_eq!(apply_whole(&client, &second, 1).await?.text("/state"), "applied");
    assert_eq!(names(&students(&client, &oak).await?), ["Ann"]);
    let third = applied(&client, &oak, &both, "third").await?;
    assert_eq!(students(&client, &oak).await?, before);
    act(&client, &third, "undo").await?;
    assert_eq!(names(&students(&client, &oak).await?), ["Ann"]);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_previewed_is_applied_and_only_for_a_while() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("stale").await?;
    let oak = school(&client, "Oak").await?;
    let one = format!("{HEADER}Ann,Lee,1,1A\n");
    let stale = upload(&client, &oak, one.as_str(), "stale").await?.text("/id");
    let other = applied(&client, &oak, &format!("{HEADER}Bob,Lee,2,1A\n"), "other").await?;
    let answer = act(&client, &stale, "apply").await?;
    assert_eq!((answer.status, answer.text("/code")), (409, "school_changed".to_owned()));

    // A repeated request returns the same import; with another file it is an error.
    let again = upload(&client, &oak, one.as_str(), "stale").await?;
    assert_eq!((again.status, again.text("/id")), (201, stale));
    let differs = upload(&client, &oak, format!("{HEADER}Cyd,Lee,3,1A\n"), "stale").await?;
    assert_eq!((differs.status, differs.text("/code")), (409, "idempotency_key_reused".to_owned()));

    stack.advance_seconds(24 * 3600 + 1);
    let mut client = client;
    let door = json!({ "portal": "photographer", "email": "stale@studio.example", "password": testkit::PASSWORD });
    client.sign_in("/v1/sign-in/password", &door).await?;
    let late = act(&client, &other, "undo").await?;
    assert_eq!((late.status, late.text("/code")), (409, "undo_is_over".to_owned()));
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_apply_at_the_same_time_write_once() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("twice").await?;
    let oak = school(&client, "Oak").await?;
    let mut file = HEADER.to_owned();
    for number in 1..=400 {
        let row = format!("Given{number},Family{number},{number:04},1A\n");
        file.push_str(&row);
    }
    let import = upload(&client, &oak, file.as_str(), "twice").await?.text("/id");
    for verb in ["apply", "undo"] {
        let (one, two) =
            tokio::try_join!(act(&client, &import, verb), act(&client, &import, verb))?;
        for answer in [one, two] {
            assert_eq!(answer.status, 200, "{}", answer.body);
            assert_eq!((&answer.body["added"], &answer.body["kept"]), (&json!(400), &json!(0)));
        }
        let there = if verb == "apply" { 400 } else { 0 };
        assert_eq!(students(&client, &oak).await?.len(), there);
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn another_studio_finds_neither_the_school_nor_the_import() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let stranger = stack.photographer("stranger").await?;
    let oak = school(&owner, "Oak").await?;
    let file = format!("{HEADER}Ann,Lee,1,1A\n");
    let import = upload(&owner, &oak, file.as_str(), "import").await?.text("/id");

    let missing = format!("imp_{}", "a".repeat(26));
    for id in [import.as_str(), missing.as_str()] {
        for path in [format!("/v1/roster-imports/{id}"), format!("/v1/roster-imports/{id}/rows")] {
            let answer = stranger.get(&path).await?;
            assert_eq!((answer.status, answer.text("/code")), (404, "not_found".to_owned()));
        }
        for verb in ["apply", "undo"] {
            assert_eq!(act(&stranger, id, verb).await?.status, 404);
        }
    }
    assert_eq!(upload(&stranger, &oak, file.as_str(), "import").await?.status, 404);
    let nobody = stack.stranger().get(&format!("/v1/roster-imports/{import}")).await?;
    assert_eq!(nobody.status, 401);
    assert!(students(&owner, &oak).await?.is_empty());
    stack.stop().await;
    Ok(())
}
