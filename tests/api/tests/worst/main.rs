//! Measures the processor time of one request with worst-case texts in every text field of every route.
//!
//! It is a separate binary with one test, because the measured time is the whole process's.
#![expect(clippy::tests_outside_test_module, reason = "an integration test is a test module")]
#![expect(clippy::indexing_slicing, reason = "a missing member of an answer fails the test")]
#![expect(clippy::print_stdout, reason = "the table of costs")]

#[path = "../api/by_hand.rs"]
#[expect(dead_code, reason = "the API's tests use the rest of it")]
mod by_hand;
#[path = "../api/provider.rs"]
#[expect(dead_code, reason = "the API's tests use the rest of it")]
mod provider;
mod texts;
#[path = "../api/world.rs"]
#[expect(dead_code, reason = "the API's tests use the rest of it")]
mod world;

use std::fs;

use api_tests::who_may_call_what::{ROWS, Row};
use data_encoding::HEXUPPER;
use local::client::Client;
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::{Value, json};
use testkit::SetupError;

use crate::by_hand::{Sent, body, is_open, method, path, welcome};
use crate::texts::worst;
use crate::world::{World, world_with};

/// Longest text in a JSON body: the limit of 256 KiB, less the JSON around it.
const LONGEST: usize = 250_000;
/// Longest text in a URL or a header: fits into the gateway's 8 KiB.
const LONGEST_OUTSIDE: usize = 5_000;
/// Processor time that a text may add to a normal request, in milliseconds, in a debug build.
///
/// Three times what reading 256 KiB of JSON takes there. Non-linear code took 59,000 ms.
const MOST_MORE: u64 = 250;

/// Returns the processor time of this process so far, in milliseconds.
///
/// Source: `proc_pid_stat(5)`, fields 14 and 15, in ticks of 10 ms.
fn cpu() -> Result<u64, SetupError> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').ok_or("no name")?;
    let ticks: u64 = fields.split_whitespace().skip(11).take(2).flat_map(str::parse::<u64>).sum();
    Ok(ticks * 10)
}

/// One request, and its name in the table.
struct Case {
    name: String,
    path: String,
    method: Method,
    body: Option<Value>,
    header: Option<(&'static str, String)>,
}

/// Returns the milliseconds of this process that a request took, and its status.
async fn took(client: &Client, case: &Case) -> Result<(u64, u16), SetupError> {
    let before = cpu()?;
    let header = case.header.as_ref().map(|(name, value)| (*name, value.as_str()));
    let answer =
        client.call(case.method.clone(), &case.path, case.body.as_ref(), header.as_slice()).await?;
    let status = answer.status;
    Ok((cpu()? - before, status))
}

/// Costs of all cases, and the cases that cost too much.
#[derive(Default)]
struct Table {
    tried: usize,
    limited: usize,
    fields: usize,
    costs: Vec<(u64, u16, String)>,
    wrong: Vec<String>,
}

impl Table {
    /// Sends each worst-case text in turn, after the normal request.
    async fn fill(
        &mut self,
        client: &Client,
        everyday: &Case,
        bytes: usize,
        make: impl Fn(&str) -> Option<Case>,
    ) -> Result<(), SetupError> {
        let (usual, _) = took(client, everyday).await?;
        self.fields += 1;
        for (kind, text) in worst(bytes) {
            let Some(case) = make(&text) else { continue };
            let (mut cost, status) = took(client, &case).await?;
            // Measured twice before it counts as a failure: a worker may have been busy.
            if cost > usual + MOST_MORE {
                cost = cost.min(took(client, &case).await?.0);
            }
            let name = format!("{}: {kind}", case.name);
            if cost > usual + MOST_MORE || status >= 500 {
                self.wrong.push(format!("{name}: {status}, {cost} ms, normal {usual} ms"));
            }
            // No setting changes the limit of step-up attempts, so only the first of them measure the work.
            self.limited += usize::from(status == 429);
            self.tried += 1;
            self.costs.push((cost.saturating_sub(usual), status, name));
        }
        Ok(())
    }

