//! Breaks each dependency in turn: the answer reveals no internals, and the log has one line about it.

use std::collections::BTreeSet;
use std::future::ready;
use std::sync::LazyLock;

use api_tests::who_may_call_what::{ROWS, Row};
use futures_util::future::join_all;
use local::client::Answer;
use platform::base::config::Config;
use platform::start::{answer, leak};
use platform::{ApiError, App, Request, Response};
use serde_json::{Value, json};
use testkit::SetupError;

use crate::beside::Beside;
use crate::by_hand::{Sent, body, method, path, send, session_of, welcome};
use crate::log::Log;
use crate::world::{World, world};

/// An address without a listener: port 9 belongs to the discard service, which no machine runs.
const NOWHERE: &str = "http://127.0.0.1:9";

/// Breaks one dependency in the configuration.
pub(crate) type Breaking = fn(&mut Config);

/// The dependencies, each with the change that breaks it.
pub(crate) const BROKEN: [(&str, Breaking); 4] = [
    ("the tables", |config| config.endpoints.dynamodb = Some(NOWHERE.to_owned())),
    ("storage", |config| config.endpoints.s3 = Some(NOWHERE.to_owned())),
    ("the queues", |config| config.endpoints.sqs = Some(NOWHERE.to_owned())),
    ("the secrets", |config| config.endpoints.secrets = Some(NOWHERE.to_owned())),
];

/// The answer to an internal error: fixed texts and the request's id.
fn our_fault(request_id: &str) -> Value {
    json!({
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "Something went wrong on our side. Nothing was changed; please try again in a moment.",
        "code": "internal",
        "request_id": request_id,
    })
}

/// Texts that no answer may contain: locations and implementation details.
fn inside(config: &Config) -> BTreeSet<String> {
    let told = [
        "127.0.0.1:9",
        "dynamodb",
        "amazonaws",
        "sdkerror",
        "panicked",
        ".rs:",
        "studio#",
        env!("CARGO_MANIFEST_DIR"),
        "src/",
    ];
    let settings = config.to_env().into_iter();
    let names = settings.filter(|(name, _)| {
        name.ends_with("_TABLE") || name.ends_with("_QUEUE_URL") || name.ends_with("_SECRET")
    });
    let names = names.map(|(_, value)| value.to_lowercase());
    told.into_iter().map(str::to_owned).chain(names).collect()
}

/// A roster large enough for comparison in the background, so that its file goes to storage first.
static LARGE_ROSTER: LazyLock<String> = LazyLock::new(|| {
    let rows = (0..600).map(|number| format!("7{number:05},Given{number},Family{number},3A\n"));
    std::iter::once("Student ID,First Name,Last Name,Class\n".to_owned()).chain(rows).collect()
});

pub(crate) async fn ask(world: &World, base: &str, row: &Row) -> Result<Answer, SetupError> {
    let caller = welcome(world, row);
    let csrf = caller.read(session_of(row)).await?.text("/csrf_token");
    let headers = [("origin", caller.base()), ("x-csrf-token", csrf.as_str())];
    let path = path(world, row);
    let sent = if row.body == "csv" { Sent::File(LARGE_ROSTER.as_str()) } else { body(world, row) };
    Ok(send(base, (method(row), &path), sent, caller.cookie().as_deref(), &headers).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn d18_d19_a_broken_dependency_is_told_to_the_log_and_to_nobody_else()
-> Result<(), SetupError> {
    let log = Log::of_process();
    let world = world().await?;
    let stack = world.stack.stack();
    for (what, break_it) in BROKEN {
        let beside = Beside::start(stack, break_it).await?;

        // Signing out needs neither storage nor a queue; it would only end the session that the other rows
        // use.
        let rows: Vec<&Row> = ROWS
            .iter()
            .filter(|row| row.method != "DELETE" || !row.route.ends_with("/session"))
            .collect();
        let answers = join_all(rows.iter().map(|row| ask(&world, &beside.base, row))).await;
        let mut faults = 0;
        let inside = inside(beside.app.config());
        for (row, answered) in rows.iter().zip(answers) {
            let answered = answered?;
            let asked = format!("{} {} without {what}", row.method, row.route);
            if answered.status < 400 {
                continue;
            }
            let mut headers = answered.headers.clone();
            // This header names the origins of photos and uploads, because the browser needs them.
            headers.remove("content-security-policy");
            let id = answered.text("/request_id");
            let said = format!("{headers:?} {}", String::from_utf8_lossy(&answered.bytes));
            // The id is random letters: once in a few thousand answers they spell one of the names.
            let said = said.replace(&id, "");
            for told in &inside {
                let is_told = said.to_lowercase().contains(told);
                assert!(!is_told, "{asked} reveals {told}: {said}");
            }
            let errors = log.errors_of(&id);
            if answered.status != 500 {
                assert!(answered.status < 500 && errors.is_empty(), "{asked}: {said} {errors:?}");
                continue;
            }
            faults += 1;
            assert_eq!(answered.body, our_fault(&id), "{asked}");
            assert_eq!(errors.len(), 1, "{asked}: one line with the id {id}: {errors:?}");
            let cause = errors[0]["fields"]["cause"].as_str().unwrap_or_default();
            assert!(!cause.is_empty(), "{asked}: {errors:?}");
            let route = if row.method == "ANY" {
                row.route.to_owned()
            } else {
                format!("{} {}", row.method, row.route)
            };
            assert_eq!(errors[0]["span"]["route"], route, "the log says which route");
        }
        assert!(faults > 0, "no route needs {what}");
        beside.stop().await;
    }
    world.stack.stop().await;
    Ok(())
}

#[tokio::test]
async fn d18_d19_a_panic_is_answered_and_logged_like_any_other_fault() -> Result<(), SetupError> {
    let log = Log::of_process();
    let config = Config { region: "us-east-1".to_owned(), ..Config::default() };
    let app = leak(App::new(config).await?);
    let panics = |_: &'static App, _: Request| async {
        let nobody: Vec<Result<Response, ApiError>> = Vec::new();
        nobody.into_iter().next().expect("SECRET of the inside")
    };
    let answered = answer(app, panics, Request::default()).await;
    let body: Value = serde_json::from_slice(answered.body())?;
    let id = body["request_id"].as_str().unwrap_or_default();
    assert_eq!((answered.status().as_u16(), &body), (500, &our_fault(id)));
    assert_eq!(log.errors_of(id).len(), 1);

    let refused = |_: &'static App, _: Request| ready(Err(ApiError::NotFound));
    let answered = answer(app, refused, Request::default()).await;
    let body: Value = serde_json::from_slice(answered.body())?;
    let id = body["request_id"].as_str().unwrap_or_default();
    assert!(!id.is_empty() && log.errors_of(id).is_empty(), "a refusal is no internal error");
    Ok(())
}
