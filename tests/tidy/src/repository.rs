//! Reading the repository.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Folders that hold nothing written by hand: what is built, and what a run leaves.
pub(crate) const NOT_OURS: [&str; 5] = ["target", ".git", "node_modules", "data", ".aws-sam"];

/// The repository's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

/// A file's text, by its path from the root.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Whether there is such a file.
pub(crate) fn is_there(path: &str) -> bool {
    root().join(path).is_file()
}

/// A TOML file.
pub(crate) fn toml(path: &str) -> Value {
    toml::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file below a folder, as paths from the root in order.
pub(crate) fn files(below: &str) -> Vec<String> {
    let root = root();
    let mut found = Vec::new();
    let mut folders = vec![root.join(below)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}")) {
            let entry = entry.expect("a folder's entry");
            let name = entry.file_name().into_string().expect("a name in UTF-8");
            // `target-…` is a target folder of another choice of features.
            if NOT_OURS.contains(&name.as_str()) || name.starts_with("target-") {
                continue;
            }
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let path = path.strip_prefix(&root).expect("below the root");
                found.push(path.to_str().expect("a name in UTF-8").replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

/// Files below a folder whose name ends in one of these.
pub(crate) fn files_ending(below: &str, endings: &[&str]) -> Vec<String> {
    let mut found = files(below);
    found.retain(|path| endings.iter().any(|ending| path.ends_with(ending)));
    found
}

/// The names of all functions: `photo-intake` for the module `functions/src/photo_intake`.
pub(crate) fn functions() -> Vec<String> {
    let mut names = BTreeSet::new();
    for path in files_ending("functions/src", &[".rs"]) {
        let name = path.split('/').nth(2).unwrap_or_default().trim_end_matches(".rs");
        if !["bin", "handlers", "lib"].contains(&name) {
            names.insert(name.replace('_', "-"));
        }
    }
    names.into_iter().collect()
}

/// The source files of a function.
pub(crate) fn sources_of(function: &str) -> Vec<String> {
    let module = function.replace('-', "_");
    let (file, folder) = (format!("functions/src/{module}.rs"), format!("functions/src/{module}/"));
    let mut found = files_ending("functions/src", &[".rs"]);
    found.retain(|path| *path == file || path.starts_with(&folder));
    found
}

/// Fails with the whole list when there is one.
#[track_caller]
pub(crate) fn assert_none(rule: &str, offences: &[String]) {
    assert!(offences.is_empty(), "{rule}:\n  {}", offences.join("\n  "));
}

/// The keys of a table, or none.
pub(crate) fn keys(table: &Value) -> Vec<&str> {
    table.as_object().into_iter().flat_map(|table| table.keys().map(String::as_str)).collect()
}

/// A value as a list: itself when it is one, of one when it is not, empty when it is absent.
pub(crate) fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => vec![value],
    }
}

/// The texts in a value as a list.
pub(crate) fn texts(value: &Value) -> Vec<&str> {
    list(value).into_iter().filter_map(Value::as_str).collect()
}
