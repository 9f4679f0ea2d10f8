//! Checks names, lengths and contents of files.

use crate::repository::{assert_none, files, files_ending, read};

/// Maximum lines of a file, so that a person can read it in one go.
const MOST_LINES: usize = 400;

/// Files that may be longer, each with the reason why splitting would read worse.
const LONGER: [(&str, &str); 1] =
    [("tests/api/src/who_may_call_what.rs", "one table of every route, read row by row")];

/// Names that say nothing: such a module collects everything.
const DRAWERS: [&str; 8] =
    ["utils", "util", "helpers", "helper", "common", "types", "models", "misc"];

#[test]
fn no_file_is_longer_than_a_person_reads() {
    let mut offences = Vec::new();
    for path in files_ending(".", &[".rs", ".js", ".mjs", ".css", ".html"]) {
        let lines = read(&path).lines().count();
        let may = LONGER.iter().any(|(longer, _)| *longer == path);
        if lines > MOST_LINES && !may {
            offences.push(format!("{path}: {lines} lines"));
        }
        if lines <= MOST_LINES && may {
            offences.push(format!("{path}: {lines} lines, remove it from the list"));
        }
    }
    assert_none("longer than 400 lines", &offences);
}

#[test]
fn nothing_is_named_like_a_drawer() {
    let is_drawer = |part: &str| DRAWERS.contains(&part.split('.').next().unwrap_or(part));
    let mut offences = files(".");
    offences.retain(|path| path.split('/').any(is_drawer));
    assert_none("meaningless names", &offences);
}

/// Checks that only one place reads the environment, so that it documents every setting of a deployment.
#[test]
fn the_environment_is_read_in_config_only() {
    let may = |path: &str| {
        path == "shared/platform/src/base/config.rs"
            || path == "infra/local/src/main.rs"
            || path.contains("/tests/")
            || path.ends_with("/tests.rs")
            || path.ends_with("build.rs")
    };
    let mut offences = Vec::new();
    for below in ["shared", "functions", "infra"] {
        for path in files_ending(below, &[".rs"]) {
            if may(&path) {
                continue;
            }
            for (number, line) in (1..).zip(read(&path).lines()) {
                let code = line.split("//").next().unwrap_or_default();
                if code.contains("std::env") || code.contains("env::var") {
                    offences.push(format!("{path}:{number}"));
                }
            }
        }
    }
    assert_none("only shared/platform/src/base/config.rs reads the environment", &offences);
}

/// Checks browser storage: a foreign script on our page could read it, unlike an `HttpOnly` cookie.
#[test]
fn b15_no_page_keeps_anything_in_local_storage() {
    let mut offences = files_ending("functions", &[".js", ".mjs", ".html"]);
    offences.retain(|path| {
        let page = read(path);
        page.contains("localStorage") || page.contains("sessionStorage")
    });
    assert_none("kept in browser storage", &offences);
}

/// Checks for scripts that the pages' policy refuses, because they would fail silently.
#[test]
fn no_page_has_scripts_inline_or_from_elsewhere() {
    let mut offences = Vec::new();
    for path in files_ending("functions", &[".html"]) {
        for (number, line) in (1..).zip(read(&path).lines()) {
            let is_inline = line.contains("<script>") || line.contains(" onclick=");
            let is_foreign = line.contains("src=\"http") || line.contains("src=\"//");
            if is_inline || is_foreign {
                offences.push(format!("{path}:{number}"));
            }
        }
    }
    assert_none("scripts", &offences);
}
