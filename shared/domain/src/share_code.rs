//! The share code that a school prints on a letter. With it, a parent can request their child's gallery.

use std::fmt;

/// A share code: twelve symbols without look-alikes, 31¹² ≈ 7.9 × 10¹⁷ codes.
///
/// The code is a secret: stored only as a keyed hash, shown once, never printed by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct ShareCode(String);

/// The rule that a typed code breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShareCodeError {
    /// Not twelve symbols.
    #[error("share code does not have twelve symbols")]
    WrongLength,
    /// A symbol outside the alphabet.
    #[error("share code has a symbol outside its alphabet")]
    UnknownCharacter,
}

impl ShareCode {
    /// Symbols in a code.
    pub const LENGTH: usize = 12;
    const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

    /// Creates a code from random bytes, without bias: bytes of 248 (8 × 31) and above are skipped.
    ///
    /// `None` when too many bytes were skipped: call again with new bytes. With 32 bytes this happens less than once in
    /// 10²³.
    pub fn from_random(bytes: &[u8]) -> Option<Self> {
        let code: String = bytes
            .iter()
            .filter(|byte| **byte < 248)
            .filter_map(|byte| Self::ALPHABET.get(usize::from(*byte % 31)))
            .take(Self::LENGTH)
            .map(|symbol| char::from(*symbol))
            .collect();
        (code.len() == Self::LENGTH).then_some(Self(code))
    }

    /// Parses a code as a parent types it: spaces and hyphens are ignored, case does not matter.
    ///
    /// # Errors
    ///
    /// Names the rule that the text breaks. The response layer chooses the words for the parent.
    pub fn parse(typed: &str) -> Result<Self, ShareCodeError> {
        let code: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–'))
            .map(|c| c.to_ascii_uppercase())
            .collect();
        if code.chars().count() != Self::LENGTH {
            return Err(ShareCodeError::WrongLength);
        }
        if !code.bytes().all(|byte| Self::ALPHABET.contains(&byte)) {
            return Err(ShareCodeError::UnknownCharacter);
        }
        Ok(Self(code))
    }

    /// Returns the twelve symbols, for hashing.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Formats the code as printed: `ABCD-EFGH-JKMN`.
    pub fn grouped(&self) -> String {
        let groups = [self.0.get(..4), self.0.get(4..8), self.0.get(8..)];
        groups.map(Option::unwrap_or_default).join("-")
    }
}

impl fmt::Debug for ShareCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShareCode(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back_however_a_parent_types_it() {
        let code = ShareCode::from_random(&[200, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255, 11]).unwrap();
        let typed = code.grouped().to_lowercase().replace('-', " ");
        assert_eq!(ShareCode::parse(&typed), Ok(code));
    }

    #[test]
    fn look_alikes_are_in_no_code() {
        assert_eq!(ShareCode::parse("0OI1LABCDEFG"), Err(ShareCodeError::UnknownCharacter));
        assert_eq!(ShareCode::parse("ABC"), Err(ShareCodeError::WrongLength));
    }

    proptest::proptest! {
        /// For any typed text: no panic, and an accepted code has twelve symbols of the alphabet and parses back.
        #[test]
        fn no_text_makes_it_panic(
            typed in proptest::prop_oneof![".*", "[2-9a-zA-Z \u{2013}-]{10,16}", "[2-9A-HJKMNP-Z]{12}"],
        ) {
            if let Ok(code) = ShareCode::parse(&typed) {
                let is_symbol = |byte: u8| ShareCode::ALPHABET.contains(&byte);
                proptest::prop_assert!(code.as_str().bytes().all(is_symbol));
                proptest::prop_assert_eq!(code.as_str().len(), ShareCode::LENGTH);
                proptest::prop_assert_eq!(ShareCode::parse(&code.grouped()), Ok(code));
            }
        }
    }

    #[test]
    fn a_code_takes_its_symbols_evenly_and_is_never_printed() {
        // A byte below 248 gives the symbol of its remainder; the others are skipped.
        let bytes = [0, 30, 31, 61, 62, 247, 248, 255, 1, 32, 63, 94, 2, 33];
        let code = ShareCode::from_random(&bytes).unwrap();
        assert_eq!((code.as_str(), code.grouped().as_str()), ("2Z2Z2Z333344", "2Z2Z-2Z33-3344"));
        assert_eq!(format!("{code:?}"), "ShareCode(..)");
        assert_eq!(ShareCode::from_random(&bytes[..13]), None);
    }
}
