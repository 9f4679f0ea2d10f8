//! E-mail addresses.

use std::fmt;
use std::str::FromStr;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// An e-mail address: RFC 5321 and 5322, at most 254 bytes, with a dot in its domain.
///
/// The domain has its canonical DNS form, so two spellings of a domain are one address. `Debug` never prints the
/// address, because it would be personal data in a log.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// The text is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct EmailError;

/// Domains with old addresses that have two dots in a row, or a dot before the `@`. Mail quotes such an address.
///
/// Sources: NTT Docomo, "特殊な形式のアドレス(RFC違反アドレス)のご利用について" (`docomo.ne.jp/service/docomo_mail/rfc_add`): issued until
/// March 2009 and still in use. KDDI's notes on changing an address of `ezweb.ne.jp` said the same of au until 2009.
/// `SoftBank` and Willcom never issued them.
const DOMAINS_WITH_LOOSE_DOTS: [&str; 2] = ["docomo.ne.jp", "ezweb.ne.jp"];

/// Maximum length of typed text, in bytes: 4 for each of the 254 of an address, doubled for invisible characters.
const MOST_TYPED_BYTES: usize = 2_048;

/// Maximum length of an address and of the part before the `@`, in bytes. Source: RFC 5321, 4.5.3.1.
const MOST_BYTES: usize = 254;
const MOST_LOCAL_BYTES: usize = 64;

impl EmailAddress {
    /// Parses an address as a person types it.
    ///
    /// * Surrounding blanks and characters without width are removed.
    /// * Full-width letters of a Japanese keyboard become plain letters.
    /// * The domain takes its DNS form: lower case, punycode, no dot at the end.
    /// * Quotes around a local part that needs none are removed.
    ///
    /// Addresses that Docomo and au issued against the RFC are accepted.
    ///
    /// # Errors
    ///
    /// When RFC 5321 does not allow the address, or when its form reaches no mailbox here: a local part that needs
    /// quotes, an IP literal, a bare host name.
    pub fn parse(typed: &str) -> Result<Self, EmailError> {
        if typed.len() > MOST_TYPED_BYTES {
            return Err(EmailError);
        }
        let text: String = typed.trim().chars().filter(|c| !has_no_width(*c)).map(plain).collect();
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError)?;
        let local = local.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(local);
        let local: String = local.nfc().collect();
        let domain = canonical_domain(domain).ok_or(EmailError)?;
        // Blanks of every script and characters that turn the writing direction are invisible to a person.
        let is_unseen = |c: char| {
            let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            c.is_control() || c.is_whitespace() || turns
        };
        let is_local =
            !local.contains(['"', '[', '<', '(', '@', '\\']) && !local.contains(is_unseen);
        let address = format!("{local}@{domain}");
        if address.len() > MOST_BYTES || local.len() > MOST_LOCAL_BYTES || !is_local {
            return Err(EmailError);
        }
        let strict = if DOMAINS_WITH_LOOSE_DOTS.contains(&domain.as_str()) {
            format!("{}@{domain}", without_loose_dots(&local))
        } else {
            address.clone()
        };
        email_address::EmailAddress::from_str(&strict).map_err(|_| EmailError)?;
        Ok(Self(address))
    }

    /// Returns the address as shown: the local part as typed, the domain in its DNS form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the address as written in a mail header: the local part is quoted where its dots require it.
    ///
    /// Nothing needs escaping: [`parse`](Self::parse) accepts neither quotes nor backslashes.
    pub fn mailbox(&self) -> String {
        match self.0.rsplit_once('@') {
            Some((local, domain)) if local != without_loose_dots(local) => {
                format!("\"{local}\"@{domain}")
            }
            Some(_) | None => self.0.clone(),
        }
    }

    /// Returns the domain in its DNS form.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Returns the lower-case form that two spellings of one address share.
    ///
    /// Mail providers that distinguish `Ann@` from `ann@` are not found in practice, and two accounts for one mailbox
    /// would be worse.
    pub fn lookup(&self) -> String {
        self.0.to_lowercase()
    }
}

/// Returns the canonical DNS form of a domain; `None` when the text is not a domain.
///
/// The form is lower case, punycode, without a dot at the end, with at least two labels. Source: UTS #46,
/// non-transitional, with the rules of STD 3 for letters and of RFC 1035 for lengths.
pub fn canonical_domain(typed: &str) -> Option<String> {
    if typed.len() > MOST_TYPED_BYTES {
        return None;
    }
    let uts46 = Uts46::new();
    let form = |text: &str, length: DnsLength| {
        uts46
            .to_ascii(text.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, length)
            .ok()
            .map(String::from)
    };
    // UTS #46 reads four characters as a dot. Map first, so that any of them is removed at the end.
    let mapped = form(typed, DnsLength::VerifyAllowRootDot)?;
    let domain = form(mapped.strip_suffix('.').unwrap_or(&mapped), DnsLength::Verify)?;
    let last = domain.rsplit('.').next().unwrap_or_default();
    // A top-level domain has a letter (RFC 3696, section 2): the host of `a@127.0.0.1` is not a name.
    let is_name = domain.contains('.') && !last.bytes().all(|b| b.is_ascii_digit());
    is_name.then_some(domain)
}

/// Returns whether a character has no width: text copied from a page or a PDF contains such characters.
const fn has_no_width(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Returns the plain letter for a full-width one: a Japanese keyboard types `ａ` for `a`.
fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c).saturating_sub(0xfee0)).unwrap_or(c),
        _ => c,
    }
}

