//! Whatever the text, no token is proven by a key that did not sign it, and no reader of tokens panics.

#![no_main]

use libfuzzer_sys::fuzz_target;
use platform::crypto::access_token;
use platform::identity::{id_token, jwks};

const NOW: i64 = 1_800_000_000;

fuzz_target!(|bytes: &[u8]| {
    // A published key set: whatever is read of it are keys with names, and no more than a hundred.
    if let Ok(keys) = jwks::parse(bytes) {
        assert!(keys.len() <= 100);
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let us = ("https://photos.example.org", "https://photos.example.org/v1");
    // The fuzzer does not know the key, so nothing it finds is signed with it.
    assert!(access_token::prove(text, ("k1", &[7; 32]), us, NOW).is_err());
    if let Ok(unproven) = access_token::unproven(text) {
        assert!(unproven.kid.len() <= text.len());
    }
    let _kid = id_token::kid(text);
});
