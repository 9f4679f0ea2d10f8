//! The token of a mailed link: 256 random bits as 43 letters of base64url.

use data_encoding::BASE64URL_NOPAD;

/// A token. It has no `Debug`: a reader of the log could follow the link.
#[derive(Clone, PartialEq, Eq)]
pub struct MailedToken(String);

impl MailedToken {
    /// Creates a token from random bits.
    pub fn from_random(bits: [u8; 32]) -> Self {
        Self(BASE64URL_NOPAD.encode(&bits))
    }

    /// Parses a token exactly as the link contains it. No other spelling was ever mailed.
    pub fn parse(text: &str) -> Option<Self> {
        let bits = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        (bits.len() == 32).then(|| Self(text.to_owned()))
    }

    /// Returns the text, as mailed and as hashed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a09_every_token_reads_back(bits in any::<[u8; 32]>()) {
            let token = MailedToken::from_random(bits);
            prop_assert_eq!(token.as_str().len(), 43);
            prop_assert!(MailedToken::parse(token.as_str()) == Some(token));
        }

        /// A token has one text: a second spelling of the same bits is refused.
        #[test]
        fn a09_what_is_read_is_what_was_written(text in "[A-Za-z0-9_=/+ -]{0,50}|\\PC{0,50}") {
            if let Some(token) = MailedToken::parse(&text) {
                let bits = BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
                prop_assert_eq!(BASE64URL_NOPAD.encode(&bits), token.as_str());
            }
        }
    }
}
