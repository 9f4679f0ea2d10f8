//! Canary test: secret texts pass through every route, and then no log, table, queue or mail may contain
//! them.
//!
//! The requests are accepted, refused, and failed with a broken dependency.

use std::collections::BTreeSet;
use std::time::Duration;

use api_tests::who_may_call_what::{ROWS, Row};
use data_encoding::{BASE64_NOPAD, HEXLOWER};
use futures_util::future::{join_all, try_join_all};
use local::client::{Answer, Client, ClientError};
use platform::inspect::scan;
use platform::queue_poll;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{PASSWORD, SetupError, TestStack};

use crate::beside::Beside;
use crate::by_hand::{Sent, send};
use crate::faults::{BROKEN, ask};
use crate::log::Log;
use crate::world::{PERSONAL, world};

const CANARY: &str = "Canary-Meadow-77";
/// A second canary, for password changes.
const OTHER_CANARY: &str = "Canary-Meadow-78";

/// Returns the canaries in plain text, in base64 and in hexadecimal.
fn traces() -> Vec<String> {
    let encoded = [CANARY, OTHER_CANARY].map(|text| {
        [text.to_owned(), BASE64_NOPAD.encode(text.as_bytes()), HEXLOWER.encode(text.as_bytes())]
    });
    encoded.into_iter().flatten().collect()
}

/// A request's member that takes a password.
#[derive(Debug)]
struct Field {
    method: Method,
    path: String,
    member: String,
    /// A valid body for the route.
    body: Value,
}

/// Returns every such member, as the OpenAPI description marks them.
async fn fields(client: &Client) -> Result<Vec<Field>, SetupError> {
    let description = client.read("/v1/openapi.json").await?.body;
    let mut fields = Vec::new();
    for (path, operations) in description["paths"].as_object().into_iter().flatten() {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let name = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next());
            let members = &description["components"]["schemas"][name.unwrap_or_default()];
            let members = members["properties"].as_object().cloned().unwrap_or_default();
            let everyday = |(name, member): (&String, &Value)| {
                let text = match name.as_str() {
                    _ if member["format"] == "password" => PASSWORD,
                    "portal" => "photographer",
                    "email" => "canary@studio.example",
                    _ => "none",
                };
                (name.clone(), json!(text))
            };
            let body: Value = members.iter().map(everyday).collect();
            let passwords = members.iter().filter(|(_, member)| member["format"] == "password");
            for (member, _) in passwords {
                let (method, path) = (method.to_uppercase().parse()?, path.clone());
                fields.push(Field { method, path, member: member.clone(), body: body.clone() });
            }
        }
    }
    Ok(fields)
}

impl Field {
    /// Returns bodies that contain the canary: one valid, the others malformed.
    ///
    /// Each malformed body provokes a reader's error message that could repeat the canary.
    fn bodies(&self) -> Vec<String> {
        let with = |name: &str, value: Value| {
            let mut body = self.body.clone();
            body[name] = value;
            body
        };
        let good = with(&self.member, json!(CANARY));
        let mut everywhere = good.clone();
        for member in everywhere.as_object_mut().into_iter().flat_map(|body| body.values_mut()) {
            *member = json!(CANARY);
        }
        let cut_off = good.to_string().trim_end_matches('}').to_owned();
        let bodies = [
            &good,
            &everywhere,
            &with(CANARY, json!("a member nobody knows")),
            &with(&self.member, json!([CANARY])),
            &with(&self.member, json!({ CANARY: CANARY })),
            &json!(CANARY),
        ];
        bodies.into_iter().map(Value::to_string).chain([cut_off, CANARY.to_owned()]).collect()
    }
}

/// Counts the password members of all requests in the source.
fn typed_passwords() -> Result<usize, SetupError> {
    let sources = testkit::sources::of_functions()?;
    let typed = [": TypedPassword,", ": Option<TypedPassword>,"];
    Ok(typed.iter().map(|field| sources.matches(field).count()).sum())
}

/// Sends a text as a JSON body with the headers of one of our pages.
async fn send_text(
    base: &str,
    client: &Client,
    csrf: &str,
    field: &Field,
    text: String,
) -> Result<Answer, ClientError> {
    let request = reqwest::Client::new()
        .request(field.method.clone(), format!("{base}{}", field.path))
        .header("content-type", "application/json")
        .header("origin", client.base())
        .header("x-csrf-token", csrf)
        .header("cookie", client.cookie().unwrap_or_default());
    let response = request.body(text).send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.bytes().await?.to_vec();
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    Ok(Answer { status, headers, body, bytes })
}

async fn put_password(client: &Client, current: &str, new: &str) -> Result<u16, SetupError> {
    let body = json!({ "current": current, "new": new });
    Ok(client.call(Method::PUT, "/v1/person/password", Some(&body), &[]).await?.status)
}

