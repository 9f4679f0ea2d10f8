//! Checks that each function has all its parts.
//!
//! They are its module, its resource, its sample event, its entry in its program's list, and its rows in the
//! who-may-call-what table.

use std::collections::{BTreeMap, BTreeSet};

use crate::repository::{assert_none, files, files_ending, functions, is_there, read, sources_of};
use crate::template::{Start, Template};

/// The table of every route and caller that the API tests call.
const WHO_MAY_CALL_WHAT: &str = "tests/api/src/who_may_call_what.rs";

#[test]
fn modules_and_resources_are_the_same() {
    let template = Template::read();
    let resources: BTreeSet<_> = template.functions().into_iter().map(|it| it.name).collect();
    let modules: BTreeSet<_> = functions().into_iter().collect();
    let differ = resources.symmetric_difference(&modules);
    let offences: Vec<_> = differ.cloned().collect();
    assert_none("only in one of functions/src and template.yaml", &offences);
}

/// Parses `handlers.rs`: returns the program that contains each function.
fn programs() -> BTreeMap<String, String> {
    let source = read("functions/src/handlers.rs");
    let (mut program, mut carried) = (String::new(), BTreeMap::new());
    for line in source.lines().map(str::trim) {
        if let Some((name, _)) =
            line.strip_prefix("pub const ").and_then(|rest| rest.split_once(": Functions"))
        {
            program = name.to_lowercase().replace('_', "-");
        }
        // rustfmt breaks a long line after the bracket.
        let name = line.trim_start_matches("&[").trim_start_matches('(').strip_prefix('"');
        if let Some((name, _)) = name.and_then(|rest| rest.split_once("\",")) {
            carried.insert(name.to_owned(), program.clone());
        }
    }
    carried
}

#[test]
fn a_function_is_deployed_with_the_program_that_carries_it() {
    let template = Template::read();
    let programs = programs();
    let mut offences = Vec::new();
    for function in template.functions() {
        let name = &function.name;
        let own = &function.properties["CodeUri"];
        let code = if own.is_null() { &template.globals()["CodeUri"] } else { own };
        let carried = programs.get(name).map(|program| format!("target/lambda/{program}.zip"));
        if carried.as_deref() != code.as_str() {
            offences.push(format!("{name}: CodeUri is {code}, but it is in {carried:?}"));
        }
        if function.properties["Handler"] != name.as_str() {
            offences.push(format!("{name}: Handler is {}", function.properties["Handler"]));
        }
    }
    assert_none("wrong program or handler", &offences);
}

#[test]
fn a_function_is_called_as_it_is_started() {
    let template = Template::read();
    let handlers: String = read("functions/src/handlers.rs").split_whitespace().collect();
    // A long line is broken, and then its last part ends with a comma.
    let handlers = handlers.replace(",)", ")");
    let mut offences = Vec::new();
    for function in template.functions() {
        let (name, module) = (&function.name, function.name.replace('-', "_"));
        let line = match function.starts().first() {
            Some(Start::Queue(_)) => {
                format!("(\"{name}\",Queue(|app,batch|Box::pin({module}::handle(app,batch))))")
            }
            Some(Start::Route(..)) => {
                format!("(\"{name}\",Http(|app,request|Box::pin({module}::handle(app,request))))")
            }
            None => {
                format!(
                    "(\"{name}\",Direct(|app,input|Box::pin(call(app,{module}::handle,input))))"
                )
            }
        };
        if !handlers.contains(&line) {
            offences.push(line);
        }
    }
    assert_none("not in functions/src/handlers.rs", &offences);
}

#[test]
fn every_program_runs_its_own_list() {
    let carried: BTreeSet<_> = programs().into_values().collect();
    let mut offences = Vec::new();
    for program in &carried {
        let list = program.to_uppercase().replace('-', "_");
        let path = format!("functions/src/bin/{program}.rs");
        let lines = [
            "",
            "#[tokio::main]",
            "async fn main() -> Result<(), platform::StartError> {",
            &format!("    platform::start::run(&[functions::handlers::{list}]).await"),
            "}",
        ];
        if !is_there(&path) || !read(&path).lines().skip(1).eq(lines) {
            offences.push(path);
        }
    }
    assert!(carried.len() > 1, "only {} programs", carried.len());
    let there = files_ending("functions/src/bin", &[".rs"]).len();
    assert_eq!(there, carried.len(), "programs without a list");
    assert_none("another main", &offences);
}

/// Checks independence: only the OpenAPI description and the program lists may use other functions.
#[test]
fn a_function_knows_no_other_function() {
    let all = functions();
    let mut offences = Vec::new();
    for function in all.iter().filter(|function| *function != "openapi") {
        let own = format!("crate::{}::", function.replace('-', "_"));
        for path in sources_of(function) {
            let source = read(&path);
            let others = source
                .match_indices("crate::")
                .filter(|(at, _)| source.get(*at..).is_some_and(|rest| !rest.starts_with(&own)));
            // A bare `crate` or several `super`s would reach a sibling too.
            let climbs =
                source.matches("super::super").count() + source.matches("use crate;").count();
            if others.count() + climbs > 0 {
                offences.push(path);
            }
        }
    }
    assert_none("uses another function", &offences);
}

#[test]
fn every_function_has_a_sample_event_and_every_event_a_function() {
    let functions = functions();
    let mut offences = Vec::new();
    for function in &functions {
        if !is_there(&format!("events/{function}.json")) {
            offences.push(format!("events/{function}.json is missing"));
        }
    }
    for path in files("events") {
        let name = path.strip_prefix("events/").and_then(|name| name.strip_suffix(".json"));
        let is_known = name.is_some_and(|name| functions.iter().any(|function| function == name));
        if !is_known {
            offences.push(format!("{path} belongs to no function"));
        }
        if serde_json::from_str::<serde_json::Value>(&read(&path)).is_err() {
            offences.push(format!("{path} is not JSON"));
        }
    }
    assert_none("events", &offences);
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

/// Checks the rows: they begin with `("GET", "/v1/…"`; the fallback function has `("ANY", "$default"`.
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
            // SCIM has its own paths: a directory is configured with everything before `/Users`.
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
