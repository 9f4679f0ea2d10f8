//! Checks for files that must not be committed: output of a run, secrets, and large files.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::repository::{NOT_OURS, assert_none, root};

/// Maximum size of a file, in bytes.
const MOST_BYTES: usize = 1_000_000;

/// Files that may be larger, each with the reason.
const LARGER: [(&str, &str); 1] =
    [("functions/fonts/wqy-microhei.ttc", "a name in Chinese or Japanese is printed")];

/// Names of files that hold secrets. The runner writes `secrets.json` and `demonstration.json`.
const SECRET_NAMES: [&str; 4] = [".env", "secrets.json", "demonstration.json", "id_rsa"];
/// Endings of such names.
const SECRET_ENDINGS: [&str; 5] = [".pem", ".key", ".p12", ".pfx", ".jks"];

/// Minimum letters of an authenticator app's secret: 80 bits in base32. RFC 4226 asks for 128.
const LEAST_TOTP_LETTERS: usize = 16;
/// The published secret of RFC 6238, appendix B.
const KNOWN_TOTP_SECRET: &str = "GEZDGNBVGY3TQOJQ";

#[test]
fn nothing_is_committed_that_must_not_be() {
    let tracked = tracked();
    let mut offences = Vec::new();
    for path in &tracked {
        // A file that was removed but is still listed counts as empty.
        let bytes = fs::read(root().join(path)).unwrap_or_default();
        offences.extend(offence(path, &bytes).map(|why| format!("{path}: {why}")));
    }
    for (path, _) in LARGER {
        let bytes = fs::read(root().join(path)).unwrap_or_default();
        if bytes.len() <= MOST_BYTES {
            offences.push(format!("{path}: {} bytes, remove it from the list", bytes.len()));
        }
    }
    assert_none("must not be committed", &offences);
}

/// Returns the committed and staged files; empty without git or without a history.
fn tracked() -> Vec<String> {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output();
    let listed = listed.map(|output| output.stdout).unwrap_or_default();
    let paths = String::from_utf8_lossy(&listed).into_owned();
    paths.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect()
}

/// Returns why a file must not be committed.
fn offence(path: &str, bytes: &[u8]) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let text = String::from_utf8_lossy(bytes);
    if path.split('/').any(|part| NOT_OURS.contains(&part)) {
        // The data of a run contain key rings and pictures; they were once committed with `git add` of
        // everything.
        Some("left by a run")
    } else if bytes.len() > MOST_BYTES && !LARGER.iter().any(|(larger, _)| *larger == path) {
        Some("larger than a megabyte")
    } else if SECRET_NAMES.contains(&name)
        || name.starts_with(".env.")
        || SECRET_ENDINGS.iter().any(|ending| name.ends_with(ending))
    {
        Some("a file of secrets by its name")
    } else if is_private_key(&text) {
        Some("a private key")
    } else if is_key_ring(&text) {
        Some("a key ring")
    } else if has_totp_secret(&text) {
        Some("the secret of an authenticator app")
    } else {
        None
    }
}

/// Detects a private key. The texts are assembled here, so that this file is no offence.
fn is_private_key(text: &str) -> bool {
    let begins = ["-----BEGIN ", "-----BEGIN EC ", "-----BEGIN RSA ", "-----BEGIN OPENSSH "];
    begins.iter().any(|begin| text.contains(&[begin, "PRIVATE KEY-----"].concat()))
}

/// Detects the key ring's secret: the roots by name, and the name of the current one.
fn is_key_ring(text: &str) -> bool {
    let ring: Value = serde_json::from_str(text).unwrap_or_default();
    ring["current"].is_string() && (ring["keys"].is_object() || ring["seed"].is_string())
}

/// Detects an authenticator app's secret, as an `otpauth` URI.
fn has_totp_secret(text: &str) -> bool {
    let mut links = text.split("otpauth://").skip(1);
    links.any(|link| {
        let secret = link.split_once("secret=").map_or("", |(_, secret)| secret);
        let is_base32 = |letter: &char| matches!(letter, 'A'..='Z' | '2'..='7');
        !secret.starts_with(KNOWN_TOTP_SECRET)
            && secret.chars().take_while(is_base32).count() >= LEAST_TOTP_LETTERS
    })
}

#[test]
fn each_offence_is_seen() {
    let key = |kind: &str| format!("x\n-----BEGIN {kind}PRIVATE KEY-----\nMIGH\n");
    let link = format!("otpauth://totp/Picture%20Day?secret={}&issuer=x", "JBSW".repeat(8));
    let large = vec![b'x'; MOST_BYTES + 1];
    for (path, bytes, why) in [
        ("infra/local/data/objects/a", &b"x"[..], Some("left by a run")),
        ("node_modules/a.js", b"x", Some("left by a run")),
        ("README.md", &large, Some("larger than a megabyte")),
        ("README.md", &large[1..], None),
        (LARGER[0].0, &large, None),
        (".env", b"A=1", Some("a file of secrets by its name")),
        ("tests/.env.local", b"A=1", Some("a file of secrets by its name")),
        ("infra/secrets.json", b"{}", Some("a file of secrets by its name")),
        ("infra/server.key", b"x", Some("a file of secrets by its name")),
        ("notes.txt", key("").as_bytes(), Some("a private key")),
        ("notes.txt", key("EC ").as_bytes(), Some("a private key")),
        ("notes.txt", b"no private key", None),
        ("ring.json", br#"{"current":"k1","keys":{"k1":"AAAA"}}"#, Some("a key ring")),
        ("ring.txt", br#"{"current":"k1","seed":"AAAA"}"#, Some("a key ring")),
        ("ring.json", br#"{"current":"k1"}"#, None),
        ("notes.txt", link.as_bytes(), Some("the secret of an authenticator app")),
        ("notes.txt", b"otpauth://totp/x?secret={secret}", None),
        ("notes.txt", b"otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", None),
    ] {
        assert_eq!(offence(path, bytes), why, "{path}");
    }
}
