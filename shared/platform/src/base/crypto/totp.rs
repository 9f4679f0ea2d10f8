//! TOTP codes (RFC 6238) with the values every authenticator app supports: SHA-1, six digits, 30 seconds.

use domain::second_factor::TotpCode;
use totp_rs::{Algorithm, Builder, Totp};

/// Bytes of a secret: 160 bits, as RFC 4226 section 4 recommends.
pub const SECRET_BYTES: usize = 20;
/// Seconds that one code is valid.
const STEP_SECONDS: u64 = 30;
/// Steps that a clock may be off, each way. Source: RFC 6238 section 5.2.
const SKEW: u16 = 1;
/// The issuer that the app shows beside the code.
const ISSUER: &str = "Picture Day";

/// Returns the time step of a code that is valid at `now` (Unix seconds).
///
/// The caller refuses a step that was already used.
pub fn matched_step(secret: [u8; SECRET_BYTES], code: &TotpCode, now: i64) -> Option<i64> {
    let now = u64::try_from(now).ok()?;
    let step = app_of(secret, "").check(code.as_str(), now)?;
    i64::try_from(step).ok()
}

/// Returns the code an app shows at `now` (Unix seconds): for the demonstration, which has no telephone.
#[cfg(feature = "provision")]
pub fn shown(secret: [u8; SECRET_BYTES], now: i64) -> String {
    app_of(secret, "").generate(u64::try_from(now).unwrap_or_default()).to_string()
}

/// Returns the secret as base32, for a person who types it into an app without a camera.
pub fn base32(secret: &[u8; SECRET_BYTES]) -> String {
    data_encoding::BASE32_NOPAD.encode(secret)
}

/// Returns the `otpauth:` URL that an app reads from the QR code.
///
/// `None` for an account name that such a URL cannot contain.
pub fn address(secret: [u8; SECRET_BYTES], account: &str) -> Option<String> {
    // A colon separates issuer and account in the URL.
    app_of(secret, &account.replace(':', "_")).to_url().ok()
}

fn app_of(secret: [u8; SECRET_BYTES], account: &str) -> Totp {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(u8::try_from(TotpCode::DIGITS).unwrap_or(6))
        .with_skew(SKEW)
        .with_step_duration(STEP_SECONDS)
        .with_secret(secret)
        .with_issuer(Some(ISSUER))
        .with_account_name(account)
        // The other constructor refuses short secrets and odd lengths; ours are constants of this file.
        .build_noncompliant()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B, for SHA-1.
    const RFC_SECRET: [u8; SECRET_BYTES] = *b"12345678901234567890";

    /// RFC 6238 appendix B: the time and the eight digits.
    const RFC_VECTORS: [(i64, &str); 6] = [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ];

    /// Six-digit codes are the last six of the eight digits.
    fn code(eight: &str) -> TotpCode {
        TotpCode::parse(&eight.chars().skip(2).collect::<String>()).unwrap()
    }

    #[test]
    fn a12_the_published_vectors() {
        for (time, digits) in RFC_VECTORS {
            assert_eq!(matched_step(RFC_SECRET, &code(digits), time), Some(time / 30));
        }
    }

    #[test]
    fn a12_a_code_counts_one_step_before_and_after_its_own_and_no_longer() {
        let (time, digits) = RFC_VECTORS[3];
        let step = time / 30;
        for (at, expected) in [
            (step * 30 - 31, None),
            (step * 30 - 30, Some(step)),
            (step * 30, Some(step)),
            (step * 30 + 59, Some(step)),
            (step * 30 + 60, None),
        ] {
            assert_eq!(matched_step(RFC_SECRET, &code(digits), at), expected, "{at}");
        }
        assert_eq!(matched_step([7; SECRET_BYTES], &code(digits), time), None);
    }

    /// Source of the format: the "Key Uri Format" that Google Authenticator published and all other apps read.
    #[test]
    fn an_app_reads_the_secret_and_whose_it_is() {
        let address = address(RFC_SECRET, "ann@studio.example").unwrap();
        assert_eq!(
            address,
            "otpauth://totp/Picture%20Day:ann%40studio.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Picture%20Day"
        );
        assert!(address.contains(&base32(&RFC_SECRET)));
    }
}
