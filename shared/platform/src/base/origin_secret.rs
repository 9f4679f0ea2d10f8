//! The origin secret: the value with which `CloudFront` proves that it forwarded a request.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde::Deserialize;
use tokio::sync::Mutex;

/// The minimum length of a value, so that it cannot be guessed.
const FEWEST_CHARACTERS: usize = 32;

/// The secret's text is not the JSON of an origin secret, or a value is too short.
#[derive(Debug, thiserror::Error)]
#[error("the origin secret is malformed")]
pub(crate) struct MalformedSecret;

/// The value that `CloudFront` sends, and during a rotation the previous value it may still send.
#[derive(Deserialize)]
pub(crate) struct OriginSecret {
    current: String,
    #[serde(default)]
    previous: String,
}

impl OriginSecret {
    /// Parses the secret's JSON.
    pub(crate) fn parse(json: &str) -> Result<Self, MalformedSecret> {
        let secret: Self = serde_json::from_str(json).map_err(|_| MalformedSecret)?;
        let is_good = |value: &str| value.len() >= FEWEST_CHARACTERS;
        if is_good(&secret.current) && (secret.previous.is_empty() || is_good(&secret.previous)) {
            Ok(secret)
        } else {
            Err(MalformedSecret)
        }
    }

    /// Does the given value equal the current or the previous one?
    ///
    /// Both are always compared in constant time, so the time reveals neither which one matched nor how much of it.
    pub(crate) fn proves(&self, given: &[u8]) -> bool {
        let is_current = verify_slices_are_equal(self.current.as_bytes(), given).is_ok();
        let is_previous = verify_slices_are_equal(self.previous.as_bytes(), given).is_ok();
        !given.is_empty() && (is_current | is_previous)
    }
}

/// The process's cached origin secret; `None` until it is read.
pub(crate) type Edge = Mutex<Option<Known>>;

/// The origin secret and the time it was read.
pub(crate) struct Known {
    pub(crate) secret: OriginSecret,
    /// Unix seconds.
    pub(crate) looked_at: i64,
}
