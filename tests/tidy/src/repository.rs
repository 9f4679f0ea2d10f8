//! Functions that read the repository.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Folders without handwritten files: build output, and data of a run.
pub(crate) const NOT_OURS: [&str; 5] = ["target", ".git", "node_modules", "data", ".aws-sam"];

/// Returns the repository's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

/// Returns a file's text, by its path from the root.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Does the file exist?
pub(crate) fn is_there(path: &str) -> bool {
    root().join(path).is_file()
}

/// Parses a TOML file.
pub(crate) fn toml(path: &str) -> Value {
    toml::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns every file below a folder, as sorted paths from the root.
pub(crate) fn files(below: &str) -> Vec<String> {
    let root = root();
    let mut found = Vec::new();
    let mut folders = vec![root.join(below)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}")) {
            let entry = entry.expect("a folder's entry");
            let name = entry.file_name().into_string().expect("a name in UTF-8");
            // `target-…` is the target folder of another selection of features.
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

/// Returns the files below a folder whose names end in one of these.
pub(crate) fn files_ending(below: &str, endings: &[&str]) -> Vec<String> {
    let mut found = files(below);
    found.retain(|path| endings.iter().any(|ending| path.ends_with(ending)));
    found
}

/// Returns the names of all functions: `photo-intake` for the module `functions/src/photo_intake`.
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

/// Returns the source files of a function.
pub(crate) fn sources_of(function: &str) -> Vec<String> {
    let module = function.replace('-', "_");
    let (file, folder) = (format!("functions/src/{module}.rs"), format!("functions/src/{module}/"));
    let mut found = files_ending("functions/src", &[".rs"]);
    found.retain(|path| *path == file || path.starts_with(&folder));
    found
}

/// Fails with the whole list if there is any offence.
#[track_caller]
pub(crate) fn assert_none(rule: &str, offences: &[String]) {
    assert!(offences.is_empty(), "{rule}:\n  {}", offences.join("\n  "));
}

/// Returns the keys of a table; empty if it is not one.
pub(crate) fn keys(table: &Value) -> Vec<&str> {
    table.as_object().into_iter().flat_map(|table| table.keys().map(String::as_str)).collect()
}

/// Returns a value as a list: a list itself, one item for a single value, empty if absent.
pub(crate) fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => vec![value],
    }
}

/// Returns the texts in a value, as a list.
pub(crate) fn texts(value: &Value) -> Vec<&str> {
    list(value).into_iter().filter_map(Value::as_str).collect()
}
