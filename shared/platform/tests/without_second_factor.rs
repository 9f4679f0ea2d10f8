//! Handlers that misuse the proof of a fresh second factor, which destructive operations take by value.
//!
//! They omit the proof, construct it themselves or use it twice, and none of them compiles.
#![expect(clippy::tests_outside_test_module, reason = "an integration test is a test module")]

#[test]
fn a13_a_destructive_handler_without_the_proof_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/compile_fail/second_factor/*.rs");
}
