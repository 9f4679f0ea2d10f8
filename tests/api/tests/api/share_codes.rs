//! Tests share codes: one per student, shown once, and guessing is stopped.

use std::collections::BTreeSet;

use local::client::Answer;
use platform::inspect::scan;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{SetupError, TestStack, import, picture_day, text};

use crate::schools::{issue, parent, refused, roster, school};

/// The alphabet of share codes.
const SYMBOLS: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

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
    // Once stopped, even the right code is not looked up, and the answer is the same.
    let right = ask(code.clone()).await?;
    assert_eq!(refused(&right), (429, "too_many_attempts".to_owned()));
    stack.advance_seconds(901);
    // Right codes are not counted: many parents of a school may share one IP address.
    for _ in 0..30 {
        assert_eq!(ask(code.clone()).await?.status, 202);
    }
    // A student's request at a school that is closed to students counts like a wrong code, so the answer does
    // not confirm the code.
    let vain = json!({ "code": code, "email": "guess@family.example", "relation": "student" });
    for _ in 0..20 {
        assert_eq!(stranger.post("/v1/access-requests", &vain).await?.status, 202);
    }
    assert_eq!(stranger.post("/v1/access-requests", &vain).await?.status, 429);
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

    // The child's teacher issues it; only a hash is stored; a repeated request gets the same answer.
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
    // Neither a teacher nor an administrator of another school can issue one.
    for caller in [&teacher, &administrator] {
        let answer = caller.post(&format!("/v1/students/{of_elm}/share-codes"), &json!({})).await?;
        assert_eq!(answer.status, 404);
    }
    // A new code ends the previous one: the second sends a link, the first none.
    let (second_id, second) = issue(&teacher, &of_oak).await?;
    assert_ne!(code, second);
    parent(&stack, "pat", &second).await?;
    let stranger = stack.stranger();
    let ask = json!({ "code": code, "email": "first@family.example" });
    assert_eq!(stranger.post("/v1/access-requests", &ask).await?.status, 202);
    // A code opens a request at its own school only.
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
    // A revoked code opens nothing.
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

/// A request that is repeated late, by a queue or an attacker, must not restore an ended code.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_repetition_brings_no_code_back() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let day = picture_day(&owner, 1).await?;
    let path = format!("/v1/students/{}/share-codes", day.pupils[0].id);
    let make = async |key: &str| -> Result<Answer, SetupError> {
        let headers = [("idempotency-key", key)];
        Ok(owner.call(Method::POST, &path, Some(&json!({})), &headers).await?)
    };
    let over = (409, "code_is_over".to_owned());
    let first = make("first").await?;
    assert_eq!(
        make("first").await?.body,
        first.body,
        "a valid code's request gets the same answer"
    );
    let second = make("second").await?;
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(refused(&make("first").await?), over, "the next code has ended it");
    assert_eq!(make("second").await?.body, second.body, "the second code is still valid");
    parent(&stack, "pat", &second.text("/code")).await?;

    let revoked = format!("/v1/share-codes/{}", second.text("/id"));
    assert_eq!(owner.call(Method::DELETE, &revoked, None, &[]).await?.status, 204);
    for key in ["first", "second"] {
        assert_eq!(refused(&make(key).await?), over, "{key}");
    }
    let third = make("third").await?;
    assert_eq!(third.status, 201);
    for key in ["first", "second"] {
        assert_eq!(refused(&make(key).await?), over, "{key}");
    }
    // Neither opens anything: requests with them send no link.
    let stranger = stack.stranger();
    for (number, code) in [&first, &second, &third].into_iter().enumerate() {
        let email = format!("late{number}@family.example");
        let ask = json!({ "code": code.text("/code"), "email": email });
        assert_eq!(stranger.post("/v1/access-requests", &ask).await?.status, 202);
    }
    stranger.mailed_token("late2@family.example").await?;
    let mails = stranger.read("/_local/mail").await?;
    let to =
        |address: &str| mails.body.as_array().into_iter().flatten().any(|it| it["to"] == *address);
    assert!(!to("late0@family.example") && !to("late1@family.example"));
    stack.stop().await;
    Ok(())
}
