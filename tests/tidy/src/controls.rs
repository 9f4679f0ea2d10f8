//! Checks the list of promises, `shared/controls.toml`: it is complete, and every shipped promise is proven.
//!
//! Two checks, because they see different things. One reads in the sources that each proof is a test that is
//! not ignored. The other reads in the output of a whole run that it ran and passed (`.ci/run controls`).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::repository::{assert_none, files_ending, list, read, root, texts, toml};

const LIST: &str = "shared/controls.toml";

/// Logs that `.ci/run` keeps of a run, each with the parser of a passed test's line.
const RECORDS: [(&str, PassedIn); 2] = [
    ("target/ci/ran/test.log", passed_by_cargo),
    ("target/ci/ran/browser.log", passed_in_the_browser),
];

type PassedIn = fn(&str) -> Option<&str>;

/// Areas with the number of controls that must be in the list, whatever their status.
const COMPLETE_AREAS: [(char, usize); 4] = [('A', 24), ('B', 17), ('C', 17), ('D', 25)];

/// One promise, a row of the list.
struct Control {
    id: String,
    row: Value,
}

impl Control {
    fn all() -> Vec<Self> {
        let list_of_all = toml(LIST);
        let of = |row: &&Value| Self { id: text(&row["id"]).to_owned(), row: (*row).clone() };
        list(&list_of_all["control"]).iter().map(of).collect()
    }

    fn status(&self) -> &str {
        text(&self.row["status"])
    }

