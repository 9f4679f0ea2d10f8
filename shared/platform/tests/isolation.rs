//! Attempts of a developer in a hurry to reach another studio's data: none of them compiles.
//!
//! Each file of `compile_fail/isolation` is one attempt from outside this crate, as a function's code would make it.
//! The file beside it holds the compiler's error.
//!
//! Review every changed error: an attempt that fails because of a typing mistake proves nothing.
//! `TRYBUILD=overwrite cargo test -p platform --test isolation` writes the errors again.

use std::path::Path;

#[test]
fn c12_no_code_outside_the_core_reaches_data_without_permission() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/isolation/*.rs");
}

/// The errors that mean: the types refuse the access. An unknown name or a missing argument would prove nothing.
///
/// Private fields, a private function or method, a private item or module, the wrong type, a field that this type does
/// not have, a trait that is not implemented.
const REFUSED_BY_TYPES: [&str; 8] = [
    "error[E0451]",
    "error[E0603]",
    "error[E0616]",
    "error[E0624]",
    "error[E0308]",
    "error[E0609]",
    "error[E0277]",
    "error: cannot construct `Caller` with struct literal syntax due to private fields",
];

#[test]
fn c12_every_attempt_is_refused_for_a_reason_of_permission() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compile_fail/isolation");
    let mut attempts = 0;
    for entry in std::fs::read_dir(folder).expect("the attempts") {
        let attempt = entry.expect("an entry").path();
        if attempt.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        attempts += 1;
        let reasons = std::fs::read_to_string(attempt.with_extension("stderr")).expect("a reason");
        let reasons: Vec<&str> = reasons.lines().filter(|line| line.starts_with("error")).collect();
        assert!(!reasons.is_empty(), "{attempt:?}: the .stderr file has no error");
        let is_other = |reason: &&&str| !REFUSED_BY_TYPES.iter().any(|it| reason.starts_with(it));
        let others: Vec<_> = reasons.iter().filter(is_other).collect();
        assert!(
            others.is_empty(),
            "{attempt:?}: {others:?} may be a mistake in the attempt itself"
        );
    }
    assert!(attempts >= 15, "only {attempts} attempts");
}