fn door(email: &str, password: &str) -> Value {
    json!({ "portal": "photographer", "email": email, "password": password })
}

/// Uses a password in every way: chosen, presented, changed, and reset by mail.
async fn taken(stack: &TestStack) -> Result<(), SetupError> {
    let email = "taken@studio.example";
    let mut owner = stack.stranger();
    let studio = json!({ "email": email });
    owner.create("/v1/studios", &studio, "sign-up").await?;
    let token = owner.mailed_token(email).await?;
    let token = json!({ "token": token, "studio_name": "S", "password": CANARY });
    owner.create("/v1/email-verifications", &token, "verify").await?;
    owner.sign_in("/v1/sign-in/password", &door(email, CANARY)).await?;
    let change = json!({ "email": "elsewhere@studio.example", "password": CANARY });
    owner.create("/v1/person/email-changes", &change, "elsewhere").await?;
    assert_eq!(put_password(&owner, CANARY, OTHER_CANARY).await?, 204);
    owner.create("/v1/password-resets", &json!({ "email": email }), "reset").await?;
    let mail = stack.mail(email, "Choose a new password", 1).await?;
    let (_, token) = mail.split_once("token=").unwrap_or_default();
    let token = token.split_whitespace().next().unwrap_or_default();
    let body = json!({ "token": token, "password": CANARY });
    owner.create("/v1/password-resets/confirmation", &body, "chosen").await?;
    Ok(owner.sign_in("/v1/sign-in/password", &door(email, CANARY)).await?)
}

