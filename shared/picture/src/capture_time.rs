//! Reads the capture time of a picture, in any notation that cameras and programs write.
//!
//! EXIF specifies `2026:09:14 09:12:33`. Files also contain dashes, slashes, points, a `T`, spaces instead of leading
//! zeros, a fraction or a time zone in the same text. Only unambiguous texts are read. A date that starts with the
//! day or the month is ambiguous: `04/05/2026` can be two dates.

use super::exif_block::{ExifBlock, ExifTag};

/// A capture time, and whether it is only an edit time.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// `2026-09-14T09:12:33`, with the camera's decimals of a second, at most three.
    pub(crate) at: String,
    /// Whether the file has only the time of the last edit.
    pub(crate) is_edit_time: bool,
}

/// Returns the capture time; if absent, the digitizing time; if absent, the time of the last edit.
pub(crate) fn find(exif: &ExifBlock<'_>) -> Option<Found> {
    [
        (ExifTag::DATE_TIME_ORIGINAL, ExifTag::SUB_SEC_TIME_ORIGINAL, false),
        (ExifTag::DATE_TIME_DIGITIZED, ExifTag::SUB_SEC_TIME_DIGITIZED, false),
        (ExifTag::DATE_TIME, ExifTag::SUB_SEC_TIME, true),
    ]
    .into_iter()
    .find_map(|(tag, fraction, is_edit_time)| {
        let fraction = exif.text(fraction).filter(|digits| is_number(digits));
        let at = read(&exif.text(tag)?, fraction.as_deref())?;
        Some(Found { at, is_edit_time })
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Parses a time, with the fraction of the second from another tag.
fn read(text: &str, fraction: Option<&str>) -> Option<String> {
    let (date, own_fraction) = parts(text)?;
    let [year, month, day, hour, minute, second] = date;
    let days = match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let is_time = (1990..=2200).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !is_time {
        return None;
    }
    let fraction = own_fraction.as_deref().or(fraction).unwrap_or_default();
    let fraction = fraction.get(..3).unwrap_or(fraction);
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{point}{fraction}"
    ))
}

/// Returns year to second, and the fraction if the text has one.
fn parts(text: &str) -> Option<([u32; 6], Option<String>)> {
    if text.len() == 14 && is_number(text) {
        let digits = |from, to| text.get(from..to)?.parse().ok();
        let date = [digits(0, 4)?, digits(4, 6)?, digits(6, 8)?];
        let time = [digits(8, 10)?, digits(10, 12)?, digits(12, 14)?];
        let ([year, month, day], [hour, minute, second]) = (date, time);
        return Some(([year, month, day, hour, minute, second], None));
    }
    let mut rest = text;
    let mut date = [0; 6];
    let separators = [None, Some(":-/."), Some(":-/."), Some(" T"), Some(":."), Some(":.")];
    for (part, separators) in date.iter_mut().zip(separators) {
        if let Some(allowed) = separators {
            let after = rest.trim_start();
            let after = after.strip_prefix(|c| allowed.contains(c)).or_else(|| {
                // Between date and time, a space is the separator.
                (allowed.contains(' ') && after.len() < rest.len()).then_some(after)
            })?;
            rest = after.trim_start();
        }
        let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, after) = rest.split_at_checked(end)?;
        let is_year = separators.is_none();
        if digits.is_empty() || (digits.len() != 4) == is_year || digits.len() > 4 {
            return None;
        }
        if !is_year && digits.len() > 2 {
            return None;
        }
        *part = digits.parse().ok()?;
        rest = after;
    }
    let fraction = rest.strip_prefix(['.', ',', ':']).and_then(|after| {
        let end = after.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(after.len());
        after.get(..end).filter(|digits| !digits.is_empty())
    });
    let zone = rest.get(fraction.map_or(0, |digits| digits.len() + 1)..)?.trim();
    let is_zone = zone.is_empty()
        || zone == "Z"
        || (zone.starts_with(['+', '-'])
            && zone.bytes().skip(1).all(|byte| byte.is_ascii_digit() || byte == b':'));
    is_zone.then(|| (date, fraction.map(str::to_owned)))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn every_unambiguous_notation_is_read() {
        for (text, at) in [
            ("2026:09:14 09:12:33", "2026-09-14T09:12:33"),
            ("2026-09-14 09:12:33", "2026-09-14T09:12:33"),
            ("2026/09/14 09:12:33", "2026-09-14T09:12:33"),
            ("2026.09.14 09:12:33", "2026-09-14T09:12:33"),
            ("2026-09-14T09:12:33", "2026-09-14T09:12:33"),
            ("2026-09-14T09:12:33Z", "2026-09-14T09:12:33"),
            ("2026-09-14T09:12:33+02:00", "2026-09-14T09:12:33"),
            ("2026-09-14T09:12:33.5-0500", "2026-09-14T09:12:33.5"),
            ("2026:09:14 09:12:33.794", "2026-09-14T09:12:33.794"),
            ("2026:09:14 09:12:33,794123", "2026-09-14T09:12:33.794"),
            ("2026:09:14  9:12:03", "2026-09-14T09:12:03"),
            ("2026: 9: 4  9: 2: 3", "2026-09-04T09:02:03"),
            ("20260914091233", "2026-09-14T09:12:33"),
            ("2024:02:29 00:00:00", "2024-02-29T00:00:00"),
        ] {
            assert_eq!(read(text, None).as_deref(), Some(at), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_or_two_times_is_not_read() {
        for text in [
            "",
            "    :  :     :  :  ",
            "0000:00:00 00:00:00",
            "2026:13:01 09:12:33",
            "2026:02:30 09:12:33",
            "2026:09:14 24:00:00",
            "2026:09:14 09:60:00",
            "04/05/2026 09:12:33",
            "26:09:14 09:12:33",
            "2026:09:14",
            "2026:09:14 09:12",
            "2026:09:14 9:12:33 PM",
            "2026:09:14 09:12:33 CEST",
            "yesterday",
            "2026:009:14 09:12:33",
            "1970:01:01 00:00:00",
            "2026:09:1409:12:33",
        ] {
            assert_eq!(read(text, None), None, "{text}");
        }
    }

    #[test]
    fn a_fraction_keeps_its_digits() {
        assert_eq!(
            read("2026:09:14 09:12:33", Some("05")).as_deref(),
            Some("2026-09-14T09:12:33.05")
        );
        assert_eq!(
            read("2026:09:14 09:12:33", Some("123456")).as_deref(),
            Some("2026-09-14T09:12:33.123")
        );
        assert_eq!(
            read("2026:09:14 09:12:33.7", Some("05")).as_deref(),
            Some("2026-09-14T09:12:33.7")
        );
    }
}
