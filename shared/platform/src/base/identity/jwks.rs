//! The keys that issuers publish (JWKS), cached by name.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jsonwebtoken::DecodingKey;
use serde::Deserialize;

use super::id_token::Refused;

/// Minimum seconds between two fetches of one issuer's keys.
///
/// So tokens with made-up key names cause at most one fetch in this time.
///
/// Source: control A18.
const FETCHED_EVERY: i64 = 300;
/// Seconds that a key is cached: a key that the issuer revokes stops working within the hour.
const KEPT_FOR: i64 = 3600;
/// Maximum number of keys of one issuer.
const MOST_KEYS: usize = 100;
/// Minimum and maximum bytes of a modulus: RFC 7518, section 3.3; larger ones only cost time.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// A published key set: RFC 7517, section 5. Entries that are not RSA signature keys are skipped.
#[derive(Deserialize)]
struct Published {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Rsa {
    kty: String,
    kid: String,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default, rename = "use")]
    usage: Option<String>,
    n: String,
    e: String,
}

/// A key and its name.
pub type Named = (String, DecodingKey);

/// Parses a key set.
///
/// # Errors
///
/// When the bytes are not a key set.
pub fn parse(json: &[u8]) -> Result<Vec<Named>, Refused> {
    let published: Published = serde_json::from_slice(json).map_err(|_| Refused::KeySet)?;
    let keys = published.keys.into_iter().take(MOST_KEYS);
    Ok(keys.filter_map(|key| serde_json::from_value(key).ok()).filter_map(rsa).collect())
}

fn rsa(key: Rsa) -> Option<Named> {
    let is_for_rs256 = key.kty == "RSA"
        && key.alg.as_deref().is_none_or(|alg| alg == "RS256")
        && key.usage.as_deref().is_none_or(|usage| usage == "sig");
    let decode = |text: &str| data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).ok();
    let (n, e) = (decode(&key.n)?, decode(&key.e)?);
    (is_for_rs256 && MODULUS_BYTES.contains(&n.len()))
        .then(|| (key.kid, DecodingKey::from_rsa_raw_components(&n, &e)))
}

/// One process's cached keys of all issuers.
#[derive(Default)]
pub struct KeyCache(Mutex<BTreeMap<String, Kept>>);

#[derive(Default)]
struct Kept {
    keys: BTreeMap<String, DecodingKey>,
    /// When they were fetched, and when a fetch was last tried, in Unix seconds.
    fetched_at: i64,
    tried_at: i64,
}

impl KeyCache {
    /// Returns a cached key by its name, until the cache expires.
    pub(super) fn find(&self, at: &str, kid: &str, now: i64) -> Option<DecodingKey> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.get(at)?;
        let is_fresh = now.saturating_sub(kept.fetched_at) < KEPT_FOR;
        kept.keys.get(kid).filter(|_| is_fresh).cloned()
    }

    /// Does the cache hold unexpired keys of this issuer?
    pub(super) fn knows(&self, at: &str, now: i64) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(at).is_some_and(|kept| {
            !kept.keys.is_empty() && now.saturating_sub(kept.fetched_at) < KEPT_FOR
        })
    }

    /// May the keys be fetched now? A caller that gets `true` must fetch them: the attempt is recorded.
    pub(super) fn may_fetch(&self, at: &str, now: i64) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match all.get_mut(at) {
            Some(kept) if now.saturating_sub(kept.tried_at) < FETCHED_EVERY => false,
            Some(kept) => {
                kept.tried_at = now;
                true
            }
            None => {
                all.insert(at.to_owned(), Kept { tried_at: now, ..Kept::default() });
                true
            }
        }
    }

    /// Stores the fetched keys and replaces the earlier ones.
    pub(super) fn keep(&self, at: &str, keys: &[Named], now: i64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = keys.iter().cloned().collect();
        all.insert(at.to_owned(), Kept { keys, fetched_at: now, tried_at: now });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a18_keys_are_fetched_once_in_five_minutes_and_forgotten_after_an_hour() {
        let cache = KeyCache::default();
        assert!(cache.may_fetch("a", 1000));
        assert!(!cache.may_fetch("a", 1299), "a flood of unknown key names");
        assert!(cache.may_fetch("b", 1000), "another issuer");
        let key = DecodingKey::from_rsa_raw_components(&[1; 256], &[1, 0, 1]);
        cache.keep("a", &[("k".to_owned(), key)], 1000);
        assert!(cache.knows("a", 4599) && !cache.knows("a", 4600) && !cache.knows("b", 1000));
        assert!(cache.find("a", "k", 4599).is_some());
        assert!(cache.find("a", "k", 4600).is_none());
        assert!(cache.find("a", "other", 1000).is_none() && cache.find("b", "k", 1000).is_none());
        assert!(!cache.may_fetch("a", 1299) && cache.may_fetch("a", 1300));
    }

    #[test]
    fn only_rsa_keys_for_signatures_are_kept() {
        let n = data_encoding::BASE64URL_NOPAD.encode(&[0xc1; 256]);
        let small = data_encoding::BASE64URL_NOPAD.encode(&[0xc1; 128]);
        let set = format!(
            r#"{{"keys":[
                {{"kty":"RSA","kid":"good","n":"{n}","e":"AQAB","x5c":["…"]}},
                {{"kty":"RSA","kid":"good too","alg":"RS256","use":"sig","n":"{n}","e":"AQAB"}},
                {{"kty":"RSA","kid":"encrypts","use":"enc","n":"{n}","e":"AQAB"}},
                {{"kty":"RSA","kid":"other","alg":"RS512","n":"{n}","e":"AQAB"}},
                {{"kty":"RSA","kid":"small","n":"{small}","e":"AQAB"}},
                {{"kty":"oct","kid":"secret","k":"AAAA"}},
                {{"kty":"RSA","n":"{n}","e":"AQAB"}}, 7, null]}}"#
        );
        let names: Vec<_> =
            parse(set.as_bytes()).unwrap().into_iter().map(|(kid, _)| kid).collect();
        assert_eq!(names, ["good", "good too"]);
        for bad in ["", "[]", "{}", r#"{"keys":7}"#, "<html>"] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn whatever_an_issuer_publishes_nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(parse(&bytes).is_err() || !bytes.is_empty());
        }
    }
}