    fn proof(&self) -> Vec<&str> {
        texts(&self.row["proof"])
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Returns the ids with which a test's name begins: `c06_c08_nobody_…` proves two controls.
fn ids_of(test: &str) -> Vec<String> {
    let is_id = |part: &&str| {
        let mut letters = part.chars();
        let begins = letters.next().is_some_and(|c| c.is_ascii_lowercase());
        begins && part.len() == 3 && letters.all(|c| c.is_ascii_digit())
    };
    test.split('_').take_while(is_id).map(str::to_uppercase).collect()
}

/// State of a test by its source: it runs, or it is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    ToRun,
    Ignored,
}

/// Returns the tests of a Rust source, by name.
fn rust_tests(source: &str) -> Vec<(&str, Written)> {
    let mut found = Vec::new();
    let (mut is_test, mut is_ignored) = (false, false);
    for line in source.lines().map(str::trim) {
        let name = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if line.starts_with("#[ignore") || line.starts_with("#[cfg(") {
            // A test that only some builds have counts as ignored.
            is_ignored = true;
        } else if let Some(name) = name.and_then(|rest| rest.split(['(', '<']).next()) {
            if is_test {
                found.push((name, if is_ignored { Written::Ignored } else { Written::ToRun }));
            }
            (is_test, is_ignored) = (false, false);
        } else if line.ends_with('{') || line.is_empty() {
            (is_test, is_ignored) = (false, false);
        }
    }
    found
}

/// Returns the tests of a script, by name: `test('name', …` and `step('name', …`.
fn script_tests(source: &str) -> Vec<(&str, Written)> {
    let after = source.split("test('").skip(1).chain(source.split("step('").skip(1));
    after.filter_map(|rest| rest.split('\'').next()).map(|name| (name, Written::ToRun)).collect()
}

/// Returns all tests of the repository.
fn written() -> BTreeMap<String, Written> {
    let mut all = BTreeMap::new();
    for path in files_ending(".", &[".rs"]) {
        let source = read(&path);
        all.extend(rust_tests(&source).into_iter().map(|(name, it)| (name.to_owned(), it)));
    }
    for path in files_ending("tests/browser", &[".test.js"]) {
        let source = read(&path);
        all.extend(script_tests(&source).into_iter().map(|(name, it)| (name.to_owned(), it)));
    }
    all
}

/// Parses `test module::name ... ok`; other output may precede it on the same line.
fn passed_by_cargo(line: &str) -> Option<&str> {
    let (before, _) = line.split_once(" ... ok")?;
    let path = before.rsplit_once("test ").map_or(before, |(_, path)| path);
    let path = path.strip_suffix(" - should panic").unwrap_or(path);
    path.rsplit("::").next()
}

/// Parses `✔ name (12.3ms)`, at any depth.
fn passed_in_the_browser(line: &str) -> Option<&str> {
    let (name, _) = line.trim().strip_prefix("✔ ")?.rsplit_once(" (")?;
    Some(name)
}

#[test]
fn every_promise_is_complete() {
    let controls = Control::all();
    let mut offences = Vec::new();
    let mut seen = BTreeSet::new();
    for control in &controls {
        let id = &control.id;
        let mut say = |what: String| offences.push(format!("{id}: {what}"));
        if !seen.insert(id.clone()) {
            say("twice".to_owned());
        }
        let has_words = |member: &str| {
            ["en", "es"].iter().all(|language| !text(&control.row[member][language]).is_empty())
        };
        if !has_words("promise") {
            say("promise in both languages".to_owned());
        }
        let is_kept = control.status() == "shipped";
        let has_reason = ["en", "es"].iter().any(|it| !text(&control.row["reason"][it]).is_empty());
        if is_kept && has_reason || !is_kept && !has_words("reason") {
            say("a reason, in both languages, where it is not shipped, and nowhere else".to_owned());
        }
        if !["shipped", "roadmap", "not_here"].contains(&control.status()) {
            say(format!("status {}", control.status()));
        }
        let sources = texts(&control.row["source"]);
        if sources.is_empty() || sources.iter().any(|source| source.contains('/')) {
            say("source, in words".to_owned());
        }
        for path in texts(&control.row["built_in"]) {
            if !root().join(path).exists() {
                say(format!("built_in {path} does not exist"));
            }
        }
        if control.status() == "shipped" && texts(&control.row["built_in"]).is_empty() {
            say("built_in".to_owned());
        }
    }
    for (letter, count) in COMPLETE_AREAS {
        for number in 1..=count {
            let id = format!("{letter}{number:02}");
            if !seen.contains(&id) {
                offences.push(format!("{id}: missing"));
            }
        }
    }
    let in_order = seen.iter().eq(controls.iter().map(|control| &control.id));
    assert!(in_order, "controls must be sorted by id");
    assert_none(LIST, &offences);
}

#[test]
fn g22_what_is_shipped_has_a_proof_that_is_not_ignored() {
    let tests = written();
    let mut offences = Vec::new();
    let mut listed = BTreeSet::new();
    let controls = Control::all();
    for control in &controls {
        let id = &control.id;
        if control.status() == "shipped" && control.proof().is_empty() {
            offences.push(format!("{id} is shipped but has no proof"));
        }
        for proof in control.proof() {
            listed.insert((id.clone(), proof.to_owned()));
            match tests.get(proof) {
                None => offences.push(format!("{id}: the test {proof} does not exist")),
                Some(Written::Ignored) => offences.push(format!("{id}: {proof} is ignored")),
                Some(Written::ToRun) => {}
            }
            if !ids_of(proof).contains(id) {
                offences.push(format!("{id}: {proof} does not begin with its id"));
            }
        }
    }
    for test in tests.keys() {
        for id in ids_of(test) {
            let is_known = controls.iter().any(|control| control.id == id);
            if is_known && !listed.contains(&(id.clone(), test.clone())) {
                offences.push(format!("{id}: add {test} to its proof"));
            }
        }
    }
    assert_none(LIST, &offences);
}

/// Checks that every proof of a shipped control passed in the last whole run.
///
/// Ignored in a plain `cargo test`, which cannot know what else ran.
#[test]
#[ignore = "needs what a whole run printed: .ci/run test, .ci/run browser, then .ci/run controls"]
fn what_is_shipped_was_proven_by_this_run() {
    let mut passed = BTreeSet::new();
    for (record, passed_in) in RECORDS {
        let printed = read(record);
        passed.extend(printed.lines().filter_map(passed_in).map(str::to_owned));
    }
    let mut offences = Vec::new();
    for control in Control::all() {
        for proof in control.proof() {
            if control.status() == "shipped" && !passed.contains(proof) {
                offences.push(format!("{}: {proof} did not run, or did not pass", control.id));
            }
        }
    }
    assert_none(LIST, &offences);
}

#[test]
fn a_test_that_does_not_run_is_not_taken_for_one_that_does() {
    // Assembled here; otherwise this file itself would contain these tests.
    let attribute = "#[test]";
    let source = format!(
        "{attribute}\nfn a01_runs() {{}}\n\n{attribute}\n#[ignore = \"slow\"]\nfn a02_waits() {{}}\n\
         #[cfg(feature = \"x\")]\n{attribute}\nfn a03_some_builds() {{}}\n\
         // {attribute}\n// fn a04_commented_out() {{}}\nfn a05_no_test() {{}}\n\
         #[tokio::test(flavor = \"multi_thread\")]\nasync fn a06_b07_runs_too() -> X {{}}\n"
    );
    let found = rust_tests(&source);
    let expected = [
        ("a01_runs", Written::ToRun),
        ("a02_waits", Written::Ignored),
        ("a03_some_builds", Written::Ignored),
        ("a06_b07_runs_too", Written::ToRun),
    ];
    assert_eq!(found, expected);
    assert_eq!(ids_of("a06_b07_runs_too"), ["A06", "B07"]);
    assert_eq!(ids_of("a_test"), Vec::<String>::new());
}

#[test]
fn only_a_test_that_passed_counts_as_proven() {
    assert_eq!(passed_by_cargo("test web::d01_a ... ok"), Some("d01_a"));
    assert_eq!(passed_by_cargo("some output test d01_a - should panic ... ok"), Some("d01_a"));
    for other in ["test d01_a ... FAILED", "test d01_a ... ignored", "test d01_a", "ok"] {
        assert_eq!(passed_by_cargo(other), None, "{other}");
    }
    assert_eq!(passed_in_the_browser("  ✔ on a phone (1234.5ms)"), Some("on a phone"));
    assert_eq!(passed_in_the_browser("  ✖ on a phone (1234.5ms)"), None);
}
