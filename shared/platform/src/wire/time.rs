//! Time format of the JSON API.

use jiff::Timestamp;

/// Formats seconds since 1970 as RFC 3339 in UTC.
///
/// A value outside the range of [`Timestamp`], which ends with the year 9999, becomes the latest timestamp.
pub fn rfc3339(seconds: i64) -> String {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX).to_string()
}