/// Replaces several dots in a row by one, and removes dots at the end.
fn without_loose_dots(local: &str) -> String {
    let mut kept = String::with_capacity(local.len());
    for c in local.chars() {
        if c != '.' || !kept.ends_with('.') {
            kept.push(c);
        }
    }
    kept.truncate(kept.trim_end_matches('.').len());
    kept
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
        /// Every accepted address can stand in a mail header and in a table key.
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
            "a@b.c.",
            "\"ann\"@example.org",
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
            "a@b.c..",
            "a@b.1",
            "a\u{202e}b@c.de",
            "\"a\\\"b\"@c.de",
            "\"\"@c.de",
            "a.@docomo.ne.jp.example",
            ".a@docomo.ne.jp",
            "...@docomo.ne.jp",
            "a..b@softbank.ne.jp",
            &format!("{}@example.org", "a".repeat(65)),
            &format!("a@{}.example", "b".repeat(64)),
            &format!("a@{}example.org", "b.".repeat(130)),
        ] {
            assert!(EmailAddress::parse(bad).is_err(), "{bad}");
        }
    }

    proptest::proptest! {
        /// For any typed text: no panic, and an accepted address is one line that parses back to itself.
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
    fn addresses_that_docomo_and_au_issued_are_taken() {
        for (typed, sent) in [
            ("a..b@docomo.ne.jp", "\"a..b\"@docomo.ne.jp"),
            ("a.@docomo.ne.jp", "\"a.\"@docomo.ne.jp"),
            ("a...b..@EZWEB.ne.jp.", "\"a...b..\"@ezweb.ne.jp"),
            ("\"a..b\"@ezweb.ne.jp", "\"a..b\"@ezweb.ne.jp"),
            ("a.b@docomo.ne.jp", "a.b@docomo.ne.jp"),
            ("ann@example.org", "ann@example.org"),
        ] {
            let address = EmailAddress::parse(typed).unwrap();
            assert_eq!(address.mailbox(), sent);
            assert_eq!(EmailAddress::parse(sent).unwrap(), address, "{sent}");
        }
    }

    #[test]
    fn two_spellings_of_one_domain_are_one_address() {
        for (one, other) in [
            ("ann@müller.example", "Ann@XN--MLLER-KVA.Example"),
            ("ann@mu\u{308}ller.example", "ann@MÜLLER.example."),
            ("ann@example.org", "ann@EXAMPLE.ORG."),
            ("ann@example.org", "ａｎｎ＠ｅｘａｍｐｌｅ．ｏｒｇ"),
            ("ann@example.org", "ann@example。org｡"),
            ("ann@example.org", "\u{feff}\"ann\"@exam\u{ad}ple.org\u{200b} "),
            ("用户@例え.jp", "用户@xn--r8jz45g.jp"),
            ("jose\u{301}@example.org", "josé@example.org"),
            // The sign for kelvin lower-cases to the letter k.
            ("\u{212a}ate@example.org", "kate@example.org"),
        ] {
            let lookup = |typed| EmailAddress::parse(typed).unwrap().lookup();
            assert_eq!(lookup(one), lookup(other), "{one} {other}");
        }
        for (one, other) in [("a@faß.example", "a@fass.example"), ("a@a.example", "a@а.example")]
        {
            let lookup = |typed| EmailAddress::parse(typed).unwrap().lookup();
            assert_ne!(lookup(one), lookup(other), "{one} {other}");
        }
    }

    proptest! {
        /// Every spelling of a domain gives the same lookup form, and parsing a stored address changes nothing.
        #[test]
        fn a_domain_has_one_form_however_it_is_typed(
            local in "[a-z0-9]{1,10}",
            labels in proptest::collection::vec("[a-zà-öø-ÿα-ρа-я一-十]{1,12}", 1..4),
            wide in proptest::bool::ANY,
            dots in proptest::sample::select(vec![".", "。", "．", "｡"]),
            end in proptest::sample::select(vec!["", ".", "。"]),
        ) {
            let typed = format!("{local}@{}.example", labels.join("."));
            let Ok(address) = EmailAddress::parse(&typed) else {
                return Ok(()); // A mix of scripts that UTS #46 refuses.
            };
            let widen = |c: char| match c {
                'a'..='z' | '0'..='9' if wide => char::from_u32(u32::from(c) + 0xfee0).unwrap(),
                _ => c,
            };
            let other: String = labels.join(dots).to_uppercase().to_lowercase();
            if other == labels.join(dots) {
                let other: String =
                    format!("{local}@{}{dots}EXAMPLE{end}", labels.join(dots).to_uppercase())
                        .chars().map(widen).collect();
                prop_assert_eq!(EmailAddress::parse(&other).unwrap().lookup(), address.lookup());
            }
            prop_assert!(address.domain().is_ascii());
            prop_assert_eq!(EmailAddress::parse(address.as_str()).unwrap(), address.clone());
            let found = EmailAddress::parse(&address.lookup()).unwrap();
            prop_assert_eq!(found.lookup(), address.lookup());
        }

        /// A mailbox has the form of RFC 5321 and parses back to the same address.
        #[test]
        fn what_is_mailed_is_of_the_form_the_rfc_has(
            local in "[a-z.]{1,12}",
            domain in proptest::sample::select(vec!["docomo.ne.jp", "ezweb.ne.jp", "example.org"]),
        ) {
            if let Ok(address) = EmailAddress::parse(&format!("{local}@{domain}")) {
                let sent = address.mailbox();
                prop_assert!(email_address::EmailAddress::from_str(&sent).is_ok(), "{sent}");
                prop_assert_eq!(EmailAddress::parse(&sent).unwrap(), address);
                prop_assert!(domain != "example.org" || !sent.contains('"'));
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
