//! Capture times, and how precisely they can be compared.

use jiff::civil::DateTime;

/// The civil time that a camera wrote, with its number of fraction digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaptureTime {
    at: DateTime,
    fraction_digits: usize,
}

impl CaptureTime {
    /// Parses a stored time: `2026-09-14T09:12:33`, with a fraction where the camera wrote one.
    pub fn parse(text: &str) -> Option<Self> {
        let fraction_digits = text.rsplit_once('.').map_or(0, |(_, fraction)| fraction.len());
        Some(Self { at: text.parse().ok()?, fraction_digits })
    }
}

impl std::fmt::Display for CaptureTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.*}", self.fraction_digits, self.at)
    }
}

/// The time range in which a frame was taken, both ends included.
///
/// In milliseconds since 1970 on the camera's own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Span {
    /// Returns whether all of this span is before all of the other one.
    pub(super) fn is_before(self, other: Self) -> bool {
        self.to < other.from
    }
}

/// The clock of one body: the precision with which its times can be compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    has_fractions: bool,
}

impl Clock {
    /// Finds the precision that all times of a body share.
    ///
    /// Fractions count only if every time has one of the same length. Some cameras write `5` for `.05`, and some write
    /// no fraction at times: a missing fraction is not zero.
    pub(super) fn of(times: impl Iterator<Item = CaptureTime> + Clone) -> Self {
        let mut digits = times.map(|time| time.fraction_digits);
        let first = digits.next().unwrap_or(0);
        Self { has_fractions: first > 0 && digits.all(|other| other == first) }
    }

    /// Returns the time at the precision of this clock.
    pub(super) fn span(self, time: CaptureTime) -> Span {
        let utc = time.at.to_zoned(jiff::tz::TimeZone::UTC);
        let exact = utc.map_or(0, |utc| utc.timestamp().as_millisecond());
        let at = if self.has_fractions { exact } else { exact.div_euclid(1_000) * 1_000 };
        Span { from: at, to: at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(texts: &[&str]) -> Vec<i64> {
        let times: Vec<_> = texts.iter().map(|text| CaptureTime::parse(text).unwrap()).collect();
        let clock = Clock::of(times.iter().copied());
        times.into_iter().map(|time| clock.span(time).from % 60_000).collect()
    }

    #[test]
    fn fractions_count_only_where_every_time_has_one() {
        assert_eq!(spans(&["2026-09-14T09:00:05.80", "2026-09-14T09:00:05.85"]), [5_800, 5_850]);
        assert_eq!(spans(&["2026-09-14T09:00:05.80", "2026-09-14T09:00:05"]), [5_000, 5_000]);
        assert_eq!(spans(&["2026-09-14T09:00:05.8", "2026-09-14T09:00:05.85"]), [5_000, 5_000]);
    }

    #[test]
    fn a_time_is_written_as_it_was_read() {
        for text in ["2026-09-14T09:12:33", "2026-09-14T09:12:33.1", "2026-09-14T09:12:33.120"] {
            assert_eq!(CaptureTime::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(CaptureTime::parse("yesterday"), None);
    }
}
