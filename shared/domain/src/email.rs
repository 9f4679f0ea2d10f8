//! E-mail addresses.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An address mail can be sent to: RFC 5321 and 5322, at most 254 bytes, with a dot in its domain.
///
/// `Debug` never prints it: an address in a log is personal data in a log.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// The text is not an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct EmailError;

impl EmailAddress {
    /// Reads an address as it is typed: surrounding blanks are dropped.
    ///
    /// # Errors
    ///
    /// When RFC 5321 does not allow it, or when it is a form nobody receives mail at here (a quoted
    /// local part, an IP literal, a bare host name).
    pub fn parse(typed: &str) -> Result<Self, EmailError> {
        let text = typed.trim();
        let parsed = email_address::EmailAddress::from_str(text).map_err(|_| EmailError)?;
        // Blanks of every script: RFC 6531 lets them into an address, and a person sees none of them.
        let is_blank = |c: char| c.is_control() || c.is_whitespace();
        let plain = !text.contains(['"', '[', '<', '(']) && !text.chars().any(is_blank);
        if text.len() > 254 || !plain || !parsed.domain().contains('.') {
            return Err(EmailError);
        }
        Ok(Self(text.to_owned()))
    }

    /// The address as it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form two spellings of one address share: lower case. Mail providers that tell `Ann@` from
    /// `ann@` are not found in practice, and two accounts for one mailbox would be worse.
    pub fn lookup(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(..)")
    }
}
impl TryFrom<String> for EmailAddress {
    type Error = EmailError;
    fn try_from(text: String) -> Result<Self, EmailError> {
        Self::parse(&text)
    }
}
impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is read can stand in a mail's header and in a table's key.
        #[test]
        fn a11_no_text_stops_the_reader_and_what_is_read_is_harmless(
            typed in "\\PC{0,40}|[a-z.@<>\"\\[\\]\r\n ]{0,30}|[a-z]{1,8}@[a-z]{1,8}\\.[a-z]{2,4}",
        ) {
            if let Ok(address) = EmailAddress::parse(&typed) {
                let text = address.as_str();
                prop_assert!(!text.chars().any(|c| c.is_control() || c.is_whitespace()));
                prop_assert_eq!(text.matches('@').count(), 1);
                prop_assert!(EmailAddress::parse(text).is_ok());
            }
        }
    }

    #[test]
    fn d15_addresses_follow_the_rfc_and_bring_nothing_else_along() {
        let longest = format!("{}@{}.example", "a".repeat(64), "b".repeat(63));
        for good in [
            "ann@example.org",
            " Ann.O'Brien+day@mail.example.co.uk ",
            "a!#$%&'*+/=?^_`{|}~-z@example.org",
            "1@2.example",
            "ann@xn--r8jz45g.jp",
            "用户@例え.jp",
            longest.as_str(),
        ] {
            assert!(EmailAddress::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "ann",
            "ann@",
            "@b.c",
            "a b@c.de",
            "a@b.c\u{2000}d",
            "a\u{202f}b@c.de",
            "a@localhost",
            "a@[127.0.0.1]",
            "a@b.c\r\nBcc: d@e.f",
            "a@b.c\nBcc: d@e.f",
            "a\r\n@b.c",
            "a\0@b.c",
            "a@b.c, d@e.f",
            "a@b.c;d@e.f",
            "a@b@c.de",
            "<a@b.c>",
            "Ann <a@b.c>",
            "\"a b\"@c.de",
            "(comment)a@b.c",
            ".a@b.c",
            "a.@b.c",
            "a..b@c.de",
            "a@-b.c",
            "a@b..c",
            "a@b.c.",
            &format!("{}@example.org", "a".repeat(65)),
            &format!("a@{}.example", "b".repeat(64)),
            &format!("a@{}example.org", "b.".repeat(130)),
        ] {
            assert!(EmailAddress::parse(bad).is_err(), "{bad}");
        }
    }

    proptest::proptest! {
        /// Whatever is typed: no panic, and what is taken is one line with one address that reads back.
        #[test]
        fn d15_no_text_smuggles_anything(
            typed in proptest::prop_oneof![".*", "[a-z@.<>\"(,;:\r\n\\[ \u{85}\u{2028}]{0,40}", "[a-z.]{1,9}@[a-z.-]{1,20}"],
        ) {
            if let Ok(address) = EmailAddress::parse(&typed) {
                let text = address.as_str();
                let is_plain = |c: char| !c.is_control() && !c.is_whitespace() && !"<>\"(),;:[]".contains(c);
                proptest::prop_assert!(text.chars().all(is_plain), "{text}");
                proptest::prop_assert_eq!(text.matches('@').count(), 1);
                proptest::prop_assert!(text.len() <= 254);
                proptest::prop_assert!(EmailAddress::parse(text).is_ok_and(|again| again == address));
            }
        }
    }

    #[test]
    fn d15_an_address_has_at_most_254_bytes_and_is_never_printed() {
        let of = |last: usize| {
            let labels = ["b".repeat(63), "b".repeat(63), "b".repeat(last)].join(".");
            format!("{}@{labels}", "a".repeat(64))
        };
        let (longest, longer) = (of(61), of(62));
        assert_eq!((longest.len(), longer.len()), (254, 255));
        let address = EmailAddress::parse(&longest).unwrap();
        assert_eq!(EmailAddress::parse(&longer), Err(EmailError));
        assert_eq!(format!("{address:?}"), "EmailAddress(..)");
        assert_eq!(String::from(address), longest);
    }
}
