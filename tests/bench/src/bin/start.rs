//! Measures from process start to the first answer, a list of schools.
//!
//! Usage: `cargo run -p bench-tests --bin start`.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;
use std::process::Stdio;

use bench_tests::figures::{Taken, beside, median};
use bench_tests::programs::{Ours, Peers};
use local::process;
use local::runtime_api::RuntimeApi;
use local::template::Function;
use serde_json::{Value, json};
use testkit::TestStack;
use testkit::client::Client;
use tokio::process::Command;

/// Number of starts of each program.
const ROUNDS: usize = 15;
/// Schools in the list.
const SCHOOLS: usize = 20;
const ROUTE: &str = "GET /v1/schools";

/// A program that answers an event.
struct Contender {
    name: &'static str,
    program: Vec<PathBuf>,
    taken: Vec<Taken>,
}

/// The environment in which the contenders run.
struct Sandbox<'a> {
    measured: PathBuf,
    function: &'a Function,
    environment: BTreeMap<String, String>,
    event: Value,
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "a command's answer")]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let (ours, node, python) = (Ours::build()?, Peers::node()?, Peers::python()?);
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    fill(&owner).await?;
    let template = stack.stack().template();
    let sandbox = Sandbox {
        measured: ours.measured,
        function: template.function("schools").ok_or("no schools in the template")?,
        environment: stack.stack().environment("schools").ok_or("no environment")?,
        event: event(&owner.cookie().ok_or("the owner is not signed in")?, stack.stack().url()),
    };
    let contender = |name, program| Contender { name, program, taken: vec![] };
    let script = |peers: &Peers, file| vec![peers.interpreter.clone(), peers.folder.join(file)];
    let mut contenders = [
        contender("bare lambda_http", vec![ours.bare]),
        contender("schools", vec![ours.api]),
        contender("Node, AWS SDK 3", script(&node, "start.js")),
        contender("Python, boto3", script(&python, "start.py")),
    ];
    for round in 0..ROUNDS {
        for contender in &mut contenders {
            let (answer, taken) = sandbox.start(contender).await?;
            let listed = answer
                .get("body")
                .and_then(Value::as_str)
                .and_then(|body| serde_json::from_str(body).ok());
            let items = listed.as_ref().and_then(|list: &Value| list.get("items")?.as_array());
            // The bare program has no list; every other program must return all schools.
            let wanted = if contender.name.starts_with("bare") { 0 } else { SCHOOLS };
            if items.map(Vec::len) != Some(wanted) {
                return Err(format!("{} answered {answer}", contender.name).into());
            }
            // The first start reads the program from disk, so it does not count.
            if round > 0 {
                contender.taken.push(taken);
            }
        }
    }
    stack.stop().await;
    println!(
        "From process start to the first answer of {ROUTE}, {SCHOOLS} schools, session checked, against the\n\
         embedded cloud over HTTP. Medians of {} rounds, in turn; in brackets, the bare program = 1.",
        ROUNDS - 1
    );
    println!("{:18}{:>18}{:>18}", "", "CPU ms", "peak MB");
    let mut first = None;
    for Contender { name, taken, .. } in &contenders {
        let cpu = median(taken.iter().map(|taken| taken.cpu_ms));
        let peak = median(taken.iter().map(|taken| taken.peak_mb));
        let (bare_cpu, bare_peak) = *first.get_or_insert((cpu, peak));
        println!("{name:18}{:>18}{:>18}", beside(cpu, bare_cpu), beside(peak, bare_peak));
    }
    Ok(())
}

/// Creates a district with its schools.
async fn fill(owner: &Client) -> Result<(), Box<dyn Error + Send + Sync>> {
    let district = owner.create("/v1/districts", &json!({ "name": "District" }), "d").await?;
    for number in 1..=SCHOOLS {
        let body = json!({ "district_id": district.text("/id"), "name": format!("School {number}"),
            "time_zone": "America/Denver" });
        owner.create("/v1/schools", &body, &format!("s{number}")).await?;
    }
    Ok(())
}

/// Builds the call's event, as the gateway passes it on.
fn event(cookie: &str, origin: &str) -> Value {
    let host = origin.trim_start_matches("http://");
    let (method, path) = ROUTE.split_once(' ').unwrap_or_default();
    json!({
        "version": "2.0",
        "routeKey": ROUTE,
        "rawPath": path,
        "rawQueryString": "",
        "cookies": cookie.split("; ").collect::<Vec<_>>(),
        "headers": { "accept": "application/json", "host": host, "origin": origin },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1", "userAgent": "bench" },
            "requestId": "bench",
            "routeKey": ROUTE,
            "stage": "$default",
            "time": "22/Nov/2026:09:00:00 +0000",
            "timeEpoch": 1_795_338_000_000_i64,
        },
        "isBase64Encoded": false,
    })
}

impl Sandbox<'_> {
    /// Starts a program, sends it the event, and stops it after the answer.
    async fn start(
        &self,
        contender: &Contender,
    ) -> Result<(Value, Taken), Box<dyn Error + Send + Sync>> {
        let api = RuntimeApi::start().await?;
        let mut child = Command::new(&self.measured)
            .args(&contender.program)
            .env_clear()
            .envs(&self.environment)
            .envs(process::given(self.function, &api))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let held = child.stdin.take();
        let answer = api.invoke(&self.event).await;
        drop(held);
        let output = child.wait_with_output().await?;
        api.stop().await;
        let answer = answer.map_err(|error| {
            format!("{}: {error}: {}", contender.name, String::from_utf8_lossy(&output.stderr))
        })?;
        Ok((answer, Taken::read(&output)?))
    }
}
