//! Checks which crates each part of the workspace may depend on.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::repository::{assert_none, files_ending, functions, keys, read, sources_of, toml};

/// Crates that every function may use.
const OF_EVERY_FUNCTION: [&str; 5] = ["domain", "platform", "serde", "tokio", "utoipa"];

/// Crates that single functions may use in addition, for their special task.
const OF_ONE_FUNCTION: [(&str, &[&str]); 6] = [
    ("camera-cards", &["harfrust", "krilla", "qrcode", "skrifa", "thiserror", "unicode-bidi"]),
    ("photo-intake", &["picture"]),
    ("portals", &["flate2", "include_dir", "toml"]),
    ("roster-imports", &["data-encoding", "serde_json"]),
    ("scim", &["serde_json"]),
    ("uploads", &["data-encoding"]),
];

/// Crates that `domain` must not use: rules need no cloud, no waiting and no random source.
const NEVER_IN_DOMAIN: [&str; 8] =
    ["aws", "lambda", "tokio", "futures", "reqwest", "hyper", "tracing", "rand"];

const SECTIONS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

fn used(manifest: &Value) -> Vec<&str> {
    keys(&manifest["dependencies"])
}

fn is_aws(name: &str) -> bool {
    name.starts_with("aws-") || name.starts_with("aws_") || name.starts_with("lambda_")
}

#[test]
fn c13_domain_depends_on_nothing_of_ours_and_on_no_cloud() {
    let manifest = toml("shared/domain/Cargo.toml");
    let ours = toml("Cargo.toml");
    let mut offences = Vec::new();
    for name in used(&manifest) {
        let is_ours = ours["workspace"]["dependencies"][name]["path"].is_string();
        if is_ours || NEVER_IN_DOMAIN.iter().any(|never| name.starts_with(never)) {
            offences.push(name.to_owned());
        }
    }
    assert_none("domain must not depend on", &offences);
}

#[test]
fn c13_platform_depends_on_domain_alone_of_ours() {
    let manifest = toml("shared/platform/Cargo.toml");
    let ours = toml("Cargo.toml");
    let mut offences = Vec::new();
    for name in used(&manifest) {
        if ours["workspace"]["dependencies"][name]["path"].is_string() && name != "domain" {
            offences.push(name.to_owned());
        }
    }
    assert_none("platform must not depend on", &offences);
}

#[test]
fn a_function_depends_on_the_core_and_on_its_own_special_crates() {
    let manifest = toml("functions/Cargo.toml");
    let special: BTreeSet<_> = OF_ONE_FUNCTION.iter().flat_map(|(_, crates)| *crates).collect();
    let mut offences = Vec::new();
    for name in used(&manifest) {
        if !OF_EVERY_FUNCTION.contains(&name) && !special.contains(&name) {
            offences.push(format!("functions/Cargo.toml: {name}"));
        }
    }
    for function in functions() {
        let own = OF_ONE_FUNCTION.iter().find(|(name, _)| *name == function);
        let own = own.map_or(&[][..], |(_, crates)| crates);
        let sources: String = sources_of(&function).iter().map(|path| read(path)).collect();
        for name in &special {
            let may = own.contains(name);
            if names_crate(&sources, name) != may {
                offences.push(format!(
                    "{function} {} {name}",
                    if may { "no longer uses" } else { "uses" }
                ));
            }
        }
    }
    assert_none(
        "functions may use domain, platform, serde, tokio, utoipa and what is listed here",
        &offences,
    );
}

/// Checks that only `platform` names AWS crates: another subset makes cargo build them again.
#[test]
fn c13_the_aws_crates_are_named_in_platform_only() {
    let mut offences = Vec::new();
    for path in files_ending(".", &["Cargo.toml"]) {
        let manifest = toml(&path);
        // The runner uses the event types and the Runtime API, and no service.
        let runner_may = |name: &str| {
            path == "infra/local/Cargo.toml"
                && matches!(name, "aws_lambda_events" | "lambda_http" | "lambda_runtime")
        };
        for section in SECTIONS {
            for name in keys(&manifest[section]) {
                if is_aws(name) && path != "shared/platform/Cargo.toml" && !runner_may(name) {
                    offences.push(format!("{path}: {name}"));
                }
            }
        }
    }
    assert_none("AWS crates outside shared/platform", &offences);
}

/// Checks that functions do not enable `provision`: its service clients give access to every row.
#[test]
fn c13_no_function_may_have_the_services_own_clients() {
    let manifest = toml("functions/Cargo.toml");
    for section in ["dependencies", "build-dependencies"] {
        let platform = &manifest[section]["platform"];
        let is_plain = platform.is_null() || *platform == serde_json::json!({ "workspace": true });
        assert!(is_plain, "functions/Cargo.toml: platform with features: {platform}");
    }
    let shared = &toml("Cargo.toml")["workspace"]["dependencies"]["platform"];
    assert_eq!(keys(shared), ["path"], "the workspace's list must enable no feature of platform");
}