    /// Prints the most expensive cases.
    fn print(mut self) {
        self.costs.sort_unstable_by(|one, other| other.cmp(one));
        println!(
            "{} texts in {} places; the most expensive, in ms of processor time above a normal request:",
            self.tried, self.fields
        );
        for (cost, status, name) in self.costs.iter().take(12) {
            println!("{cost:>6} {status} {name}");
        }
    }
}

/// Collects the JSON pointer of each text in a value.
fn texts_in(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(at.to_owned()),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                texts_in(item, &format!("{at}/{index}"), found);
            }
        }
        Value::Object(members) => {
            for (name, item) in members {
                texts_in(item, &format!("{at}/{name}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Returns the caller for whom a row succeeds or goes furthest.
fn caller<'w>(world: &'w World, stranger: &'w Client, row: &Row) -> &'w Client {
    match row.route {
        "/v1/schools/{school}/staff/{person}/impersonation" => &world.administrator,
        "/v1/trusted-issuers" | "/v1/studio/access-reviews" => &world.owner,
        _ if is_open(row) => stranger,
        _ => welcome(world, row),
    }
}

async fn bodies(world: &World, stranger: &Client, table: &mut Table) -> Result<(), SetupError> {
    for row in ROWS {
        let Sent::Json(good) = body(world, row) else { continue };
        let (caller, path) = (caller(world, stranger, row), path(world, row));
        let case = |body: Value, place: &str| Case {
            name: format!("{} {} {place}", row.method, row.route),
            path: path.clone(),
            method: method(row),
            body: Some(body),
            header: None,
        };
        let mut places = Vec::new();
        texts_in(&good, "", &mut places);
        for place in &places {
            let make = |text: &str| {
                let mut body = good.clone();
                *body.pointer_mut(place)? = json!(text);
                Some(case(body, place))
            };
            table.fill(caller, &case(good.clone(), place), LONGEST, make).await?;
        }
        // A member's name is a text too.
        let make = |text: &str| {
            let mut body = good.clone();
            body.as_object_mut()?.insert(text.to_owned(), json!(1));
            Some(case(body, "a member's name"))
        };
        table.fill(caller, &case(good.clone(), "{}"), LONGEST, make).await?;
    }
    Ok(())
}

/// Percent-encodes every byte of a text.
fn percent_encoded(text: &str) -> String {
    let hex = HEXUPPER.encode(text.as_bytes().get(..LONGEST_OUTSIDE / 3).unwrap_or_default());
    let mut encoded = String::new();
    for (index, digit) in hex.chars().enumerate() {
        encoded.extend((index % 2 == 0).then_some('%'));
        encoded.push(digit);
    }
    encoded
}

async fn addresses(world: &World, stranger: &Client, table: &mut Table) -> Result<(), SetupError> {
    let description = stranger.read("/v1/openapi.json").await?.body;
    for row in ROWS.iter().filter(|row| row.route.starts_with("/v1/")) {
        let (caller, path) = (caller(world, stranger, row), path(world, row));
        let case = |path: String, place: &str| Case {
            name: format!("{} {} {place}", row.method, row.route),
            path,
            method: method(row),
            body: None,
            header: None,
        };
        let operation = &description["paths"][row.route][row.method.to_lowercase()];
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        for parameter in parameters.filter(|parameter| parameter["in"] == "query") {
            let name = parameter["name"].as_str().unwrap_or_default();
            let make =
                |text: &str| Some(case(format!("{path}?{name}={}", percent_encoded(text)), name));
            table.fill(caller, &case(path.clone(), name), LONGEST_OUTSIDE, make).await?;
        }
        // Only for reads: a malformed id could otherwise end something.
        if row.method == "GET" && row.route.contains('{') {
            let (before, _) = row.route.split_once('{').unwrap_or_default();
            let make =
                |text: &str| Some(case(format!("{before}{}", percent_encoded(text)), "its id"));
            table.fill(caller, &case(path.clone(), "its id"), LONGEST_OUTSIDE, make).await?;
        }
    }
    Ok(())
}

/// The request headers that the system reads.
const HEADERS: [&str; 10] = [
    "accept",
    "accept-language",
    "authorization",
    "content-type",
    "cookie",
    "idempotency-key",
    "if-none-match",
    "origin",
    "user-agent",
    "x-csrf-token",
];

async fn headers(owner: &Client, table: &mut Table) -> Result<(), SetupError> {
    for (method, path, body) in [
        ("GET", "/v1/session", None),
        ("POST", "/v1/districts", Some(json!({ "name": "D" }))),
        ("GET", "/photographer", None),
    ] {
        for name in HEADERS {
            let case = |header| Case {
                name: format!("{method} {path} {name}"),
                path: path.to_owned(),
                method: method.parse().unwrap_or_default(),
                body: body.clone(),
                header,
            };
            let make = |text: &str| {
                HeaderValue::from_str(text).ok()?;
                Some(case(Some((name, text.to_owned()))))
            };
            table.fill(owner, &case(None), LONGEST_OUTSIDE, make).await?;
        }
    }
    Ok(())
}

/// Uploads rosters whose every cell is a worst-case text, as large as a request may be.
async fn rosters(world: &World, table: &mut Table) -> Result<(), SetupError> {
    let path = format!("/v1/schools/{}/roster-imports", world.ids["school"]);
    for cell in [40, 400, 3_900] {
        for (kind, text) in worst(cell) {
            let cell = text.replace('"', "");
            let row = format!("\"{cell}\",\"{cell}\",\"{cell}\",\"{cell}\"\n");
            let rows = row.repeat(LONGEST / row.len());
            let file = format!("Student ID,First Name,Last Name,Class\n{rows}");
            let before = cpu()?;
            let key = format!("{} {kind}", cell.len());
            let file = file.into_bytes();
            let answer = world.owner.post_file(&path, "text/csv", file, &key).await?;
            let (status, cost) = (answer.status, cpu()? - before);
            let name = format!("a roster with cells of {} bytes: {kind}", cell.len());
            table.tried += 1;
            if cost > MOST_OF_A_ROSTER || status >= 500 || status == 429 {
                table.wrong.push(format!("{name}: {status}, {cost} ms"));
            }
            table.costs.push((cost, status, name));
        }
    }
    table.fields += 4;
    Ok(())
}

/// The limit for a roster of 250 kB, in milliseconds; 239 kB once took 9,300.
///
/// Each of its rows is read, compared and stored.
const MOST_OF_A_ROSTER: u64 = 2_500;

#[tokio::test(flavor = "multi_thread")]
async fn no_text_of_any_route_costs_more_than_its_length() -> Result<(), SetupError> {
    let world = world_with(|limits| {
        limits.requests_a_minute = 1_000_000;
        limits.requests_an_hour = 1_000_000;
        limits.attempts_of_an_address = 1_000_000;
    })
    .await?;
    let stranger = world.stack.stranger();
    let mut table = Table::default();
    headers(&world.owner, &mut table).await?;
    addresses(&world, &stranger, &mut table).await?;
    rosters(&world, &mut table).await?;
    bodies(&world, &stranger, &mut table).await?;
    let wrong = std::mem::take(&mut table.wrong);
    assert!(table.fields > 100, "only {} places were tried", table.fields);
    assert!(
        table.limited * 50 < table.tried,
        "{} of {} were turned away",
        table.limited,
        table.tried
    );
    table.print();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    world.stack.stop().await;
    Ok(())
}
