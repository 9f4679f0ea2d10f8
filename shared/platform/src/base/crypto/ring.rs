//! The key ring from Secrets Manager: the roots that wrap data keys, and the index key.

use std::collections::BTreeMap;

use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::hmac;
use data_encoding::BASE64;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::base::config::Missing;
use crate::base::crypto::data_key::DataKey;

/// The root keys and the index key. They are never printed.
pub struct KeyRing {
    current: String,
    roots: BTreeMap<String, [u8; 32]>,
    index: hmac::Key,
}

/// Why the key ring is not available.
#[derive(Debug, thiserror::Error)]
pub enum RingError {
    /// The function's environment does not name the secret.
    #[error(transparent)]
    Missing(#[from] Missing),
    /// Secrets Manager did not return the secret.
    #[error("the key ring cannot be read")]
    Unreadable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The secret is not a key ring.
    #[error("the key ring is malformed: {0}")]
    Malformed(&'static str),
}

/// The secret's JSON.
///
/// Roots are given one by one, or derived from a seed, which CloudFormation's `GenerateSecretString` can make.
#[derive(Deserialize)]
struct Stored {
    current: String,
    #[serde(default)]
    keys: BTreeMap<String, String>,
    #[serde(default)]
    index: Option<String>,
    #[serde(default)]
    seed: Option<String>,
}

impl KeyRing {
    /// Parses the secret's JSON.
    ///
    /// # Errors
    ///
    /// When a key is not 32 bytes, the current root is missing, or a seed has fewer than 32 characters.
    pub fn parse(json: &str) -> Result<Self, RingError> {
        let stored: Stored = serde_json::from_str(json)
            .map_err(|_| RingError::Malformed("not the JSON of a key ring"))?;
        let mut roots = BTreeMap::new();
        for (name, key) in &stored.keys {
            roots.insert(name.clone(), decode(key)?);
        }
        let seed = stored.seed.as_deref().filter(|seed| seed.len() >= 32);
        if let Some(seed) = seed {
            let from_seed = derive(seed.as_bytes(), &[b"ring", stored.current.as_bytes()]);
            roots.entry(stored.current.clone()).or_insert(from_seed);
        }
        let index = match (&stored.index, seed) {
            (Some(key), _) => decode(key)?,
            (None, Some(seed)) => derive(seed.as_bytes(), &[b"index"]),
            (None, None) => return Err(RingError::Malformed("no index key")),
        };
        if !roots.contains_key(&stored.current) {
            return Err(RingError::Malformed("the current root is missing"));
        }
        Ok(Self {
            current: stored.current,
            roots,
            index: hmac::Key::new(hmac::HMAC_SHA256, &index),
        })
    }

    /// The name of the root that wraps new keys.
    pub(crate) fn current(&self) -> &str {
        &self.current
    }

    /// Derives the key that wraps the data keys of one owner (`studio|sto_…`) under the root `name`.
    pub(crate) fn wrapping_key(&self, name: &str, what: &str) -> Option<DataKey> {
        let root = self.roots.get(name)?;
        Some(DataKey::from_bytes(derive(root, &[b"wrap", what.as_bytes()])))
    }

    /// Derives the pepper of password hashes made under the root `name`.
    ///
    /// The hashes of a root are accepted while it is in the ring. During a rotation the old and the new root are
    /// there, and each sign-in moves the account's hash to the new one.
    pub(crate) fn pepper(&self, name: &str) -> Option<Zeroizing<[u8; 32]>> {
        let root = self.roots.get(name)?;
        Some(Zeroizing::new(derive(root, &[b"pepper"])))
    }

    /// Returns the current root's name, and the signing key derived from it for `what`.
    pub(crate) fn signing_key(&self, what: &str) -> Option<(&str, [u8; 32])> {
        let root = self.roots.get(&self.current)?;
        Some((&self.current, derive(root, &[b"sign", what.as_bytes()])))
    }

    /// Returns the keyed hash by which a row is looked up: of an e-mail address, a code or a content hash.
    ///
    /// `purpose` keeps equal values of different kinds apart.
    pub fn lookup(&self, purpose: &str, value: &[u8]) -> String {
        data_encoding::HEXLOWER.encode(&self.digest(purpose, &[value]))
    }

    /// Returns the raw keyed hash of length-prefixed parts.
    pub fn digest(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.index);
        for part in std::iter::once(&purpose.as_bytes()).chain(parts) {
            // The length first, so that ("ab", "c") and ("a", "bc") differ.
            context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            context.update(part);
        }
        let mut digest = [0; 32];
        digest.iter_mut().zip(context.sign().as_ref()).for_each(|(to, from)| *to = *from);
        digest
    }

    /// Returns 128 bits of a keyed hash, for ids that are derived from what they name.
    pub fn id_bits(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 16] {
        let mut bits = [0; 16];
        bits.iter_mut().zip(self.digest(purpose, parts)).for_each(|(to, from)| *to = from);
        bits
    }
}

fn decode(key: &str) -> Result<[u8; 32], RingError> {
    BASE64
        .decode(key.as_bytes())
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(RingError::Malformed("a key is not 32 bytes of base64"))
}

/// 32 bytes derived by HKDF-SHA256.
struct Bytes32;
impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

fn derive(secret: &[u8], info: &[&[u8]]) -> [u8; 32] {
    let mut out = [0; 32];
    let done = Salt::new(HKDF_SHA256, b"picture-day/1")
        .extract(secret)
        .expand(info, Bytes32)
        .and_then(|okm| okm.fill(&mut out));
    // HKDF fails for lengths above 255 blocks only; 32 bytes are one block.
    assert!(done.is_ok(), "HKDF of one block");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_read_with_keys_or_with_a_seed() {
        let key = BASE64.encode(&[1; 32]);
        let ring = format!(r#"{{"current":"k1","keys":{{"k1":"{key}"}},"index":"{key}"}}"#);
        assert!(KeyRing::parse(&ring).is_ok());
        let seeded = format!(r#"{{"current":"k1","seed":"{}"}}"#, "s".repeat(44));
        assert!(KeyRing::parse(&seeded).is_ok());
        for bad in ["", "{}", r#"{"current":"k1","seed":"short"}"#, r#"{"current":"k2","keys":{}}"#]
        {
            assert!(KeyRing::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn equal_values_of_different_kinds_have_different_hashes() {
        let ring =
            KeyRing::parse(&format!(r#"{{"current":"k","seed":"{}"}}"#, "s".repeat(44))).unwrap();
        assert_ne!(ring.lookup("email", b"x"), ring.lookup("code", b"x"));
        assert_ne!(ring.digest("p", &[b"ab", b"c"]), ring.digest("p", &[b"a", b"bc"]));
    }
}
