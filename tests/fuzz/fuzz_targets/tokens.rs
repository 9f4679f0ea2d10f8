//! For any text: no token verifies with a key that did not sign it, and no token parser panics.

#![no_main]

use domain::mailed_token::MailedToken;
use libfuzzer_sys::fuzz_target;

// Included by path: the crate it belongs to would bring the whole AWS SDK.
#[path = "../../../shared/platform/src/base/crypto/access_token/mod.rs"]
#[allow(dead_code, missing_docs)]
mod access_token;

const NOW: i64 = 1_800_000_000;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let us = ("https://photos.example.org", "https://photos.example.org/v1");
    // The fuzzer does not know the key, so no input is signed with it.
    assert!(access_token::prove(text, ("k1", &[7; 32]), us, NOW).is_err());
    if let Ok(unproven) = access_token::unproven(text) {
        assert!(unproven.kid.len() <= text.len());
    }
    // The same with the input as the two readable parts of a token.
    let part = |text: &str| data_encoding::BASE64URL_NOPAD.encode(text.as_bytes());
    let (head, claims) = text.split_once('\n').unwrap_or((text, "{}"));
    let signature = part(&"s".repeat(32));
    let made_up = format!("{}.{}.{signature}", part(head), part(claims));
    assert!(access_token::prove(&made_up, ("k1", &[7; 32]), us, NOW).is_err());
    let _unproven = access_token::unproven(&made_up);
    if let Some(token) = MailedToken::parse(text) {
        assert_eq!(token.as_str(), text);
    }
});
