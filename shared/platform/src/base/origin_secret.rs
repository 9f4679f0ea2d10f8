//! The origin secret as this process knows it: what the edge proves itself with.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde::Deserialize;
use tokio::sync::Mutex;

/// Characters of a value that can be trusted to be unguessable, at the least.
const FEWEST_CHARACTERS: usize = 32;

/// The secret's text is not the JSON of an origin secret, or a value is too short.
#[derive(Debug, thiserror::Error)]
#[error("the origin secret is malformed")]
pub(crate) struct MalformedSecret;

/// What the edge proves itself with: the value it sends, and during a rotation the one it may still send.
#[derive(Deserialize)]
pub(crate) struct OriginSecret {
    current: String,
    #[serde(default)]
    previous: String,
}

impl OriginSecret {
    /// Reads the secret's JSON.
    pub(crate) fn parse(json: &str) -> Result<Self, MalformedSecret> {
        let secret: Self = serde_json::from_str(json).map_err(|_| MalformedSecret)?;
        let is_good = |value: &str| value.len() >= FEWEST_CHARACTERS;
        if is_good(&secret.current) && (secret.previous.is_empty() || is_good(&secret.previous)) {
            Ok(secret)
        } else {
            Err(MalformedSecret)
        }
    }

    /// Both are always compared: the time says nothing of which it was, or how much of it fits.
    pub(crate) fn proves(&self, given: &[u8]) -> bool {
        let is_current = verify_slices_are_equal(self.current.as_bytes(), given).is_ok();
        let is_previous = verify_slices_are_equal(self.previous.as_bytes(), given).is_ok();
        !given.is_empty() && (is_current | is_previous)
    }
}

/// The origin secret that a process knows, if it has read it.
pub(crate) type Edge = Mutex<Option<Known>>;

/// The origin secret, and when it was read.
pub(crate) struct Known {
    pub(crate) secret: OriginSecret,
    /// Unix seconds.
    pub(crate) looked_at: i64,
}
