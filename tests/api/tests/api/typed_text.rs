//! Tests typed text: checked against a strict form, cleaned of markup, and always shown as text.

use api_tests::who_may_call_what::ROWS;
use data_encoding::BASE64;
use local::client::Client;
use serde_json::{Value, json};
use testkit::{PASSWORD, SetupError, TestStack, text};

use crate::acting_school::sure;
use crate::by_hand::{Sent, body, is_open, method, path, welcome};
use crate::world::world;

/// Scripts in common disguises: plain, split in two, without an end, in other spellings.
///
/// Source: the kinds of the OWASP XSS filter evasion cheat sheet.
const SCRIPTS: [&str; 16] = [
    "<script>alert(1)</script>",
    "<<b>script>alert(1)<</b>/script>",
    "<scr\u{0}ipt>alert(1)</scr\u{0}ipt>",
    "<\u{0}script>alert(1)",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1) ",
    "<svg/onload=alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "\"><script>alert(1)</script>",
    "'-alert(1)-'",
    "</title><script>alert(1)</script>",
    "<!--<img src=\"--><img src=x onerror=alert(1)//\">",
    "<?xml version=\"1.0\"?><x onclick=alert(1)>",
    "\u{ff1c}script\u{ff1e}alert(1)",
    "<\u{338}b onmouseover=alert(1)>x",
];

/// Texts with a meaning in an expression, a key or a query: they must be stored unchanged.
const SYNTAX: [&str; 10] = [
    "O'Brien",
    "a#b",
    "a:b",
    ":v0",
    "#n0 = :v0",
    "attribute_exists(PK)",
    "x' OR '1'='1",
    "\"; DROP TABLE records; --",
    "STUDIO#std_aaaa#SCHOOL#x",
    "${jndi:x} {{7*7}} %00",
];

async fn made(client: &Client, path: &str, body: &Value) -> Result<Option<String>, SetupError> {
    let answer = client.post(path, body).await?;
    assert!(answer.status == 201 || answer.status == 422, "{path} {body}: {}", answer.body);
    Ok((answer.status == 201).then(|| answer.text("/id")))
}

