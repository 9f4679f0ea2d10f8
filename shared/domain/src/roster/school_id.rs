//! School-issued ids in a file: damage by spreadsheets, and values that mean "none".

/// The result of reading an id.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ReadId {
    /// A valid id; `is_cleaned` when a spreadsheet's mark was removed.
    Id { id: String, is_cleaned: bool },
    /// The cell is empty.
    Empty,
    /// The cell says that there is no id.
    MeansNone,
    /// A rounded id: its last digits are lost.
    Rounded(String),
}

/// Words that mean "no id".
const NONE: [&str; 31] = [
    "null",
    "(null)",
    "nil",
    "none",
    "n/a",
    "na",
    "n.a.",
    "n/d",
    "#n/a",
    "nan",
    "tbd",
    "tba",
    "unknown",
    "pending",
    "no id",
    "noid",
    "missing",
    "blank",
    "empty",
    "undefined",
    "false",
    "ninguno",
    "ninguna",
    "sin",
    "sin id",
    "s/n",
    "keine",
    "kein",
    "aucun",
    "nessuno",
    "nenhum",
];

/// Reads the id in a cleaned cell. `takes_decimals` says that ids of this file have real decimals (`12.1`).
///
/// Spreadsheets write `="0042"` or `'0042` to keep zeros, `42.0` for a number, and `1.2E+11` for a long one.
pub(super) fn read(value: &str, takes_decimals: bool) -> ReadId {
    let inside = value.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    let mut id = inside.unwrap_or(value).trim();
    let mut is_cleaned = false;
    if let Some(rest) = id.strip_prefix(['\'', '’', '‘', '`'])
        && rest.starts_with(|c: char| c.is_ascii_alphanumeric())
    {
        id = rest.trim_end_matches('\'');
        is_cleaned = true;
    }
    if let Some((whole, zeros)) = id.split_once(['.', ','])
        && !takes_decimals
        && is_digits(whole)
        && matches!(zeros, "0" | "00")
    {
        id = whole;
        is_cleaned = true;
    }
    if id.is_empty() {
        ReadId::Empty
    } else if means_none(id) {
        ReadId::MeansNone
    } else if is_rounded(id) {
        ReadId::Rounded(id.to_owned())
    } else {
        ReadId::Id { id: id.to_owned(), is_cleaned }
    }
}

/// Returns whether the id has decimals that no spreadsheet adds: `12.1`.
pub(super) fn has_decimals(value: &str) -> bool {
    let parts = value.trim().split_once('.');
    parts.is_some_and(|(whole, decimals)| {
        is_digits(whole) && is_digits(decimals) && decimals.bytes().any(|digit| digit != b'0')
    })
}

fn means_none(id: &str) -> bool {
    id.bytes().all(|byte| byte == b'0')
        || !id.contains(char::is_alphanumeric)
        || NONE.contains(&id.to_lowercase().as_str())
}

/// Returns whether the id is a rounded number: `1.23457E+11` or `1,2e11`. `1E5` may be a real id.
fn is_rounded(id: &str) -> bool {
    id.split_once(['E', 'e']).is_some_and(|(digits, exponent)| {
        let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
        let (sign, power) = exponent.split_at_checked(1).unwrap_or_default();
        let is_power = is_digits(exponent) || (matches!(sign, "+" | "-") && is_digits(power));
        let is_written_so = !fraction.is_empty() || sign == "+";
        is_written_so
            && is_digits(whole)
            && (fraction.is_empty() || is_digits(fraction))
            && is_power
    })
}

/// Returns whether the rounded id may be this id: as many digits, and the same first ones.
pub(super) fn may_be(rounded: &str, id: &str) -> bool {
    let Some((digits, exponent)) = rounded.split_once(['E', 'e']) else { return false };
    let power: Option<usize> = exponent.trim_start_matches('+').parse().ok();
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    let id = id.trim_start_matches('0');
    let shown: String = [whole, fraction].concat();
    // The last shown digit was rounded, so it is not compared.
    let sure = shown.get(..shown.len().saturating_sub(1)).unwrap_or_default();
    is_digits(id)
        && whole.len() == 1
        && power.is_some_and(|power| id.len() == power.saturating_add(1))
        && (id.starts_with(sure) || is_next(sure, id))
}

/// Returns whether rounding up carried into the earlier digits: `1.3000E+11` of `129999…`.
///
fn is_next(sure: &str, id: &str) -> bool {
    let start = id.get(..sure.len()).and_then(|start| start.parse::<u64>().ok());
    start
        .zip(sure.parse::<u64>().ok())
        .is_some_and(|(start, sure)| start.checked_add(1) == Some(sure))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(value: &str) -> ReadId {
        read(value, false)
    }

    #[test]
    fn the_marks_of_spreadsheets_are_taken_off_an_id() {
        for (value, expected, is_cleaned) in [
            ("0042", "0042", false),
            ("=\"0042\"", "0042", false),
            ("'0042", "0042", true),
            ("’0042", "0042", true),
            ("123456.0", "123456", true),
            ("=cmd()", "=cmd()", false),
            ("1E5", "1E5", false),
            ("12e5", "12e5", false),
            ("12.1", "12.1", false),
        ] {
            assert_eq!(id(value), ReadId::Id { id: expected.into(), is_cleaned }, "{value}");
        }
        let kept = ReadId::Id { id: "12.0".into(), is_cleaned: false };
        assert_eq!(read("12.0", true), kept);
        assert!(has_decimals("12.1") && !has_decimals("12.0") && !has_decimals("12"));
    }

    #[test]
    fn an_id_that_means_none_is_none() {
        for value in ["0", "00", "NULL", "N/A", "none", "-", "--", "#N/A", "TBD", "?", "'0", "0.0"]
        {
            assert_eq!(id(value), ReadId::MeansNone, "{value}");
        }
        assert_eq!(id(" "), ReadId::Empty);
    }

    #[test]
    fn a_rounded_id_is_known_in_any_notation() {
        for value in ["1.23457E+11", "1,2E+11", "1E+11", "1.23457e+11", "1.23457e11"] {
            assert_eq!(id(value), ReadId::Rounded(value.into()));
        }
        assert!(may_be("1.23457E+11", "123456789012"));
        assert!(may_be("1.3000e+11", "129999999999"));
        assert!(!may_be("1.23457E+11", "12345678901"));
        assert!(!may_be("1.23457E+11", "223456789012"));
    }
}
