//! The expiry of a gallery for families, as a person writes it.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// The effect of a build on a gallery's expiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpiryChange {
    /// The expiry stays as it is. An expired gallery is left alone.
    Unchanged,
    /// The gallery no longer expires.
    Removed,
    /// The gallery expires at this instant, in seconds since 1970.
    At(i64),
}

/// Why a text is not a valid expiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExpiryError {
    /// Neither a date nor an RFC 3339 time.
    #[error("expiry is neither a date nor a time with a zone")]
    Form,
    /// The instant is in the past.
    #[error("expiry is in the past")]
    Past,
}

/// Parses an expiry, a date or an RFC 3339 time, and returns seconds since 1970.
///
/// A date includes the whole day: it means the last second of that day in the school's time zone. Other gallery
/// products do the same (Pixieset: "11:59 PM of the selected date").
///
/// # Errors
///
/// See [`ExpiryError`].
pub fn expiry(text: &str, zone: &TimeZone, now: Timestamp) -> Result<i64, ExpiryError> {
    let end = match text.parse::<Timestamp>() {
        Ok(instant) => instant.as_second(),
        Err(_) => end_of(text, zone).ok_or(ExpiryError::Form)?,
    };
    if end > now.as_second() { Ok(end) } else { Err(ExpiryError::Past) }
}

/// Returns the last second of a day: one before the first second of the next, for any daylight-saving change.
fn end_of(text: &str, zone: &TimeZone) -> Option<i64> {
    // `Date` also accepts a time after the date and drops it, so only the plain form is accepted.
    let date: Date =
        Date::strptime("%Y-%m-%d", text).ok().filter(|date| date.to_string() == text)?;
    let next = date.checked_add(1.day()).ok()?.to_zoned(zone.clone()).ok()?;
    Some(next.timestamp().as_second().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str, zone: &str) -> Result<String, ExpiryError> {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        let end = expiry(text, &zone, Timestamp::UNIX_EPOCH)?;
        Ok(Timestamp::from_second(end).unwrap_or(Timestamp::MAX).to_string())
    }

    #[test]
    fn a_date_ends_with_its_day_at_the_school() {
        for (text, zone, end) in [
            ("2026-12-24", "America/Denver", "2026-12-25T06:59:59Z"),
            ("2026-12-24", "Pacific/Kiritimati", "2026-12-24T09:59:59Z"),
            ("2026-12-24", "Etc/UTC", "2026-12-24T23:59:59Z"),
            ("2028-02-29", "Asia/Kathmandu", "2028-02-29T18:14:59Z"),
            // Daylight saving starts, or ends, in the night before or after.
            ("2026-03-07", "America/Denver", "2026-03-08T06:59:59Z"),
            ("2026-03-08", "America/Denver", "2026-03-09T05:59:59Z"),
            ("2026-11-01", "America/Denver", "2026-11-02T06:59:59Z"),
            // Midnight does not exist or comes twice, or the hour before it comes twice.
            ("2024-03-09", "America/Havana", "2024-03-10T04:59:59Z"),
            ("2024-11-02", "America/Havana", "2024-11-03T03:59:59Z"),
            ("2018-02-17", "America/Sao_Paulo", "2018-02-18T02:59:59Z"),
            ("2026-12-24T18:00:00-07:00", "Europe/Berlin", "2026-12-25T01:00:00Z"),
            ("2026-12-24T18:00Z", "Europe/Berlin", "2026-12-24T18:00:00Z"),
        ] {
            assert_eq!(read(text, zone).as_deref(), Ok(end), "{text} {zone}");
        }
    }

    #[test]
    fn every_other_form_is_named_and_nothing_is_guessed() {
        for text in [
            "",
            "soon",
            "24.12.2026",
            "12/24/2026",
            "2026-12-24T18:00",
            "2026-12-24 ",
            "2026-2-3",
            "2026-02-30",
            "20261224",
            "2026-W52-4",
            "1798156800",
            "-000001-01-01",
            "9999-12-31",
        ] {
            assert_eq!(read(text, "America/Denver"), Err(ExpiryError::Form), "{text}");
        }
    }

    #[test]
    fn what_is_over_is_refused_and_today_is_not() {
        let zone = TimeZone::get("America/Denver").unwrap();
        let now: Timestamp = "2026-12-25T06:59:58Z".parse().unwrap();
        assert!(expiry("2026-12-24", &zone, now).is_ok());
        let now = now.checked_add(1.second()).unwrap();
        assert_eq!(expiry("2026-12-24", &zone, now), Err(ExpiryError::Past));
        assert_eq!(expiry("2026-12-25T06:59:59Z", &zone, now), Err(ExpiryError::Past));
    }

    proptest! {
        /// No text panics. For any date, its last second is on that day at the school and the next second is not.
        #[test]
        fn the_last_second_of_a_day_is_on_that_day(
            text in "\\PC{0,30}|[0-9T:Z+-]{0,25}",
            day in 0_i64..40_000,
            zone in proptest::sample::select(vec![
                "America/Denver", "Asia/Tokyo", "America/Havana", "Australia/Lord_Howe", "Asia/Beirut", "Etc/UTC",
            ]),
        ) {
            let zone = TimeZone::get(zone).unwrap();
            let _any = expiry(&text, &zone, Timestamp::UNIX_EPOCH);
            let date = jiff::civil::date(1971, 1, 1).checked_add(day.days()).unwrap();
            let end = expiry(&date.to_string(), &zone, Timestamp::UNIX_EPOCH).unwrap();
            let at = |second| Timestamp::from_second(second).unwrap().to_zoned(zone.clone()).date();
            prop_assert_eq!(at(end), date);
            prop_assert!(at(end + 1) > date);
        }
    }
}
