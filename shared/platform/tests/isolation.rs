//! What a hurried colleague might try, to reach another studio's data: none of it compiles.
//!
//! Each file of `compile_fail/isolation` is one attempt from outside this crate, as a function's code would make
//! it; the file beside it is the compiler's reason. A new reason is a reason to look: an attempt that fails because
//! of a typing mistake proves nothing. `TRYBUILD=overwrite cargo test -p platform --test isolation` writes them anew.

use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn c12_no_code_outside_the_core_reaches_data_without_permission() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/isolation/*.rs");
}

/// The reasons that mean: the types refuse. A name that does not exist, or a missing argument, would be none.
///
/// Private field, private function or method, private constructor, wrong type, no such field or method for this
/// type, a trait that is not implemented, a private item in a public module.
const REFUSED_BY_TYPES: [&str; 8] =
    ["E0451", "E0603", "E0616", "E0624", "E0308", "E0609", "E0277", "E0423"];

#[test]
fn c12_every_attempt_is_refused_for_a_reason_of_permission() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compile_fail/isolation");
    let mut attempts = 0;
    for entry in std::fs::read_dir(folder).expect("the attempts") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "stderr") {
            continue;
        }
        attempts += 1;
        let reasons = std::fs::read_to_string(&path).expect("a reason");
        let codes: BTreeSet<&str> =
            reasons.split("error[").skip(1).filter_map(|rest| rest.split(']').next()).collect();
        assert!(!codes.is_empty(), "{path:?} has no reason");
        let others: Vec<_> = codes.iter().filter(|it| !REFUSED_BY_TYPES.contains(it)).collect();
        assert!(others.is_empty(), "{path:?}: {others:?} may be a mistake in the attempt itself");
    }
    assert!(attempts >= 15, "only {attempts} attempts");
}
