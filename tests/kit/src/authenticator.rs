//! An authenticator app, written from RFC 4226 and RFC 6238: a second implementation to check our library
//! against.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// Returns the six digits that an app with this base32 secret shows at `at`, in Unix seconds.
///
/// # Panics
///
/// Panics if the secret is not base32.
pub fn code(secret: &str, at: i64) -> String {
    let secret = BASE32_NOPAD.decode(secret.as_bytes());
    let secret = secret.unwrap_or_default();
    assert!(!secret.is_empty(), "the secret is base32");
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&secret) else { return String::new() };
    mac.update(&at.div_euclid(30).to_be_bytes());
    let digest = mac.finalize().into_bytes();
    // RFC 4226, 5.3: the last four bits give the offset of the 31 bits to use.
    let offset = usize::from(digest.last().copied().unwrap_or_default() & 0x0f);
    let four = digest.iter().skip(offset).take(4);
    let number = four.fold(0_u32, |number, byte| (number << 8) | u32::from(*byte));
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: RFC 4226, appendix D: the counters 0 to 2 of the secret `12345678901234567890`.
    #[test]
    fn the_published_values() {
        let secret = BASE32_NOPAD.encode(b"12345678901234567890");
        for (counter, expected) in [(0, "755224"), (1, "287082"), (2, "359152")] {
            assert_eq!(code(&secret, counter * 30), expected);
        }
    }
}