/// Queues mails through a second gateway in a queue without a worker, and returns the queued messages.
async fn queued(stack: &TestStack, email: &str) -> Result<Vec<String>, SetupError> {
    let template = stack.stack().template();
    let name = |id: &str| template.queue(id).map(|queue| queue.name.clone()).unwrap_or_default();
    let (worked, unworked) = (name("MailQueue"), name("MailDeadLetters"));
    let beside = Beside::start(stack.stack(), |config| {
        let url = config.mail_queue_url.take().unwrap_or_default();
        let place = url.strip_suffix(&worked).map(|place| format!("{place}{unworked}"));
        config.mail_queue_url = place;
    })
    .await?;
    let ours = [("origin", stack.stack().url())];
    let mut calls = vec![("/v1/password-resets", json!({ "email": email }))];
    calls.extend((0..6).map(|_| ("/v1/sign-in/password", door(email, CANARY))));
    for (path, body) in calls {
        send(&beside.base, (Method::POST, path), Sent::Json(body), None, &ours).await?;
    }
    let url = beside.app.config().mail_queue_url.clone().unwrap_or_default();
    let wait = Duration::from_secs(1);
    let messages = queue_poll::receive(beside.app, &url, "none", 10, wait).await?;
    beside.stop().await;
    Ok(messages.into_iter().filter_map(|message| message.body).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a21_a_password_is_in_no_log_no_table_no_queue_and_no_mail() -> Result<(), SetupError> {
    let log = Log::of_process();
    let stack = TestStack::start().await?;
    let owner = stack.photographer("canary").await?;
    let fields = fields(&owner).await?;
    let marked = fields.len();
    assert_eq!(marked, typed_passwords()?, "each has `format = Password`: {fields:?}");
    taken(&stack).await?;

    let csrf = owner.read("/v1/session").await?.text("/csrf_token");
    let mut answers = Vec::new();
    let mut statuses = BTreeSet::new();
    let nothing: fn(&mut platform::base::config::Config) = |_| ();
    for (what, break_it) in BROKEN.into_iter().chain([("nothing", nothing)]) {
        let beside = Beside::start(stack.stack(), break_it).await?;
        let calls = fields.iter().flat_map(|field| {
            let texts = field.bodies().into_iter();
            texts.map(|text| send_text(&beside.base, &owner, &csrf, field, text))
        });
        for answer in try_join_all(calls).await? {
            statuses.insert((what, answer.status));
            answers.push(answer);
        }
        beside.stop().await;
    }
    for needed in [("nothing", 400), ("nothing", 422), ("the tables", 500)] {
        assert!(statuses.contains(&needed), "{needed:?} is not among {statuses:?}");
    }
    let queued = queued(&stack, "taken@studio.example").await?;
    assert!(queued.len() >= 2, "a reset link and a new-device notice: {}", queued.len());
    let mails = stack.stack().mails();
    assert!(mails.len() >= 5, "{mails:?}");

    let app = stack.stack().app();
    let config = app.config();
    let tables = [
        &config.records_table,
        &config.access_table,
        &config.audit_table,
        &config.keys_table,
        &config.operators_table,
    ];
    let mut kept = queued;
    kept.extend(mails.into_iter().map(|mail| format!("{mail:?}")));
    for table in tables.into_iter().flatten() {
        kept.extend(scan(app, table).await?);
    }
    for trace in traces() {
        for answer in &answers {
            let text = String::from_utf8_lossy(&answer.bytes);
            assert!(!text.contains(&trace), "an answer: {text}");
            assert!(!format!("{:?}", answer.headers).contains(&trace), "{:?}", answer.headers);
        }
        for place in &kept {
            assert!(!place.contains(&trace), "{place}");
        }
        let lines = log.lines_with(&trace);
        assert!(lines.is_empty(), "{lines:?}");
    }
    // The log capture works: every answer of a function has its line.
    for answer in &answers {
        let id = answer.headers["x-request-id"].to_str()?;
        assert!(!log.lines_with(id).is_empty(), "{id}: {}", answer.body);
    }
    stack.stop().await;
    Ok(())
}

/// Sends names, addresses, a school's numbers and file names through every route, with each dependency
/// broken.
///
/// The log may contain ids only.
#[tokio::test(flavor = "multi_thread")]
async fn a20_names_addresses_and_numbers_are_in_no_log_line() -> Result<(), SetupError> {
    let log = Log::of_process();
    let world = world().await?;
    let stays = |row: &&Row| row.method != "DELETE" || !row.route.ends_with("/session");
    let rows: Vec<&Row> = ROWS.iter().filter(stays).collect();
    let mut ids = Vec::new();
    for (what, break_it) in BROKEN {
        let beside = Beside::start(world.stack.stack(), break_it).await?;
        for answer in join_all(rows.iter().map(|row| ask(&world, &beside.base, row))).await {
            let answer = answer?;
            ids.push((what, answer.headers["x-request-id"].to_str()?.to_owned()));
        }
        beside.stop().await;
    }
    let url = world.stack.stack().url();
    // One request at a time, because a row changes data that the next row uses.
    for row in rows {
        let answer = ask(&world, url, row).await?;
        ids.push(("nothing", answer.headers["x-request-id"].to_str()?.to_owned()));
    }
    // The e-mail addresses in the rows' bodies are at `y.example`.
    for personal in PERSONAL.into_iter().chain(["@y.example"]) {
        let lines = log.lines_with(personal);
        assert!(lines.is_empty(), "{personal}: {lines:?}");
    }
    for (what, id) in ids {
        assert!(!log.lines_with(&id).is_empty(), "without {what}: {id} is not in the log");
    }
    world.stack.stop().await;
    Ok(())
}

/// Imports the same children at two schools: each gets two ids, and no id is derived from the child's data.
#[tokio::test(flavor = "multi_thread")]
async fn a20_an_id_is_random_and_is_all_that_names_of_files_and_addresses_have()
-> Result<(), SetupError> {
    let world = world().await?;
    let owner = &world.owner;
    let body = json!({ "district_id": world.ids["district"], "name": "Elm" });
    let elm = owner.create("/v1/schools", &body, "elm").await?.text("/id");
    testkit::import(owner, &elm, crate::world::ROSTER.into()).await?;
    let mut ids = BTreeSet::new();
    for school in [&world.ids["school"], &elm] {
        for student in owner.all(&format!("/v1/schools/{school}/students")).await? {
            ids.insert(testkit::text(&student, "id"));
        }
    }
    assert_eq!(ids.len(), 8, "four children at two schools: {ids:?}");
    for id in &ids {
        let letters = id.strip_prefix("stu_").unwrap_or_default();
        assert!(letters.len() == 26 && letters.bytes().all(|b| b.is_ascii_alphanumeric()), "{id}");
    }
    // Storage keys and presigned URLs contain ids only.
    let file = json!({ "name": "Given1-Family1-DSC_1.jpg", "bytes": 10,
        "sha256": data_encoding::BASE64.encode(&[9; 32]), "content_type": "image/jpeg" });
    let path = format!("/v1/picture-days/{}/uploads", world.ids["day"]);
    let upload = owner.post(&path, &json!({ "camera": "A", "files": [file] })).await?;
    let address = upload.text("/uploads/0/url");
    let gallery = owner.read(&format!("/v1/galleries/{}", world.ids["gallery"])).await?;
    let shown = gallery.body["photos"][0]["web_url"].as_str().unwrap_or_default().to_owned();
    assert!(address.starts_with("http") && shown.starts_with("http"), "{address} {}", gallery.body);
    let mut names = vec![address, shown];
    let mut folders = vec![world.stack.folder().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            names.push(entry.file_name().to_string_lossy().into_owned());
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    for personal in PERSONAL {
        for name in &names {
            assert!(!name.contains(personal), "{personal} in {name}");
        }
    }
    world.stack.stop().await;
    Ok(())
}
