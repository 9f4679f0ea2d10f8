//! Data keys: one per studio, person and student. Everything personal is encrypted with one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use jiff::Timestamp;

/// An AES-256-GCM key. The library that holds its bytes wipes them on drop.
pub struct DataKey(RandomizedNonceKey);

/// Decryption failed: another key, another context, or changed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed bytes do not open")]
pub struct OpenError;

/// First byte of an envelope: `0x01 | nonce 12 | ciphertext | tag 16`.
const ENVELOPE: u8 = 1;
const NONCE_BYTES: usize = 12;

impl DataKey {
    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        let key = RandomizedNonceKey::new(&AES_256_GCM, &bytes);
        // Fails only for another length, and the type fixes the length.
        match key {
            Ok(key) => Self(key),
            Err(_) => unreachable!("an AES-256 key has 32 bytes"),
        }
    }

    /// Encrypts bytes for one place.
    ///
    /// `context` names the place (table, owner, item, field), so the bytes cannot be decrypted in another row.
    pub fn seal(&self, context: &[&str], plain: &[u8]) -> Vec<u8> {
        let mut sealed = plain.to_vec();
        let aad = Aad::from(join(context));
        match self.0.seal_in_place_append_tag(aad, &mut sealed) {
            Ok(nonce) => {
                let mut envelope = Vec::with_capacity(1 + NONCE_BYTES + sealed.len());
                envelope.push(ENVELOPE);
                envelope.extend_from_slice(nonce.as_ref());
                envelope.append(&mut sealed);
                envelope
            }
            // Happens only for more than 64 GiB.
            Err(_) => unreachable!("AES-GCM seals whatever fits in memory"),
        }
    }

    /// Decrypts what [`Self::seal`] encrypted with the same context.
    ///
    /// # Errors
    ///
    /// When the key, the context or one bit differs.
    pub fn open(&self, context: &[&str], envelope: &[u8]) -> Result<Vec<u8>, OpenError> {
        let (version, rest) = envelope.split_first().ok_or(OpenError)?;
        let (nonce, sealed) = rest.split_at_checked(NONCE_BYTES).ok_or(OpenError)?;
        if *version != ENVELOPE {
            return Err(OpenError);
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| OpenError)?;
        let mut buffer = sealed.to_vec();
        let plain_bytes = self
            .0
            .open_in_place(nonce, Aad::from(join(context)), &mut buffer)
            .map_err(|_| OpenError)?
            .len();
        buffer.truncate(plain_bytes);
        Ok(buffer)
    }
}

/// Joins the parts with their lengths, so that no two lists of parts give the same bytes.
fn join(parts: &[&str]) -> Vec<u8> {
    let mut joined = b"pd1".to_vec();
    for part in parts {
        joined.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        joined.extend_from_slice(part.as_bytes());
    }
    joined
}

/// Unwrapped keys of one process: each kept for at most five minutes, at most a thousand.
#[derive(Default)]
pub(crate) struct KeyCache(Mutex<BTreeMap<String, (Timestamp, Arc<DataKey>)>>);

impl KeyCache {
    const LIVES_SECONDS: i64 = 300;
    const MOST: usize = 1_000;

    pub(crate) fn get(&self, name: &str, now: Timestamp) -> Option<Arc<DataKey>> {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, key) = cache.get(name)?;
        let age = now.as_second().saturating_sub(since.as_second());
        (age < Self::LIVES_SECONDS).then(|| Arc::clone(key))
    }

    pub(crate) fn put(&self, name: String, now: Timestamp, key: DataKey) -> Arc<DataKey> {
        let key = Arc::new(key);
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= Self::MOST {
            cache.clear();
        }
        cache.insert(name, (now, Arc::clone(&key)));
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_in_its_own_place_only() {
        let key = DataKey::from_bytes([7; 32]);
        let sealed = key.seal(&["records", "sto_a", "stu_b", "details"], b"Ann");
        assert_eq!(key.open(&["records", "sto_a", "stu_b", "details"], &sealed).unwrap(), b"Ann");
        assert_eq!(key.open(&["records", "sto_b", "stu_b", "details"], &sealed), Err(OpenError));
        assert_eq!(
            DataKey::from_bytes([8; 32]).open(&["records", "sto_a", "stu_b", "details"], &sealed),
            Err(OpenError)
        );
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let key = DataKey::from_bytes([7; 32]);
        let sealed = key.seal(&["x"], b"Ann");
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(key.open(&["x"], &changed), Err(OpenError), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert_eq!(key.open(&["x"], &sealed[..length]), Err(OpenError));
        }
    }
}
