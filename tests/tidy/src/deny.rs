//! `.deny.toml` in force: which crates may be built, from where, and under which licences.
//!
//! `cargo deny check` reads the same file. It also looks for advisories, which needs the network; these tests do not.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;
use spdx::{Expression, ParseMode};

use crate::repository::{assert_none, list, root, texts, toml};

/// A crate that is built, and the crates that depend on it.
#[derive(Default)]
struct Built {
    version: String,
    /// Empty for a crate of this repository.
    licence: String,
    used_by: BTreeSet<String>,
}

/// The built crates, which are fewer than those in `Cargo.lock`: it also lists disabled features.
fn built() -> BTreeMap<(String, String), Built> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--workspace",
            "--locked",
            "--offline",
            "--prefix=depth",
            "--format= {p}|{l}",
        ])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut built: BTreeMap<_, Built> = BTreeMap::new();
    let mut above: Vec<String> = Vec::new();
    for line in String::from_utf8(output.stdout).expect("names in UTF-8").lines() {
        let Some((depth, rest)) = line.split_once(' ') else { continue };
        let (package, licence) = rest.split_once('|').expect("a licence");
        let (name, version) = package.split_once(" v").expect("a version");
        let version = version.split(' ').next().unwrap_or_default();
        above.truncate(depth.parse().expect("a depth"));
        let one = built.entry((name.to_owned(), version.to_owned())).or_default();
        version.clone_into(&mut one.version);
        one.used_by.extend(above.last().cloned());
        // A path stands behind the version of our own.
        if !package.contains('/') {
            licence.trim_end_matches(" (*)").clone_into(&mut one.licence);
        }
        above.push(name.to_owned());
    }
    built
}

/// The rules that a crate breaks.
fn offences(name: &str, one: &Built, rules: &Value) -> Vec<String> {
    let allowed = texts(&rules["licenses"]["allow"]);
    let named = format!("{name} {}", one.version);
    let bans = list(&rules["bans"]["deny"]).into_iter().filter(|ban| is_banned(name, one, ban));
    let mut offences: Vec<_> = bans.map(|ban| format!("{named}: {}", ban["reason"])).collect();
    let licence = Expression::parse_mode(&one.licence, ParseMode::LAX);
    let is_allowed = licence.is_ok_and(|licence| {
        licence.evaluate(|it| it.license.id().is_some_and(|id| allowed.contains(&id.name)))
    });
    if !one.licence.is_empty() && !is_allowed {
        offences.push(format!("{named} has the licence \"{}\"", one.licence));
    }
    offences
}

/// Does `ban` name the crate, with `name:<version` as its bound, and is it not used by an allowed wrapper alone?
fn is_banned(crate_name: &str, one: &Built, ban: &Value) -> bool {
    let banned = ban["crate"].as_str().expect("a crate");
    let (name, below) = banned.split_once(":<").unwrap_or((banned, ""));
    let wrappers = texts(&ban["wrappers"]);
    let is_wrapped =
        !wrappers.is_empty() && one.used_by.iter().all(|user| wrappers.contains(&user.as_str()));
    name == crate_name && (below.is_empty() || is_before(&one.version, below)) && !is_wrapped
}

fn is_before(version: &str, bound: &str) -> bool {
    let numbers = |text: &str| -> Vec<u64> {
        text.split('.').map(|part| part.parse().unwrap_or(0)).collect()
    };
    numbers(version) < numbers(bound)
}

/// rustls supports TLS 1.2 and 1.3 and never supported anything older, so every connection of ours uses one of them.
/// Source: rustls, "Protocol features" ("Non-features": SSL 1 to 3, TLS 1.0 and 1.1).
#[test]
fn d22_one_tls_stack_and_no_abandoned_crate_is_built() {
    let (rules, built) = (toml(".deny.toml"), built());
    assert!(built.keys().any(|(name, _)| name == "rustls"), "only {} crates", built.len());
    let licensed = built.values().filter(|one| !one.licence.is_empty()).count();
    assert!(licensed > 300, "only {licensed} licences");
    let found = built.iter().flat_map(|((name, _), one)| offences(name, one, &rules));
    assert_none("must not be built", &found.collect::<Vec<_>>());
}

#[test]
fn each_kind_of_offence_is_found() {
    let rules = toml(".deny.toml");
    let found = |name: &str, version: &str, licence: &str, user: &str| {
        let used_by = BTreeSet::from([user.to_owned()]);
        let one = Built { version: version.to_owned(), licence: licence.to_owned(), used_by };
        offences(name, &one, &rules).len()
    };
    assert_eq!(found("rustls", "0.23.1", "MIT/Apache-2.0", "a"), 0);
    assert_eq!(found("rsa", "0.9.0", "MIT", "crypto-glue"), 0);
    for (name, version, licence) in [
        ("ring", "0.17.0", "MIT"),
        ("rustls", "0.21.9", "MIT"),
        ("rsa", "0.9.0", "MIT"),
        ("a", "1.0.0", "GPL-3.0-only"),
        ("a", "1.0.0", "MIT AND GPL-3.0-only"),
        ("a", "1.0.0", "made up"),
    ] {
        assert_eq!(found(name, version, licence, "a"), 1, "{name} {version} {licence}");
    }
}