/// Collects every text in a JSON value.
fn texts_in(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts_in(item, found)),
        Value::Object(members) => members.values().for_each(|item| texts_in(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d14_d16_d17_scripts_are_stored_as_harmless_text_and_signs_as_they_are()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let mut names = Vec::new();
    let typed = SCRIPTS.iter().chain(&SYNTAX).copied();
    let owner = stack.photographer("meadow").await?;
    let day = testkit::picture_day(&owner, 1).await?;
    let district = owner.read("/v1/districts").await?.items()[0]["id"].clone();
    for typed in typed.clone() {
        made(&owner, "/v1/districts", &json!({ "name": typed })).await?;
        let school = json!({ "district_id": district, "name": typed });
        made(&owner, "/v1/schools", &school).await?;
    }
    // A roster with all of these texts in every stored column. It needs its own school, because the other one
    // has a roster.
    let school = json!({ "district_id": district, "name": "Roster" });
    let school = made(&owner, "/v1/schools", &school).await?.unwrap_or_default();
    let mut csv = String::from("Student ID,First Name,Last Name,Class,Teacher\n");
    for (number, typed) in typed.clone().enumerate() {
        // A file that contains a NUL is not text and is refused as a whole.
        let cell = format!("\"{}\"", typed.replace('"', "\"\"").replace('\0', ""));
        let row = format!("8{number:05},{cell},Family{number},{cell},{cell}\n");
        csv.push_str(&row);
    }
    testkit::import(&owner, &school, csv.into_bytes()).await?;
    let uploads = format!("/v1/picture-days/{}/uploads", day.day);
    for (number, typed) in (0_u8..).zip(typed.clone()) {
        let sha256 = BASE64.encode(&[number; 32]);
        let file =
            json!({ "name": typed, "bytes": 9, "sha256": sha256, "content_type": "image/jpeg" });
        let answer = owner.post(&uploads, &json!({ "camera": "A", "files": [file] })).await?;
        assert!([201, 422].contains(&answer.status), "{typed}: {}", answer.body);
        let camera = json!({ "camera": typed, "files": [] });
        assert_eq!(owner.post(&uploads, &camera).await?.status, 422, "{typed}");
    }
    // No text of any answer may begin a tag, for any reader.
    for path in [
        "/v1/session".to_owned(),
        "/v1/districts".to_owned(),
        "/v1/schools".to_owned(),
        format!("/v1/schools/{school}/students"),
        format!("/v1/picture-days/{}/photos", day.day),
        format!("/v1/picture-days/{}/reconciliation", day.day),
    ] {
        let answer = owner.call("GET".parse()?, &format!("{path}?limit=200"), None, &[]).await?;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["content-type"], "application/json");
        texts_in(&answer.body, &mut names);
    }
    let with_tags: Vec<_> = names.iter().filter(|text| text.contains('<')).collect();
    assert_eq!(with_tags, Vec::<&String>::new());
    for kept in ["alert(1)", "O'Brien"].iter().chain(&SYNTAX) {
        assert!(names.iter().any(|name| name == kept), "{kept} was not stored as typed");
    }
    let studio = json!({ "email": "x@studio.example" });
    let mut stranger = stack.stranger();
    stranger.create("/v1/studios", &studio, "sign-up").await?;
    let token = stranger.mailed_token("x@studio.example").await?;
    let proof = json!({ "token": token, "studio_name": SCRIPTS[1], "password": PASSWORD });
    stranger.create("/v1/email-verifications", &proof, "verify").await?;
    let door =
        json!({ "portal": "photographer", "email": "x@studio.example", "password": PASSWORD });
    stranger.sign_in("/v1/sign-in/password", &door).await?;
    assert_eq!(stranger.read("/v1/session").await?.text("/studio/name"), "alert(1)");
    // No typed text may get into a mail, because a stranger can choose its recipient.
    let mails = stranger.read("/_local/mail").await?;
    for mail in mails.body.as_array().into_iter().flatten() {
        let said = format!("{} {}", text(mail, "html"), text(mail, "subject"));
        assert!(!said.contains("alert") && !said.contains("<script"), "{said}");
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn d13_a_body_of_another_form_is_refused_by_every_route_that_takes_one()
-> Result<(), SetupError> {
    let mut world = world().await?;
    let stranger = world.stack.stranger();
    // A route that requires a fresh second factor reads no body without it.
    world.administrator = sure(&world.stack, &world.administrator).await?;
    world.owner = sure(&world.stack, &world.owner).await?;
    let mut wrong = Vec::new();
    let mut tried = 0;
    for row in ROWS {
        let Sent::Json(good) = body(&world, row) else { continue };
        // `{}`: the route takes no body and reads none.
        let Some(members) = good.as_object().filter(|members| !members.is_empty()) else {
            continue;
        };
        let caller = match row.route {
            "/v1/schools/{school}/staff/{person}/impersonation" => &world.administrator,
            "/v1/trusted-issuers" | "/v1/studio/access-reviews" => &world.owner,
            _ if is_open(row) => &stranger,
            _ => welcome(&world, row),
        };
        let path = path(&world, row);
        let mut more = good.clone();
        more["unexpected"] = json!(1);
        let mut cases = vec![more, json!([good]), json!("text"), Value::Null];
        for name in members.keys() {
            let mut other = good.clone();
            other[name] = json!({ "$gt": "" });
            cases.push(other);
        }
        for case in cases {
            let answer = caller.call(method(row), &path, Some(&case), &[]).await?;
            if (answer.status, answer.text("/code").as_str()) != (400, "malformed_json") {
                wrong.push(format!(
                    "{} {path} {case}: {} {}",
                    row.method, answer.status, answer.body
                ));
            }
            tried += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 50, "only {tried} bodies were tried");
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn d15_an_address_that_is_none_is_refused_at_every_door() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let stranger = stack.stranger();
    for bad in [
        "",
        "ann",
        "a@localhost",
        "a@b.c\r\nBcc: d@e.f",
        "Ann <a@b.c>",
        "a@b.c,d@e.f",
        "\"a b\"@c.de",
    ] {
        let studio = json!({ "email": bad });
        let answer = stranger.post("/v1/studios", &studio).await?;
        assert_eq!((answer.status, answer.text("/code").as_str()), (422, "bad_email"), "{bad}");
        let door = json!({ "portal": "photographer", "email": bad, "password": PASSWORD });
        assert!([401, 422].contains(&stranger.post("/v1/sign-in/password", &door).await?.status));
        let asked = json!({ "code": "AAAA-BBBB-CCCC", "email": bad });
        let answer = stranger.post("/v1/access-requests", &asked).await?;
        assert_eq!((answer.status, answer.text("/code").as_str()), (422, "bad_email"), "{bad}");
    }
    let mails = stranger.read("/_local/mail").await?;
    assert_eq!(mails.body, json!([]), "a mail was sent");
    stack.stop().await;
    Ok(())
}

/// Cookies and tokens are parsed before the caller is known: every invalid one gets the same answer.
#[tokio::test(flavor = "multi_thread")]
async fn b10_no_cookie_that_we_did_not_issue_is_ever_good() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let base = stack.stack().url();
    let owner = stack.photographer("meadow").await?;
    let cookies = owner.cookie().unwrap_or_default();
    let session = cookies.split("; ").find(|pair| pair.starts_with("__Host-pd_photographer="));
    let (name, value) = session.and_then(|pair| pair.split_once('=')).ok_or("no cookie")?;
    let mut parts: Vec<&str> = value.split('.').collect();
    let mut forged = vec![
        String::new(),
        "v1".to_owned(),
        format!("{value}."),
        format!("{value}.x"),
        value.to_uppercase(),
    ];
    // Each part is left out, emptied, doubled, and changed in one place.
    for index in 0..parts.len() {
        let whole = parts.remove(index);
        forged.push(parts.join("."));
        let (doubled, changed) = (whole.repeat(2), swapped(whole));
        for other in ["", "x", "0", "-1", "4294967296", "\u{2070}", &doubled, &changed] {
            // Skips other spellings of the true generation, such as 00; `sessions.rs` tests them.
            if other.parse() != whole.parse::<u32>() || whole.parse::<u32>().is_err() {
                let mut others = parts.clone();
                others.insert(index, other);
                forged.push(others.join("."));
            }
        }
        parts.insert(index, whole);
    }
    for value in forged {
        let cookie = format!("{name}={value}");
        let answer = crate::by_hand::send(
            base,
            ("GET".parse()?, "/v1/session"),
            Sent::Nothing,
            Some(&cookie),
            &[],
        )
        .await?;
        assert_eq!((answer.status, answer.text("/code").as_str()), (401, "signed_out"), "{cookie}");
    }
    // The valid cookie, at a portal for which it was not issued.
    for portal in ["school", "parent"] {
        let client = stack.stranger();
        client.set_cookie(&format!("__Host-pd_{portal}"), value);
        assert_eq!(client.get("/v1/session").await?.status, 401, "{portal}");
    }
    for token in ["", ".", "a", "=", &"A".repeat(43), &"A".repeat(10_000), "%00", "\u{1f511}"] {
        for (path, body) in [
            ("/v1/sign-in/link", json!({ "token": token })),
            (
                "/v1/email-verifications",
                json!({ "token": token, "studio_name": "S", "password": PASSWORD }),
            ),
        ] {
            let answer = stack.stranger().post(path, &body).await?;
            let code = answer.text("/code");
            assert_eq!((answer.status, code.as_str()), (409, "link_used_or_expired"), "{token}");
        }
    }
    assert_eq!(owner.get("/v1/session").await?.status, 200, "the valid cookie still works");
    stack.stop().await;
    Ok(())
}

/// Returns a text whose first letter is replaced by another letter.
fn swapped(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map_or('a', |first| if first == 'b' { 'c' } else { 'b' });
    std::iter::once(first).chain(letters).collect()
}
