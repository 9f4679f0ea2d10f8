//! Passwords: the policy for new ones, and text that is wiped from memory.

use serde::{Deserialize, Deserializer};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// A password as a request carries it. It is wiped when it is dropped.
///
/// It has no `Debug`, no `Display` and no `Serialize`, so code that would print it does not compile.
pub struct TypedPassword(Zeroizing<String>);

impl TypedPassword {
    /// Returns the typed text, for [`Password`] to parse.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for TypedPassword {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|typed| Self(Zeroizing::new(typed)))
    }
}

/// A password in its hashed form (NFC). Like [`TypedPassword`], it cannot be printed.
pub struct Password(Zeroizing<String>);

/// The rules for a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PasswordPolicy {
    /// At least 12 characters, with at least one of each of four classes. Source: our security page.
    #[default]
    FourClasses,
    /// At least 15 characters of any kind.
    ///
    /// Source: NIST SP 800-63B-4, section 3.1.1.2, which forbids composition rules, as does OWASP ASVS 5.0, 6.2.5.
    LengthOnly,
}

impl PasswordPolicy {
    /// Returns the policy for the name in the setting: `four_classes` or `nist`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "four_classes" => Some(Self::FourClasses),
            "nist" => Some(Self::LengthOnly),
            _ => None,
        }
    }

    /// Minimum length, in Unicode scalar values after NFC.
    pub const fn fewest_characters(self) -> usize {
        match self {
            Self::FourClasses => 12,
            Self::LengthOnly => 15,
        }
    }

    /// Returns whether a password needs an upper-case letter, a lower-case letter, a digit and a special character.
    pub const fn asks_for_classes(self) -> bool {
        match self {
            Self::FourClasses => true,
            Self::LengthOnly => false,
        }
    }
}

/// The first rule that a password breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer characters than the policy requires.
    #[error("password is too short")]
    TooShort(PasswordPolicy),
    /// More than [`Password::MOST_BYTES`].
    #[error("password is too long")]
    TooLong,
    /// No upper-case letter.
    #[error("password has no upper-case letter")]
    NoUpper,
    /// No lower-case letter.
    #[error("password has no lower-case letter")]
    NoLower,
    /// No digit.
    #[error("password has no digit")]
    NoDigit,
    /// Only letters and digits.
    #[error("password has no special character")]
    NoSpecial,
}

impl PasswordError {
    /// Returns the stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort(PasswordPolicy::FourClasses) => "password_too_short",
            Self::TooShort(PasswordPolicy::LengthOnly) => "password_shorter_than_15",
            Self::TooLong => "password_too_long",
            Self::NoUpper => "password_no_upper",
            Self::NoLower => "password_no_lower",
            Self::NoDigit => "password_no_digit",
            Self::NoSpecial => "password_no_special",
        }
    }
}

impl Password {
    /// Maximum length in bytes after NFC. Hashing reads every byte, so a longer text would only cost time.
    pub const MOST_BYTES: usize = 1024;

    /// Parses a new password and checks it against the policy.
    ///
    /// # Errors
    ///
    /// Names the first rule that is broken.
    pub fn choose(typed: &str, policy: PasswordPolicy) -> Result<Self, PasswordError> {
        let password = Self::present(typed)?;
        if password.0.chars().count() < policy.fewest_characters() {
            return Err(PasswordError::TooShort(policy));
        }
        if !policy.asks_for_classes() {
            return Ok(password);
        }
        let has = |test: fn(char) -> bool| password.0.chars().any(test);
        if !has(char::is_uppercase) {
            return Err(PasswordError::NoUpper);
        }
        if !has(char::is_lowercase) {
            return Err(PasswordError::NoLower);
        }
        if !has(char::is_numeric) {
            return Err(PasswordError::NoDigit);
        }
        if !has(|c| !c.is_alphanumeric() && !c.is_control()) {
            return Err(PasswordError::NoSpecial);
        }
        Ok(password)
    }

    /// Parses a password for signing in. Only its length is limited, because it may be older than the policy.
    ///
    /// # Errors
    ///
    /// When it is longer than [`Self::MOST_BYTES`].
    pub fn present(typed: &str) -> Result<Self, PasswordError> {
        // Refuse very long input before normalizing it.
        if typed.len() > 2 * Self::MOST_BYTES {
            return Err(PasswordError::TooLong);
        }
        // Reserve everything at once, because a growing text leaves copies in memory. NFC at most triples the length.
        let mut text = Zeroizing::new(String::with_capacity(3 * typed.len()));
        text.extend(typed.nfc());
        if text.len() > Self::MOST_BYTES {
            return Err(PasswordError::TooLong);
        }
        Ok(Self(text))
    }

    /// Returns the bytes to hash.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Returns the text, to estimate how guessable it is.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::{Debug, Display};
    use std::marker::PhantomData;

    use proptest::prelude::*;

    use super::*;
    use PasswordPolicy::{FourClasses, LengthOnly};

    #[test]
    fn a04_every_part_of_the_rule_has_its_own_code() {
        let broken =
            |typed: &str| Password::choose(typed, FourClasses).err().map(PasswordError::code);
        assert_eq!(broken("Short1!"), Some("password_too_short"));
        assert_eq!(broken("lower-case-only-1"), Some("password_no_upper"));
        assert_eq!(broken("UPPER-CASE-ONLY-1"), Some("password_no_lower"));
        assert_eq!(broken("No-digits-in-here"), Some("password_no_digit"));
        assert_eq!(broken("NothingSpecial12"), Some("password_no_special"));
        assert_eq!(broken(&"Aa1!".repeat(300)), Some("password_too_long"));
        assert_eq!(broken("Sunny-Meadow-42"), None);
    }

