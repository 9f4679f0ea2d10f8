//! Checks input: bodies have a strict form, and typed text never becomes part of an expression.

use crate::repository::{assert_none, files_ending, read};

/// Checks that bodies refuse unknown fields: one is the caller's mistake or an attack, and is never ignored.
#[test]
fn d13_every_body_is_of_a_type_that_refuses_unknown_fields() {
    let mut offences = Vec::new();
    let mut seen = 0;
    for path in files_ending("functions", &[".rs"]) {
        // This file parses the list of promises, which is our own and compiled in.
        if path.contains("/tests/") || path == "functions/src/portals/security/controls.rs" {
            continue;
        }
        let source = read(&path);
        for (number, attributes) in derives_of(&source, "Deserialize") {
            seen += 1;
            if !attributes.contains("deny_unknown_fields") {
                offences.push(format!("{path}:{number}"));
            }
        }
    }
    assert!(seen >= 10, "only {seen} bodies were found");
    assert_none("#[serde(deny_unknown_fields)] is missing", &offences);
}

/// Returns the attributes of each struct that derives `what`, with their first line.
fn derives_of<'a>(source: &'a str, what: &str) -> Vec<(usize, &'a str)> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some((_, after)) = rest.split_once("#[derive(") {
        let (attributes, body) = after.split_once("struct ").unwrap_or((after, ""));
        let (derived, _) = after.split_once(")]").unwrap_or((after, ""));
        // With an enum or a function in between, the attributes do not belong to a struct.
        let is_of_struct = !attributes.contains("enum ") && !attributes.contains("fn ");
        let is_named = derived.split(',').any(|one| one.trim().ends_with(what));
        if is_named && is_of_struct {
            let number = source.len() - after.len();
            let line = source.get(..number).map_or(0, |before| before.lines().count());
            found.push((line, attributes));
        }
        rest = if is_of_struct { body } else { after };
    }
    found
}

/// Methods of the store's client that take an expression.
const EXPRESSIONS: [&str; 5] = [
    "key_condition_expression(",
    "update_expression(",
    "condition_expression(",
    "filter_expression(",
    "projection_expression(",
];

/// The module that builds expressions from placeholders and fixed words; the test below reads it.
const BUILDER: &str = "shared/platform/src/store/change.rs";

#[test]
fn d16_an_expression_is_fixed_text_and_values_are_placeholders() {
    let mut offences = Vec::new();
    let mut seen = 0;
    for path in
        files_ending("shared", &[".rs"]).into_iter().chain(files_ending("functions", &[".rs"]))
    {
        let source: String = read(&path).lines().flat_map(|line| [line.trim(), "\n"]).collect();
        for method in EXPRESSIONS {
            for (before, after) in source.match_indices(method).map(|(at, _)| source.split_at(at)) {
                // This may be the end of a longer method name that is in the list itself.
                if before.ends_with(|c: char| c.is_ascii_lowercase() || c == '_')
                    && !before.ends_with("set_")
                {
                    continue;
                }
                seen += 1;
                let argument = after.strip_prefix(method).unwrap_or_default().trim_start();
                let is_fixed = argument.starts_with('"') || argument.starts_with("Some(\"");
                let is_built = path == BUILDER
                    && (argument.starts_with("edit.expression()")
                        || argument.starts_with("edit.condition()"));
                if !is_fixed && !is_built {
                    let argument = argument.lines().next().unwrap_or_default();
                    offences.push(format!("{path}: {method}{argument}"));
                }
            }
        }
        if path != BUILDER && source.contains("execute_statement(") {
            offences.push(format!("{path}: PartiQL"));
        }
    }
    assert!(seen >= 8, "only {seen} expressions were found");
    assert_none("an expression that is not fixed text", &offences);
}

/// Checks that expressions are built only from the results of [`Edit::name`] and [`Edit::value`].
#[test]
fn d16_the_builder_of_expressions_knows_placeholders_only() {
    let source = read(BUILDER);
    let mut offences = Vec::new();
    let mut seen = 0;
    for (number, line) in (1..).zip(source.lines()) {
        let line = line.trim();
        let Some((_, format)) = line.split_once("format!(\"") else { continue };
        seen += 1;
        let placeholders = ["{name}", "{value}", "{zero}"];
        let mut rest = format.split("\")").next().unwrap_or_default().to_owned();
        for placeholder in placeholders {
            rest = rest.replace(placeholder, "");
        }
        let makes_a_placeholder = format.starts_with("#n{}") || format.starts_with(":v{}");
        if rest.contains('{') && !makes_a_placeholder {
            offences.push(format!("{BUILDER}:{number}: {line}"));
        }
    }
    assert!(seen >= 6, "only {seen} pieces were found");
    assert_none("not a placeholder", &offences);
    for placeholder in [
        "let (name, value) = (self.name(name), self.value(value));",
        "self.names.insert(placeholder.clone(), name.to_owned());",
    ] {
        assert!(source.contains(placeholder), "{placeholder}");
    }
}

#[test]
fn d16_no_role_may_run_statements() {
    let template = read("template.yaml");
    assert!(!template.to_lowercase().contains("partiql"), "a role may run PartiQL statements");
}
