//! Where students are: districts and schools.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::ids::{DistrictId, SchoolId};
use crate::picture_day::SchoolYear;
use crate::text::Line;

/// A school district.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct District {
    /// Its id.
    pub id: DistrictId,
    /// Its name: public, not personal data.
    pub name: Line,
}

/// Who must agree before a parent sees a gallery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParentAccess {
    /// The private printed code, a confirmed address and consent.
    #[default]
    Code,
    /// These, and the approval of the school.
    Approval,
}

impl ParentAccess {
    /// The name on the wire and in the log.
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
    /// Its id.
    pub id: SchoolId,
    /// Its district.
    pub district_id: DistrictId,
    /// Its name: public, not personal data.
    pub name: Line,
    /// The zone its dates are in.
    pub time_zone: Zone,
    /// Who must agree before a parent sees a gallery.
    #[serde(default)]
    pub parent_access: ParentAccess,
    /// Whether students of 18 and over may see their own galleries, each with the school's approval. Not written
    /// while it is off, as rows from before it have it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub adult_students: bool,
}

impl School {
    /// The school year at an instant, by the school's own calendar.
    pub fn school_year_at(&self, now: Timestamp) -> SchoolYear {
        SchoolYear::of(now.to_zoned(self.time_zone.zone()).date())
    }
}

/// An IANA time zone that exists: `America/Denver`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(String);

/// There is no such zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such IANA time zone")]
pub struct ZoneError;

impl Zone {
    /// Looks the zone up in the IANA data that is compiled in.
    ///
    /// # Errors
    ///
    /// When there is no such zone.
    pub fn parse(name: &str) -> Result<Self, ZoneError> {
        TimeZone::get(name)
            .ok()
            .and_then(|zone| zone.iana_name().map(|name| Self(name.to_owned())))
            .ok_or(ZoneError)
    }

    /// The zone's rules.
    pub fn zone(&self) -> TimeZone {
        // The name was looked up when the value was made; the data is compiled in.
        TimeZone::get(&self.0).unwrap_or(TimeZone::UTC)
    }

    /// The IANA name.
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