    #[test]
    fn a04_the_nist_policy_asks_for_length_and_nothing_else() {
        let broken =
            |typed: &str| Password::choose(typed, LengthOnly).err().map(PasswordError::code);
        assert_eq!(broken("Sunny-Meadow-4"), Some("password_shorter_than_15"));
        assert_eq!(broken("correct horse battery"), None);
        assert_eq!(PasswordPolicy::named("nist"), Some(LengthOnly));
        assert_eq!(PasswordPolicy::named("four_classes"), Some(FourClasses));
        assert_eq!(PasswordPolicy::named("NIST"), None);
    }

    /// The letter e with an accent, typed as one character or as two.
    #[test]
    fn a04_two_ways_to_type_the_same_text_are_one_password() {
        let composed = Password::present("Caf\u{e9}-au-Lait-1").ok();
        let decomposed = Password::present("Cafe\u{301}-au-Lait-1").ok();
        assert_eq!(
            composed.map(|it| it.as_bytes().to_vec()),
            decomposed.map(|it| it.as_bytes().to_vec())
        );
    }

    proptest! {
        #[test]
        fn a04_whatever_is_accepted_keeps_every_part_of_the_rule(typed in "\\PC{0,40}") {
            if let Ok(password) = Password::choose(&typed, FourClasses) {
                let text = password.reveal();
                prop_assert!(text.chars().count() >= 12 && text.len() <= 1024);
                prop_assert!(text.chars().any(char::is_uppercase));
                prop_assert!(text.chars().any(char::is_lowercase));
                prop_assert!(text.chars().any(char::is_numeric));
                prop_assert!(text.chars().any(|c| !c.is_alphanumeric()));
            }
            if let Ok(password) = Password::choose(&typed, LengthOnly) {
                prop_assert!(password.reveal().chars().count() >= 15);
            }
        }

        /// A password with the length and all four classes is never refused.
        #[test]
        fn a04_nothing_that_keeps_the_rule_is_refused(
            upper in "[A-ZÀ-Ý&&[^×]]{1,5}", lower in "[a-zß-ÿ&&[^÷]]{1,5}", digit in "[0-9]{1,5}",
            special in "[ -/:-@]{1,5}", rest in "[!-~]{8,20}",
        ) {
            let typed = format!("{upper}{rest}{lower}{digit}{special}");
            prop_assert!(Password::choose(&typed, FourClasses).is_ok());
        }

        #[test]
        fn a04_no_text_of_any_length_stops_the_reader(typed in any::<String>(), times in 1_usize..60) {
            let _judged = Password::choose(&typed.repeat(times), FourClasses).is_ok();
        }
    }

    /// Tells whether a type implements a trait: the inherent constant hides the one of the trait.
    struct Probe<T>(PhantomData<T>);
    trait Silent {
        const PRINTS: bool = false;
        const SHOWS: bool = false;
        const SERIALIZES: bool = false;
    }
    impl<T> Silent for Probe<T> {}
    macro_rules! probe {
        ($constant:ident, $bound:path) => {
            impl<T: $bound> Probe<T> {
                const $constant: bool = true;
            }
        };
    }
    probe!(PRINTS, Debug);
    probe!(SHOWS, Display);
    probe!(SERIALIZES, serde::Serialize);

    #[test]
    fn a21_nothing_can_print_or_send_a_password() {
        const { assert!(!Probe::<Password>::PRINTS && !Probe::<TypedPassword>::PRINTS) };
        const { assert!(!Probe::<Password>::SHOWS && !Probe::<TypedPassword>::SHOWS) };
        const { assert!(!Probe::<Password>::SERIALIZES && !Probe::<TypedPassword>::SERIALIZES) };
        // The probe detects a trait that is implemented.
        const { assert!(Probe::<String>::PRINTS && Probe::<String>::SHOWS) };
        const { assert!(Probe::<String>::SERIALIZES) };
    }

    /// Checks the limits: just long enough, one too short, one too long.
    #[test]
    fn a04_the_lengths_are_counted_to_the_letter() {
        let kept = |typed: &str, policy| Password::choose(typed, policy).is_ok();
        assert!(kept("Sunny-Mead-4", FourClasses) && !kept("Sunny-Mea-4", FourClasses));
        assert!(kept("fifteen letters", LengthOnly) && !kept("fifteen letter", LengthOnly));
        let (longest, longer) = ("Aa1!".repeat(256), format!("{}x", "Aa1!".repeat(256)));
        assert!(kept(&longest, FourClasses) && !kept(&longer, FourClasses));
        // NFC turns nine bytes into three: the typed text has twice the limit, the normalized one is within it.
        let syllables = "\u{1112}\u{1161}\u{11ab}".repeat(227);
        assert!(Password::present(&format!("{syllables}Aa1-x")).is_ok(), "2,048 bytes");
        assert!(Password::present(&format!("{syllables}Aa1-xy")).is_err(), "2,049 bytes");
    }

    #[test]
    fn what_was_typed_is_what_is_hashed() {
        let typed: TypedPassword = serde_json::from_str("\"Sunny-Meadow-42\"").unwrap();
        assert_eq!(typed.reveal(), "Sunny-Meadow-42");
        let password = Password::present(typed.reveal()).ok().unwrap();
        assert_eq!(password.as_bytes(), b"Sunny-Meadow-42");
    }
}
