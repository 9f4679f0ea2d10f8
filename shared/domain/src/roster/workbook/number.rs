//! Formats numbers of a workbook as a person sees them.

use super::sheet::SheetCell;
use crate::roster::grid::CellFault;

/// The first number that may have lost digits: Excel keeps 15.
const FIRST_ROUNDED: f64 = 1e15;

/// Formats a number: integers without decimals, and with leading zeros where the format has them.
pub(super) fn shown(value: f64, pattern: Option<&DigitPattern>) -> SheetCell {
    // Integers below 10^15 are printed exactly.
    let is_whole = value.fract() == 0.0;
    if is_whole && value.abs() >= FIRST_ROUNDED {
        return SheetCell::fault(format!("{value:e}"), CellFault::Rounded);
    }
    if !is_whole || value < 0.0 {
        return SheetCell::text(format!("{value}"));
    }
    let digits = format!("{value:.0}");
    SheetCell::text(match pattern {
        Some(pattern) => pattern.apply(&digits),
        None => digits,
    })
}

/// Formats a date (`2026-01-02`) and marks it as damaged, because Excel turns a class `1-2` into a date.
pub(super) fn date(days: f64) -> SheetCell {
    // Excel counts days; day 25,569 is 1 January 1970.
    let seconds = (days - 25_569.0) * 86_400.0;
    let text = jiff::SignedDuration::try_from_secs_f64(seconds)
        .ok()
        .and_then(|since| jiff::Timestamp::UNIX_EPOCH.checked_add(since).ok())
        .map(|time| time.strftime("%Y-%m-%d").to_string());
    SheetCell::fault(text.unwrap_or_else(|| format!("{days}")), CellFault::Date)
}

/// A number format with a fixed place for each digit: `00000`, `000-000`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DigitPattern(Vec<char>);

impl DigitPattern {
    /// Parses a format code of Excel; `None` for other kinds.
    pub(super) fn parse(format: &str) -> Option<Self> {
        let positive = format.split(';').next().unwrap_or_default();
        let signs: Vec<char> = positive.chars().filter(|c| !matches!(c, '\\' | '"')).collect();
        let zeros = signs.iter().filter(|c| **c == '0').count();
        let is_pattern = signs.iter().all(|c| matches!(c, '0' | '-' | ' '));
        (is_pattern && zeros > 1 && signs.len() <= 40).then_some(Self(signs))
    }

    /// Puts the digits into their places from the right. Extra digits stay in front.
    fn apply(&self, digits: &str) -> String {
        let mut rest: Vec<char> = digits.chars().collect();
        let mut shown = Vec::new();
        for sign in self.0.iter().rev() {
            shown.push(if *sign == '0' { rest.pop().unwrap_or('0') } else { *sign });
        }
        rest.into_iter().chain(shown.into_iter().rev()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_a_person_sees_them() {
        let zeros = DigitPattern::parse("00000").unwrap();
        for (value, pattern, text) in [
            (42.0, None, "42"),
            (42.0, Some(&zeros), "00042"),
            (1_234_567.0, Some(&zeros), "1234567"),
            (123_456_789_012.0, None, "123456789012"),
            (12.5, None, "12.5"),
            (-3.0, None, "-3"),
        ] {
            assert_eq!(shown(value, pattern).text, text);
        }
        assert_eq!(shown(1_234_567_890_123_456.0, None).fault, Some(CellFault::Rounded));
        let number = DigitPattern::parse("000\\-00\\-0000").unwrap();
        assert_eq!(shown(78_051_120.0, Some(&number)).text, "078-05-1120");
        assert_eq!(DigitPattern::parse("General"), None);
        assert_eq!(DigitPattern::parse("0"), None);
        assert_eq!(DigitPattern::parse("0.00"), None);
    }

    #[test]
    fn a_date_is_a_fault_with_its_day() {
        let cell = date(46_024.0);
        assert_eq!((cell.text.as_str(), cell.fault), ("2026-01-02", Some(CellFault::Date)));
        assert!(date(f64::MAX).fault.is_some());
    }
}
