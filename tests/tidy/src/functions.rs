//! Each function has its folder, its resource, its sample event, the same `main.rs`, and its rows in
//! the table of who may call what.

use std::collections::BTreeSet;

use crate::repository::{assert_none, files, functions, is_there, read};
use crate::template::{Start, Template};

/// The table of every route × caller that the API tests walk.
const WHO_MAY_CALL_WHAT: &str = "tests/api/src/who_may_call_what.rs";

#[test]
fn folders_and_resources_are_the_same() {
    let template = Template::read();
    let resources: BTreeSet<_> = template.functions().into_iter().map(|it| it.name).collect();
    let folders: BTreeSet<_> = functions().into_iter().collect();
    let differ = resources.symmetric_difference(&folders);
    let offences: Vec<_> = differ.cloned().collect();
    assert_none("only in one of functions/ and template.yaml", &offences);
}

#[test]
fn a_function_is_packaged_from_its_own_folder() {
    let template = Template::read();
    let mut offences = template.functions();
    offences.retain(|it| it.properties["CodeUri"] != format!("target/lambda/{}/", it.name));
    let offences: Vec<_> = offences.into_iter().map(|it| it.name).collect();
    assert_none("CodeUri is target/lambda/<folder>/", &offences);
}

#[test]
fn every_function_has_a_sample_event_and_every_event_a_function() {
    let folders = functions();
    let mut offences = Vec::new();
    for function in &folders {
        if !is_there(&format!("events/{function}.json")) {
            offences.push(format!("events/{function}.json is missing"));
        }
    }
    for path in files("events") {
        let name = path.strip_prefix("events/").and_then(|name| name.strip_suffix(".json"));
        let is_known = name.is_some_and(|name| folders.iter().any(|folder| folder == name));
        if !is_known {
            offences.push(format!("{path} is of no function"));
        }
        if serde_json::from_str::<serde_json::Value>(&read(&path)).is_err() {
            offences.push(format!("{path} is not JSON"));
        }
    }
    assert_none("events", &offences);
}

#[test]
fn every_main_is_the_same_four_lines() {
    let template = Template::read();
    let mut offences = Vec::new();
    for function in template.functions() {
        let started = match function.starts().first() {
            Some(Start::Queue(_)) => "queue",
            Some(Start::Route(..)) => "http",
            None => "direct",
        };
        let name = function.name.replace('-', "_");
        let lines = [
            "//! Hands the function to the Lambda runtime.",
            "",
            "#[tokio::main]",
            "async fn main() -> Result<(), platform::StartError> {",
            &format!("    platform::start::{started}({name}::handle).await"),
            "}",
        ];
        let path = format!("functions/{}/src/main.rs", function.name);
        if !read(&path).lines().eq(lines) {
            offences.push(path);
        }
    }
    assert_none("another main.rs", &offences);
}

#[test]
fn every_route_has_one_function() {
    let template = Template::read();
    let mut seen = BTreeSet::new();
    let mut offences = Vec::new();
    for function in template.functions() {
        for start in function.starts() {
            let what = match start {
                Start::Route(method, path) => format!("{method} {path}"),
                Start::Queue(queue) => queue.to_owned(),
            };
            if !seen.insert(what.clone()) {
                offences.push(what);
            }
        }
    }
    assert_none("more than one function", &offences);
}

/// Rows begin `("GET", "/v1/…"`; the function for everything else has the row `("ANY", "$default"`.
#[test]
fn c15_every_route_says_who_may_call_it() {
    let table: String = read(WHO_MAY_CALL_WHAT).split_whitespace().collect();
    let template = Template::read();
    let mut offences = Vec::new();
    for function in template.functions() {
        for start in function.starts() {
            if let Start::Route(method, path) = start
                && !table.contains(&format!("(\"{method}\",\"{path}\""))
            {
                offences.push(format!("{method} {path}"));
            }
        }
    }
    assert_none("not in the table of who may call what", &offences);
}

#[test]
fn pages_of_the_api_are_under_v1() {
    let template = Template::read();
    let mut offences = Vec::new();
    for function in template.functions() {
        if matches!(function.name.as_str(), "portals" | "unknown-route") {
            continue;
        }
        for start in function.starts() {
            // A protocol's own addresses: directories are given everything before `/Users`.
            let is_scim = function.name == "scim";
            if let Start::Route(method, path) = start
                && !path.starts_with(if is_scim { "/scim/v2/{district}/" } else { "/v1/" })
            {
                offences.push(format!("{method} {path}"));
            }
        }
    }
    assert_none("an endpoint outside /v1", &offences);
}
