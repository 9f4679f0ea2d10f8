//! The six-digit code that is mailed to a person who signs in.

/// A code of six digits. It has no `Debug`: a reader of the log could sign in with it.
#[derive(Clone, PartialEq, Eq)]
pub struct MailedCode(u32);

impl MailedCode {
    /// Digits in a code.
    pub const DIGITS: usize = 6;
    /// Number of different codes.
    const CODES: u32 = 1_000_000;

    /// Creates a code from random bits; `None` when the caller must draw again.
    ///
    /// Rejection keeps all codes equally likely. Twenty bits reach 1,048,576, so about one draw in 22 is rejected.
    pub fn from_random(bits: [u8; 4]) -> Option<Self> {
        let number = u32::from_be_bytes(bits) & 0x000F_FFFF;
        (number < Self::CODES).then_some(Self(number))
    }

    /// Parses a code as a person types it: `123456`, `123 456`, `123-456`.
    pub fn parse(typed: &str) -> Option<Self> {
        let mut number = 0_u32;
        let mut digits = 0;
        for typed in typed.trim().chars() {
            if matches!(typed, ' ' | '-') {
                continue;
            }
            // ASCII digits only: the mail shows no others.
            let digit = typed.is_ascii_digit().then(|| typed.to_digit(10)).flatten()?;
            digits += 1;
            if digits > Self::DIGITS {
                return None;
            }
            number = number.checked_mul(10)?.checked_add(digit)?;
        }
        (digits == Self::DIGITS).then_some(Self(number))
    }

    /// Returns the six digits, as mailed and as hashed.
    pub fn text(&self) -> String {
        format!("{:06}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a08_a_code_is_read_as_people_type_it_and_nothing_else_is() {
        for good in ["012345", " 012 345 ", "012-345", "0 1 2 3 4 5"] {
            assert_eq!(MailedCode::parse(good).map(|code| code.text()).as_deref(), Some("012345"));
        }
        for bad in ["", "12345", "1234567", "12345a", "-", "１２３４５６", "12.345", "+12345"]
        {
            assert!(MailedCode::parse(bad).is_none(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a08_every_code_reads_back(bits in any::<[u8; 4]>()) {
            if let Some(code) = MailedCode::from_random(bits) {
                prop_assert!(MailedCode::parse(&code.text()) == Some(code));
            }
        }

        #[test]
        fn a08_no_text_stops_the_reader(typed in any::<String>()) {
            if let Some(code) = MailedCode::parse(&typed) {
                let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
                prop_assert_eq!(code.text(), digits);
            }
        }
    }

    /// Uses rejection, not a remainder: each code comes from exactly one of the 2^20 values of the used bits.
    #[test]
    fn a08_every_code_is_equally_likely() {
        let mut made = vec![0_u8; 1_000_000];
        let mut refused = 0;
        for bits in 0..1_u32 << 20 {
            match MailedCode::from_random(bits.to_be_bytes()) {
                Some(code) => made[usize::try_from(code.0).unwrap()] += 1,
                None => refused += 1,
            }
        }
        assert!(made.iter().all(|times| *times == 1));
        assert_eq!(refused, (1 << 20) - 1_000_000);
    }

    /// The upper twelve of the 32 bits are ignored.
    #[test]
    fn a08_twenty_bits_make_a_code() {
        let code = MailedCode::from_random([0xff, 0xf0, 0x00, 0x2a]);
        assert_eq!(code.map(|code| code.text()).as_deref(), Some("000042"));
    }
}
