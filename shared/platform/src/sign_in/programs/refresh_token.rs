//! Refresh tokens: `pdr_<family>.<generation>.<secret>`, opaque to the program, valid for one exchange.
//!
//! The next secret is derived from the previous one and a key of ours. So two parallel requests get the same next
//! token, and no secret is stored: the row holds the newest token's hash.
//!
//! From any older token the newest one can be derived. This tells a reused token from an invented one: the first ends
//! the family, the second ends nothing.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::BASE64URL_NOPAD;
use domain::ids::TokenFamilyId;

use crate::base::crypto::ring::KeyRing;
use crate::people::token_families::TokenFamily;

/// Prefix of every token.
const PREFIX: &str = "pdr_";
/// Seconds in which the second-newest token is still accepted.
///
/// Its response may have been lost, or a parallel request may have been under way.
///
/// Source: control B03: 10 seconds.
const GRACE_SECONDS: i64 = 10;
/// Maximum generations back that a used token is recognised: more exchanges than a family of 30 days has.
const MOST_STEPS: u32 = 100_000;

/// A parsed refresh token.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct RefreshToken {
    pub(super) family: TokenFamilyId,
    pub(super) generation: u32,
    secret: [u8; 32],
}

/// The verdict on a presented token.
pub(super) enum Verdict {
    /// It is the newest: the next one replaces it.
    Rotate(RefreshToken),
    /// It was the newest a moment ago: the same next one is returned again.
    Again(RefreshToken),
    /// It was used before: another party has it.
    Replayed,
    /// It does not belong to this family.
    Unknown,
}

impl RefreshToken {
    /// Creates the first token of a family.
    pub(super) fn first(family: TokenFamilyId, secret: [u8; 32]) -> Self {
        Self { family, generation: 0, secret }
    }

    /// Parses a token.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix(PREFIX)?.split('.');
        let (family, generation, secret) = (parts.next()?, parts.next()?, parts.next()?);
        let number: u32 = generation.parse().ok()?;
        // Each number has one spelling: "+1" and "01" are refused.
        if parts.next().is_some() || number.to_string() != generation {
            return None;
        }
        Some(Self {
            family: TokenFamilyId::parse(family).ok()?,
            generation: number,
            secret: BASE64URL_NOPAD.decode(secret.as_bytes()).ok()?.try_into().ok()?,
        })
    }

    /// Returns the text that the program receives.
    pub(super) fn text(&self) -> String {
        let secret = BASE64URL_NOPAD.encode(&self.secret);
        format!("{PREFIX}{}.{}.{secret}", self.family, self.generation)
    }

    /// Hashes the token. Only the hash is stored.
    pub(super) fn hash(&self, ring: &KeyRing) -> [u8; 32] {
        ring.digest("refresh-token", &self.parts(&self.generation.to_be_bytes()))
    }

    /// Derives the token that follows.
    fn next(&self, ring: &KeyRing) -> Self {
        let generation = self.generation.saturating_add(1);
        let secret = ring.digest("refresh-token-next", &self.parts(&generation.to_be_bytes()));
        Self { family: self.family.clone(), generation, secret }
    }

    fn parts<'a>(&'a self, generation: &'a [u8; 4]) -> [&'a [u8]; 3] {
        [self.family.as_str().as_bytes(), generation, &self.secret]
    }

    /// Decides what happens with the token.
    pub(super) fn judge(&self, ring: &KeyRing, family: &TokenFamily, now: i64) -> Verdict {
        let steps = match family.generation.checked_sub(self.generation) {
            Some(steps) if steps <= MOST_STEPS && self.family == family.id => steps,
            Some(_) | None => return Verdict::Unknown,
        };
        let newest = (0..steps).fold(self.clone(), |token, _| token.next(ring));
        if verify_slices_are_equal(&newest.hash(ring), &family.refresh).is_err() {
            return Verdict::Unknown;
        }
        let age = now.saturating_sub(family.rotated_at);
        match steps {
            0 => Verdict::Rotate(self.next(ring)),
            1 if age <= GRACE_SECONDS => Verdict::Again(newest),
            _ => Verdict::Replayed,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_reads_back() {
        let token = RefreshToken::first(TokenFamilyId::from_random([1; 16]), [2; 32]);
        let read = RefreshToken::parse(&token.text());
        assert!(read.is_some_and(|read| read == token));
    }

    #[test]
    fn each_next_secret_needs_our_key_and_the_one_before() {
        let seed = |letter: &str| format!(r#"{{"current":"k","seed":"{}"}}"#, letter.repeat(44));
        let (ours, other) =
            (KeyRing::parse(&seed("s")).unwrap(), KeyRing::parse(&seed("t")).unwrap());
        let family = TokenFamilyId::from_random([1; 16]);
        let token = RefreshToken::first(family.clone(), [2; 32]);
        assert!(token.next(&ours) == token.next(&ours));
        assert!(token.next(&ours).secret != token.next(&other).secret);
        let stranger = RefreshToken::first(family, [3; 32]);
        assert!(token.next(&ours).secret != stranger.next(&ours).secret);
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_written_the_same(text in "(pdr_)?(fam_)?[a-z2-7]{26}\\.[+0-9]{1,3}\\.[A-Za-z0-9_-]{43}(\\.x)?") {
            if let Some(token) = RefreshToken::parse(&text) {
                prop_assert_eq!(token.text(), text);
            }
        }

        #[test]
        fn whatever_the_text_nothing_panics(text in ".{0,120}") {
            prop_assert!(RefreshToken::parse(&text).is_none_or(|token| token.text() == text));
        }
    }
}