#[test]
fn versions_stand_in_the_workspaces_list_only() {
    let mut offences = Vec::new();
    for path in files_ending(".", &["/Cargo.toml"]) {
        // The fuzz targets and the benchmark peers are workspaces of their own.
        let is_apart = ["tests/fuzz/", "tests/bench/peers/"].iter().any(|it| path.starts_with(it));
        if path == "Cargo.toml" || is_apart {
            continue;
        }
        let manifest = toml(&path);
        for section in SECTIONS {
            for name in keys(&manifest[section]) {
                let one = &manifest[section][name];
                let is_shared = one["workspace"] == true;
                if !is_shared || one["version"].is_string() || one["path"].is_string() {
                    offences.push(format!("{path}: {name}"));
                }
            }
        }
        if manifest["lints"]["workspace"] != true {
            offences.push(format!("{path}: lints"));
        }
    }
    assert_none("version not taken from the workspace", &offences);
}

/// Checks default features: a plain `aws-*` dependency brings rustls 0.21 with ring and hyper 0.14.
#[test]
fn every_aws_crate_has_its_default_features_off() {
    let manifest = toml("Cargo.toml");
    let shared = &manifest["workspace"]["dependencies"];
    let on = keys(shared).into_iter().filter(|name| {
        (name.starts_with("aws-sdk-") || *name == "aws-config" || name.starts_with("lambda_"))
            && shared[*name]["default-features"] != false
    });
    let offences: Vec<_> = on.map(str::to_owned).collect();
    assert_none("default features must be off", &offences);
}

#[test]
fn every_crate_comes_from_the_one_registry() {
    let lock = toml("Cargo.lock");
    let mut offences = Vec::new();
    for package in lock["package"].as_array().into_iter().flatten() {
        let source = package["source"].as_str().unwrap_or("registry+ (ours)");
        if !source.starts_with("registry+") {
            offences.push(format!("{} comes from {source}", package["name"]));
        }
    }
    assert_none("Cargo.lock", &offences);
}

/// Packages whose library has another name.
const OTHER_LIBRARY_NAMES: [(&str, &str); 2] =
    [("dynoxide-rs", "dynoxide"), ("kamadak-exif", "exif")];

/// The sources of other crates that a file includes with `#[path = "…"]`; of a `mod.rs`, its whole folder.
fn borrowed(file: &str) -> String {
    let source = read(file);
    // The tests of this test name no files.
    let source = if file.starts_with("tests/tidy/") { String::new() } else { source };
    let paths = source.split("#[path = \"").skip(1).filter_map(|rest| rest.split('"').next());
    let mut borrowed = String::new();
    for path in paths {
        let mut place: Vec<_> = file.split('/').collect();
        place.pop();
        for part in path.split('/') {
            if part == ".." {
                place.pop();
            } else {
                place.push(part);
            }
        }
        let place = place.join("/");
        match place.strip_suffix("/mod.rs") {
            Some(folder) => {
                borrowed.extend(files_ending(folder, &[".rs"]).iter().map(|file| read(file)));
            }
            None => borrowed += &read(&place),
        }
    }
    borrowed
}

/// Does a source name the crate: in a path, or in a `use` of the crate itself?
fn names_crate(source: &str, name: &str) -> bool {
    let name = name.replace('-', "_");
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    source.match_indices(&name).any(|(at, _)| {
        let before = source.get(..at).unwrap_or_default();
        let after = source.get(at + name.len()..).unwrap_or_default();
        let is_whole = !before.ends_with(is_part) && !after.starts_with(is_part);
        is_whole
            && (after.starts_with("::") || before.ends_with("use ") || before.ends_with("use ::"))
    })
}

#[test]
fn every_dependency_of_a_manifest_is_used() {
    let mut offences = Vec::new();
    let mut seen = 0;
    for path in files_ending(".", &["/Cargo.toml"]) {
        if path.starts_with("tests/bench/peers/") {
            continue;
        }
        let folder = path.trim_end_matches("Cargo.toml");
        let own = files_ending(folder, &[".rs"]).into_iter();
        // A crate inside the folder of another one.
        let own = own.filter(|file| folder != "tests/bench/" || !file.contains("/measured/"));
        let sources: String = own.flat_map(|file| [read(&file), borrowed(&file)]).collect();
        let manifest = toml(&path);
        for section in SECTIONS {
            for name in keys(&manifest[section]) {
                seen += 1;
                let other = OTHER_LIBRARY_NAMES.iter().find(|(package, _)| *package == name);
                if !names_crate(&sources, other.map_or(name, |(_, library)| library)) {
                    offences.push(format!("{path}: {name}"));
                }
            }
        }
    }
    assert!(seen > 100, "only {seen} dependencies");
    assert_none("unused dependencies", &offences);
}

#[test]
fn a_crate_is_used_where_a_path_or_a_use_names_it() {
    for used in ["use serde_json::json;", "serde_json::to_value(1)", "use serde_json;"] {
        assert!(names_crate(used, "serde-json"), "{used}");
    }
    for other in ["// serde_json", "my_serde_json::x()", "serde_json_path::x()"] {
        assert!(!names_crate(other, "serde-json"), "{other}");
    }
}
