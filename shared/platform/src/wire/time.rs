//! A time.

use jiff::Timestamp;

/// Seconds since 1970 as the wire has a time: RFC 3339, in UTC. What lies beyond the year 9999 is its end.
pub fn rfc3339(seconds: i64) -> String {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX).to_string()
}
