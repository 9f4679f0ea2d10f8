//! Runs every function as its own process, through Lambda's Runtime API, with its sample event.
//!
//! Its environment contains only what `template.yaml` defines. So a variable that a function uses and the template
//! lacks is detected here.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic fails the test"
)]

use functions::handlers;
use local::runtime_api::RuntimeApi;
use local::stack::{Stack, StackOptions};
use platform::start::Handler;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Reads the function's sample event and sets the origin of this stack, whose port changes each time.
fn event(function: &str, origin: &str) -> Value {
    let file =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../../events/{function}.json"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| {
        panic!("{function} has no sample event {}: {error}", file.display())
    });
    let mut event: Value = serde_json::from_str(&text).unwrap();
    if let Some(header) = event.pointer_mut("/headers/origin") {
        *header = origin.into();
    }
    event
}

/// Is the answer plausible?
///
/// A worker lists the failed messages, a direct invocation returns its result, an endpoint returns no internal error.
fn is_sensible(handler: Handler, answer: &Value) -> bool {
    match handler {
        Handler::Queue(_) => answer["batchItemFailures"].is_array(),
        Handler::Direct(_) => answer["link"].is_string(),
        Handler::Http(_) => {
            let status = answer["statusCode"].as_u64();
            status.is_some_and(|status| (200..500).contains(&status))
                && answer["headers"]["x-content-type-options"] == "nosniff"
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_function_answers_its_sample_event_as_a_lambda() {
    let dir = tempfile::tempdir().unwrap();
    let stack = Stack::start(StackOptions::for_test(dir.path().to_owned())).await.unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_picture-day"));
    let mut wrong = Vec::new();
    for name in handlers::names() {
        let function = stack.template().function(name);
        let function = function.unwrap_or_else(|| panic!("template.yaml has no function {name}"));
        let handler = handlers::find(name).unwrap();
        let environment = stack.environment(name).unwrap();
        let api = RuntimeApi::start().await.unwrap();
        let arguments = ["--function"];
        let mut process =
            local::process::start(program, &arguments, function, &environment, &api).unwrap();
        match api.invoke(&event(name, stack.url())).await {
            Ok(answer) if is_sensible(handler, &answer) => {}
            Ok(answer) => wrong.push(format!("{name}: {answer}")),
            Err(error) => wrong.push(format!("{name}: {error}")),
        }
        process.kill().await.unwrap();
        api.stop().await;
    }
    stack.stop().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_function_of_the_template_is_here() {
    let template = local::template::Template::own().unwrap();
    let missing: Vec<_> = template
        .functions
        .iter()
        .map(|function| function.name.as_str())
        .filter(|name| handlers::find(name).is_none())
        .collect();
    assert!(missing.is_empty(), "add a line to functions/src/handlers.rs for {missing:?}");
}
