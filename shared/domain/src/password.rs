//! The password rule of the security page.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// A password that keeps the rule. Never printed, never serialised.
pub struct Password(String);

/// Which part of the rule a password breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than [`Password::FEWEST_CHARACTERS`].
    #[error("too short")]
    TooShort,
    /// More than [`Password::MOST_BYTES`].
    #[error("too long")]
    TooLong,
    /// No upper-case letter.
    #[error("no upper-case letter")]
    NoUpper,
    /// No lower-case letter.
    #[error("no lower-case letter")]
    NoLower,
    /// No digit.
    #[error("no digit")]
    NoDigit,
    /// Nothing but letters and digits.
    #[error("no special character")]
    NoSpecial,
}

impl PasswordError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "password_too_short",
            Self::TooLong => "password_too_long",
            Self::NoUpper => "password_no_upper",
            Self::NoLower => "password_no_lower",
            Self::NoDigit => "password_no_digit",
            Self::NoSpecial => "password_no_special",
        }
    }
}

impl Password {
    /// Unicode scalar values after NFC. Source: our security page ("a minimum of 12 characters").
    pub const FEWEST_CHARACTERS: usize = 12;
    /// Bytes; hashing reads them all, so a megabyte would be work for nothing.
    pub const MOST_BYTES: usize = 1024;

    /// A password somebody chooses: it must keep the rule.
    ///
    /// # Errors
    ///
    /// The first part of the rule that is broken.
    pub fn choose(typed: &str) -> Result<Self, PasswordError> {
        let password = Self::typed(typed)?;
        if password.0.chars().count() < Self::FEWEST_CHARACTERS {
            return Err(PasswordError::TooShort);
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

    /// A password somebody signs in with: only its length is bounded, it may be older than the rule.
    ///
    /// # Errors
    ///
    /// When it is longer than [`Self::MOST_BYTES`].
    pub fn typed(typed: &str) -> Result<Self, PasswordError> {
        let text: String = typed.nfc().collect();
        if text.len() > Self::MOST_BYTES {
            return Err(PasswordError::TooLong);
        }
        Ok(Self(text))
    }

    /// What is hashed.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_the_rule_has_its_own_error() {
        let broken = |typed| Password::choose(typed).map(|_| ()).unwrap_err();
        assert_eq!(broken("Short1!"), PasswordError::TooShort);
        assert_eq!(broken("lower-case-only-1"), PasswordError::NoUpper);
        assert_eq!(broken("UPPER-CASE-ONLY-1"), PasswordError::NoLower);
        assert_eq!(broken("No-digits-in-here"), PasswordError::NoDigit);
        assert_eq!(broken("NothingSpecial12"), PasswordError::NoSpecial);
        assert_eq!(broken(&"Aa1!".repeat(300)), PasswordError::TooLong);
        assert!(Password::choose("Sunny-Meadow-42").is_ok());
    }

    #[test]
    fn a_password_is_never_printed() {
        let password = Password::choose("Sunny-Meadow-42").unwrap();
        assert_eq!(format!("{password:?}"), "Password(..)");
    }
}
