//! Whatever the bytes, intake answers: prepared or refused, and no decoder of ours panics.
//!
//! Intake catches panics in the decoders, libFuzzer sees them all the same: its hook aborts before the catch.

#![no_main]

use domain::photo::PictureType;
use libfuzzer_sys::fuzz_target;
use picture::{check, prepare};

/// Larger pictures are lawful but slow: they would only hold the fuzzer up.
const MOST_PIXELS: u64 = 1 << 20;

fuzz_target!(|bytes: &[u8]| {
    for (declared, extension) in [(PictureType::Jpeg, "jpg"), (PictureType::Png, "png")] {
        let Ok(header) = check(bytes, declared, extension) else { continue };
        if u64::from(header.width) * u64::from(header.height) > MOST_PIXELS {
            continue;
        }
        if let Ok(prepared) = prepare(bytes.to_vec(), header) {
            // What was taken in once is taken in again, as a picture without secrets.
            let again = check(&prepared.original, declared, extension);
            assert!(again.is_ok(), "the stripped original is refused");
            for copy in [prepared.web, prepared.proof, prepared.thumbnail] {
                assert!(check(&copy.bytes, PictureType::Jpeg, "jpg").is_ok());
            }
        }
    }
});
