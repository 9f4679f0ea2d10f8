//! A camera card: printed with a code and photographed before the student it names.
//!
//! The frames after it belong to it, until the next card.

pub mod pattern;
pub mod printable;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::StudentId;

/// The code on a camera card: ten symbols of an alphabet without look-alikes (no `0 O 1 I L`).
///
/// The caller derives it from the picture day and the student. It means nothing outside that picture day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CardCode([u8; CardCode::LENGTH]);

/// Why a text is not the code of a camera card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CardCodeError {
    /// Not ten symbols.
    #[error("card code does not have ten symbols")]
    WrongLength,
    /// A symbol outside the alphabet.
    #[error("card code has a symbol outside its alphabet")]
    UnknownSymbol,
    /// The QR code of something else.
    #[error("not the QR code of a camera card")]
    NotACard,
}

impl CardCode {
    /// Length of a code: 10 places of 31 symbols, about 8.2 × 10^14 codes.
    pub const LENGTH: usize = 10;
    const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
    /// Prefix in the QR code of every card, so that a poster's QR code is not taken for one.
    const QR_PREFIX: &str = "PD-";

    /// Returns the code for a digest: its last ten digits as a number in base 31.
    ///
    /// With 256 bits no symbol is measurably more likely than another (the bias is below 2^-200).
    pub fn from_digest(digest: &[u8; 32]) -> Self {
        let mut number = *digest;
        let mut code = [0; Self::LENGTH];
        for place in code.iter_mut().rev() {
            let digit = divide_by_31(&mut number);
            *place = Self::ALPHABET.get(digit).copied().unwrap_or_default();
        }
        Self(code)
    }

    /// Parses a code as a person types it: spaces and hyphens are ignored, case does not matter.
    ///
    /// # Errors
    ///
    /// Names the rule that the text breaks.
    pub fn parse(typed: &str) -> Result<Self, CardCodeError> {
        let mut places = [0; Self::LENGTH];
        let mut free = places.iter_mut();
        for c in typed.chars().filter(|c| !matches!(c, ' ' | '-')) {
            let symbol = u8::try_from(c.to_ascii_uppercase())
                .ok()
                .filter(|symbol| Self::ALPHABET.contains(symbol))
                .ok_or(CardCodeError::UnknownSymbol)?;
            *free.next().ok_or(CardCodeError::WrongLength)? = symbol;
        }
        if free.next().is_some() { Err(CardCodeError::WrongLength) } else { Ok(Self(places)) }
    }

    /// Parses the text of a QR code.
    ///
    /// # Errors
    ///
    /// [`CardCodeError::NotACard`] without the prefix of a card; another error when the prefix is there but the code is
    /// invalid.
    pub fn from_qr_text(text: &str) -> Result<Self, CardCodeError> {
        Self::parse(text.trim().strip_prefix(Self::QR_PREFIX).ok_or(CardCodeError::NotACard)?)
    }

    /// Returns the text of the card's QR code.
    ///
    /// It has only capitals, digits and a hyphen, which QR codes store most densely.
    pub fn qr_text(&self) -> String {
        format!("{}{}", Self::QR_PREFIX, self.as_str())
    }

    /// Returns the ten symbols.
    pub fn as_str(&self) -> &str {
        // Every symbol comes from the alphabet, which is ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Formats the code as printed: `ABCDE-FGHJK`.
    pub fn grouped(&self) -> String {
        let (first, second) = self.as_str().split_at_checked(Self::LENGTH / 2).unwrap_or_default();
        format!("{first}-{second}")
    }
}

/// Divides the big-endian number in place and returns the remainder.
fn divide_by_31(number: &mut [u8; 32]) -> usize {
    let mut remainder: u16 = 0;
    for byte in number {
        let part = (remainder << 8) | u16::from(*byte);
        // The quotient is below 256, because the previous remainder was below 31.
        *byte = u8::try_from(part / 31).unwrap_or(u8::MAX);
        remainder = part % 31;
    }
    usize::from(remainder)
}

/// Never prints the code, because codes do not belong in logs.
impl fmt::Debug for CardCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardCode(..)")
    }
}

impl TryFrom<String> for CardCode {
    type Error = CardCodeError;
    fn try_from(text: String) -> Result<Self, CardCodeError> {
        Self::parse(&text)
    }
}

impl From<CardCode> for String {
    fn from(code: CardCode) -> Self {
        code.as_str().to_owned()
    }
}

/// The holder of a card.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// A student of the roster.
    Student(StudentId),
    /// Not assigned yet: the spare card with this number, for a student without a card.
    Spare(u16),
}

/// A camera card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The code.
    pub code: CardCode,
    /// The holder.
    pub holder: Holder,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = CardCode::parse("ABCDE-FGHJK").unwrap();
        assert_eq!(CardCode::parse(" abc de fgh-jk"), Ok(code));
        assert_eq!(code.as_str(), "ABCDEFGHJK");
        assert_eq!(code.grouped(), "ABCDE-FGHJK");
        assert_eq!(code.qr_text(), "PD-ABCDEFGHJK");
    }

    #[test]
    fn what_is_not_a_code_says_why() {
        assert_eq!(CardCode::parse("ABCDEFGHJ"), Err(CardCodeError::WrongLength));
        assert_eq!(CardCode::parse("ABCDEFGHJKM"), Err(CardCodeError::WrongLength));
        for look_alike in ["0", "O", "1", "I", "L", "é", "李"] {
            let typed = format!("ABCDEFGHJ{look_alike}");
            assert_eq!(CardCode::parse(&typed), Err(CardCodeError::UnknownSymbol));
        }
        assert_eq!(CardCode::from_qr_text("https://example.org"), Err(CardCodeError::NotACard));
        assert_eq!(CardCode::from_qr_text("PD-ABC"), Err(CardCodeError::WrongLength));
    }

    #[test]
    fn the_code_of_a_digest_never_changes() {
        // Cards are printed days before they are photographed, so the derivation must never change between two builds.
        let mut digest = [0; 32];
        assert_eq!(CardCode::from_digest(&digest).as_str(), "2222222222");
        digest[31] = 31;
        assert_eq!(CardCode::from_digest(&digest).as_str(), "2222222232");
        // 2^256 - 1 = 0x…ff, its last ten digits in base 31, computed with Python.
        assert_eq!(CardCode::from_digest(&[0xFF; 32]).as_str(), "3E89S28DB3");
    }

    #[test]
    fn a_printed_value_shows_no_code() {
        assert_eq!(format!("{:?}", CardCode::from_digest(&[1; 32])), "CardCode(..)");
    }

    proptest! {
        #[test]
        fn every_digest_gives_a_code_that_reads_back(digest: [u8; 32]) {
            let code = CardCode::from_digest(&digest);
            prop_assert_eq!(CardCode::parse(code.as_str()), Ok(code));
            prop_assert_eq!(CardCode::parse(&code.grouped()), Ok(code));
            prop_assert_eq!(CardCode::from_qr_text(&code.qr_text()), Ok(code));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,20}") {
            let _read = (CardCode::parse(&text), CardCode::from_qr_text(&text));
        }
    }
}
