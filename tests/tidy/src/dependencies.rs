//! Checks which crates each part of the workspace may depend on.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use crate::repository::{assert_none, files_ending, functions, keys, read, root, sources_of, toml};

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

/// Crates that bring a second TLS stack or a second hyper, or that are unmaintained.
const BANNED: [&str; 6] =
    ["openssl", "openssl-sys", "native-tls", "ring", "rustybuzz", "serde_yaml"];

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
            let path = format!("{}::", name.replace('-', "_"));
            let may = own.contains(name);
            if sources.contains(&path) != may {
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

/// Checks the built crates, which are fewer than those in `Cargo.lock`: it also lists disabled features.
///
/// rustls supports TLS 1.2 and 1.3 and never supported anything older, so every connection of ours uses one
/// of them.
/// Source: rustls, "Protocol features" ("Non-features": SSL 1 to 3, TLS 1.0 and 1.1).
#[test]
fn d22_one_tls_stack_and_no_abandoned_crate_is_built() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--workspace", "--locked", "--offline", "--prefix=none", "--format={p}"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).expect("names in UTF-8");
    let crates: BTreeSet<_> = tree.lines().filter_map(|line| line.split_once(" v")).collect();
    assert!(
        crates.iter().any(|(name, _)| *name == "rustls"),
        "rustls is missing from the tree: {tree}"
    );
    let mut offences = Vec::new();
    for (name, version) in crates {
        let is_old = match name {
            "rustls" => before(version, 0, 23),
            "hyper" => before(version, 1, 0),
            _ => false,
        };
        if BANNED.contains(&name) || is_old {
            offences.push(format!("{name} {version}"));
        }
    }
    assert_none("must not be built", &offences);
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

fn before(version: &str, major: u32, minor: u32) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let (is_major, is_minor) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    (is_major, is_minor) < (major, minor)
}
