//! For any bytes: intake prepares or refuses them, and no decoder of ours panics.
//!
//! Intake catches panics in the decoders. libFuzzer still sees them, because its hook aborts before the
//! catch.

#![no_main]

use libfuzzer_sys::fuzz_target;
use picture::{check, prepare};

/// Larger pictures are valid but slow: they would only slow down the fuzzer.
const MOST_PIXELS: u64 = 1 << 20;

fuzz_target!(|bytes: &[u8]| {
    let Ok(header) = check(bytes, "jpg") else { return };
    if u64::from(header.width) * u64::from(header.height) > MOST_PIXELS {
        return;
    }
    let picture_type = header.picture_type;
    if let Ok(prepared) = prepare(bytes.to_vec(), header) {
        // An accepted picture, stripped of its metadata, is accepted again.
        let again = check(&prepared.original, "jpg");
        let is_same = again.is_ok_and(|header| header.picture_type == picture_type);
        assert!(is_same, "the stripped original is refused");
        for copy in [prepared.web, prepared.proof, prepared.thumbnail] {
            assert!(check(&copy.bytes, "jpg").is_ok());
        }
    }
});
