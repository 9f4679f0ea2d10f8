//! Hashes have the promised cost, and a hash of another form is replaced at sign-in.

use super::*;
use crate::base::config::Config;
use crate::base::crypto::password_rules::BadPasswordSetting;

/// Builds a ring whose current root is `current`; the roots `k1`, `k2`, `k3` always have the same bytes.
fn ring(current: &str, roots: &[&str]) -> &'static KeyRing {
    let key = |name: &str| data_encoding::BASE64.encode(&[name.as_bytes()[1]; 32]);
    let keys: Vec<_> = roots.iter().map(|name| format!(r#""{name}":"{}""#, key(name))).collect();
    let json = format!(
        r#"{{"current":"{current}","keys":{{{}}},"index":"{}"}}"#,
        keys.join(","),
        key("k0")
    );
    Box::leak(Box::new(KeyRing::parse(&json).unwrap()))
}

fn keeper(ring: &'static KeyRing) -> Keeper {
    let rules = PasswordRules::read(&Config::default()).unwrap();
    Keeper { ring, work: Box::leak(Box::default()), rules, salt: [7; SALT_BYTES] }
}

fn typed(text: &str) -> Password {
    Password::present(text).unwrap()
}

/// Wraps an imported hash as a process with this keeper would.
fn wrapped(keeper: &Keeper, imported: &str) -> StoredPassword {
    let parts: HashParts = imported.parse().unwrap();
    keeper.wrap(&parts)
}

const RIGHT: &str = "Sunny-Meadow-42";

#[test]
fn a01_a_stored_hash_names_its_parameters_and_verifies() {
    let keeper = keeper(ring("k1", &["k1"]));
    let stored = keeper.keep(RIGHT.as_bytes());
    assert!(stored.phc.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"), "{stored:?}");
    assert_eq!(stored.pepper.as_deref(), Some("k1"));
    assert_eq!(keeper.verify(&typed(RIGHT), Some(&stored)), Verdict::Right);
    assert_eq!(keeper.verify(&typed("Sunny-Meadow-43"), Some(&stored)), Verdict::Wrong);
    assert_eq!(keeper.verify(&typed(RIGHT), None), Verdict::Wrong);
}

#[test]
fn a01_two_peppers_are_accepted_during_a_rotation_and_a_lost_one_never() {
    let old = keeper(ring("k1", &["k1"])).keep(RIGHT.as_bytes());
    let rotating = keeper(ring("k2", &["k1", "k2"]));
    let Verdict::Outdated(fresh) = rotating.verify(&typed(RIGHT), Some(&old)) else {
        panic!("the old pepper is not accepted");
    };
    assert_eq!(fresh.pepper.as_deref(), Some("k2"));
    assert_eq!(rotating.verify(&typed(RIGHT), Some(&fresh)), Verdict::Right);
    let rotated = keeper(ring("k2", &["k2"]));
    assert_eq!(rotated.verify(&typed(RIGHT), Some(&old)), Verdict::Wrong);
    assert_eq!(rotated.verify(&typed(RIGHT), Some(&fresh)), Verdict::Right);
    // The table alone is not enough: with another ring the right password is refused.
    let stranger = keeper(ring("k3", &["k3"]));
    let renamed = StoredPassword { pepper: Some("k3".to_owned()), ..fresh };
    assert_eq!(stranger.verify(&typed(RIGHT), Some(&renamed)), Verdict::Wrong);
}

#[test]
fn a01_a_row_that_asks_for_too_much_is_nobodys_password() {
    let keeper = keeper(ring("k1", &["k1"]));
    for phc in [
        "$argon2id$v=19$m=4294967295,t=99,p=1$AA$AA",
        "$argon2i$v=19$m=65536,t=3,p=1$AA$AA",
        "",
        "plain",
    ] {
        let stored = StoredPassword { phc: phc.to_owned(), pepper: None, bcrypt: None };
        assert_eq!(keeper.verify(&typed(RIGHT), Some(&stored)), Verdict::Wrong, "{phc}");
    }
    // Each check costs exactly one hash of the default cost.
    assert_eq!(keeper.work.done(), [4, 4 * 3 * 64 * 1024, 0]);
}

#[test]
fn a01_settings_that_break_the_promise_keep_a_process_from_starting() {
    let with =
        |kib: &str| Config { password_hash_memory_kib: Some(kib.to_owned()), ..Config::default() };
    for kib in ["65535", "19456", "0", "-1", "64 MiB", ""] {
        assert!(
            matches!(PasswordRules::read(&with(kib)), Err(BadPasswordSetting::Cost(_))),
            "{kib}"
        );
    }
    assert!(PasswordRules::read(&with("131072")).is_ok());
    let policy = Config { password_policy: Some("none".to_owned()), ..Config::default() };
    assert!(PasswordRules::read(&policy).is_err());
    let imported = Config { imported_bcrypt_cost: Some("31".to_owned()), ..Config::default() };
    assert!(PasswordRules::read(&imported).is_err());
}

/// Source of the hashes: jBCrypt's test vectors of cost 12, computed again with libcrypt.
#[test]
fn a02_imported_hashes_of_cost_12_verify_and_are_never_kept_as_they_are() {
    let keeper = keeper(ring("k1", &["k1"]));
    for (password, imported) in [
        ("abc", "$2a$12$EXRkfkdmXn2gzds2SSitu.MW9.gAVqa9eLS1//RYtYCmB1eLHg.9q"),
        (
            "abcdefghijklmnopqrstuvwxyz",
            "$2a$12$D4G5f18o7aMMfwasBL7GpuQWuP3pkrZrOAnqP.bmezbMng.QwJ/pG",
        ),
    ] {
        for version in ["$2a$", "$2b$", "$2y$"] {
            let imported = imported.replace("$2a$", version);
            let stored = wrapped(&keeper, &imported);
            assert!(stored.phc.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"));
            let hash = imported.get(29..).unwrap();
            assert!(!format!("{stored:?}").contains(hash), "the bcrypt hash is at rest");
            assert_eq!(keeper.verify(&typed("abd"), Some(&stored)), Verdict::Wrong);
            let verdict = keeper.verify(&typed(password), Some(&stored));
            let Verdict::Outdated(fresh) = verdict else { panic!("{password} is refused") };
            assert_eq!(fresh.bcrypt, None, "the password's own hash");
            assert_eq!(keeper.verify(&typed(password), Some(&fresh)), Verdict::Right);
        }
    }
}

/// bcrypt reads 72 bytes, so a longer password matches any other with the same first 72 bytes.
///
/// After the first sign-in here every byte counts.
#[test]
fn a02_a_password_of_100_bytes_verifies_as_its_first_72() {
    let keeper = keeper(ring("k1", &["k1"]));
    let long = "Sunny-Meadow-42 ".repeat(7).chars().take(100).collect::<String>();
    let first: String = long.chars().take(72).collect();
    let imported = bcrypt::hash_with_salt(&first, 4, [5; 16]).unwrap();
    let stored = keeper.wrap(&imported);
    let Verdict::Outdated(fresh) = keeper.verify(&typed(&long), Some(&stored)) else {
        panic!("the first 72 bytes are not enough");
    };
    assert_eq!(keeper.verify(&typed(&long), Some(&fresh)), Verdict::Right);
    assert_eq!(keeper.verify(&typed(&first), Some(&fresh)), Verdict::Wrong);
}

#[test]
fn a03_a_cheaper_hash_of_old_is_replaced_and_a_current_one_is_left() {
    let keeper = keeper(ring("k1", &["k1"]));
    let weak = Cost::parse("m=19456,t=2,p=1").unwrap();
    let hash = argon2id::hash(keeper.work, weak, None, RIGHT.as_bytes(), &[3; 16]);
    let (salt, hash) = (BASE64_NOPAD.encode(&[3; 16]), BASE64_NOPAD.encode(&*hash));
    let phc = format!("$argon2id$v=19$m=19456,t=2,p=1${salt}${hash}");
    let old = StoredPassword { phc, pepper: None, bcrypt: None };
    assert_eq!(keeper.verify(&typed("Another-One-43"), Some(&old)), Verdict::Wrong);
    let Verdict::Outdated(fresh) = keeper.verify(&typed(RIGHT), Some(&old)) else {
        panic!("not replaced");
    };
    assert_eq!(keeper.verify(&typed(RIGHT), Some(&fresh)), Verdict::Right);
}

/// Counts the work instead of timing it: the response time follows from what is computed.
#[test]
fn a24_known_unknown_and_imported_addresses_cost_the_same() {
    let mut keeper = keeper(ring("k1", &["k1"]));
    keeper.rules.imported_cost = Some(4);
    let own = keeper.keep(RIGHT.as_bytes());
    let imported = keeper.wrap(&bcrypt::hash_with_salt("x", 4, [5; 16]).unwrap());
    let mut costs = Vec::new();
    for stored in [None, Some(&own), Some(&imported)] {
        let before = keeper.work.done();
        assert_eq!(keeper.verify(&typed("Another-One-43"), stored), Verdict::Wrong);
        let after = keeper.work.done();
        costs.push([0, 1, 2].map(|what: usize| after[what] - before[what]));
    }
    assert_eq!(costs, vec![[1, 3 * 64 * 1024, 1]; 3]);
}
