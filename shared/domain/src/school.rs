//! Districts and schools.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::ids::{DistrictId, SchoolId};
use crate::picture_day::SchoolYear;
use crate::text::Line;

/// A school district.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct District {
    /// The id.
    pub id: DistrictId,
    /// The name: public, not personal data.
    pub name: Line,
}

/// The rule who must agree before a parent sees a gallery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParentAccess {
    /// The printed share code, a confirmed e-mail address and consent.
    #[default]
    Code,
    /// All of these, and the school's approval.
    Approval,
}

impl ParentAccess {
    /// Returns the name in the API and in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Approval => "approval",
        }
    }
}

/// A school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct School {
    /// The id.
    pub id: SchoolId,
    /// The district.
    pub district_id: DistrictId,
    /// The name: public, not personal data.
    pub name: Line,
    /// The time zone of its dates.
    pub time_zone: Zone,
    /// The rule who must agree before a parent sees a gallery.
    #[serde(default)]
    pub parent_access: ParentAccess,
    /// Whether students of 18 and over may see their own galleries, each with the school's approval.
    ///
    /// Not written while it is `false`, because older rows do not have it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub adult_students: bool,
}

impl School {
    /// Returns the school year at an instant, in the school's time zone.
    pub fn school_year_at(&self, now: Timestamp) -> SchoolYear {
        SchoolYear::of(now.to_zoned(self.time_zone.zone()).date())
    }
}

/// An IANA time zone that exists: `America/Denver`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(String);

/// The time zone does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown IANA time zone")]
pub struct ZoneError;

impl Zone {
    /// Parses a name with the compiled-in IANA data.
    ///
    /// # Errors
    ///
    /// When the time zone does not exist.
    pub fn parse(name: &str) -> Result<Self, ZoneError> {
        TimeZone::get(name)
            .ok()
            .and_then(|zone| zone.iana_name().map(|name| Self(name.to_owned())))
            .ok_or(ZoneError)
    }

    /// Returns the rules of the time zone.
    pub fn zone(&self) -> TimeZone {
        // The name was checked at construction and the data is compiled in, so UTC is never used.
        TimeZone::get(&self.0).unwrap_or(TimeZone::UTC)
    }

    /// Returns the IANA name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Zone {
    type Error = ZoneError;
    fn try_from(name: String) -> Result<Self, ZoneError> {
        Self::parse(&name)
    }
}
impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_that_does_not_exist_is_refused() {
        assert!(Zone::parse("America/Denver").is_ok());
        assert_eq!(Zone::parse("Mars/Olympus"), Err(ZoneError));
        assert_eq!(Zone::parse(""), Err(ZoneError));
    }
}
