//! A picture day: a calendar date at a school.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{PictureDayId, SchoolId};

/// The kind of a picture day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureDayKind {
    /// The autumn portraits.
    Fall,
    /// The spring portraits.
    Spring,
    /// For students who missed their portrait or dislike it.
    Retake,
    /// Graduates.
    Graduation,
    /// Anything else.
    Other,
}

impl PictureDayKind {
    /// Parses the name in the API.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "fall" => Some(Self::Fall),
            "spring" => Some(Self::Spring),
            "retake" => Some(Self::Retake),
            "graduation" => Some(Self::Graduation),
            "other" => Some(Self::Other),
            _ => None,
        }
    }

    /// Returns the name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fall => "fall",
            Self::Spring => "spring",
            Self::Retake => "retake",
            Self::Graduation => "graduation",
            Self::Other => "other",
        }
    }
}

/// A picture day at a school. Its date is in the school's time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureDay {
    /// The id.
    pub id: PictureDayId,
    /// The school.
    pub school_id: SchoolId,
    /// The date on the school's calendar.
    pub date: Date,
    /// The kind of day.
    pub kind: PictureDayKind,
    /// The day that a retake repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<PictureDayId>,
}

impl PictureDay {
    /// Returns the school year of the day, named by the calendar year it begins in.
    pub fn school_year(&self) -> SchoolYear {
        SchoolYear::of(self.date)
    }
}

/// A school year, named by the calendar year it begins in: 2026 is 2026–27.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SchoolYear(i16);

impl SchoolYear {
    /// Returns the school year of a date.
    ///
    /// It changes on 1 July, because rosters of the coming year arrive in summer.
    pub fn of(date: Date) -> Self {
        Self(if date.month() >= 7 { date.year() } else { date.year().saturating_sub(1) })
    }

    /// Returns the calendar year it begins in.
    pub const fn begins_in(self) -> i16 {
        self.0
    }

    /// Returns the last day of the school year, 30 June.
    pub fn last_day(self) -> Date {
        Date::new(self.0.saturating_add(1), 6, 30).unwrap_or(Date::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_school_year_turns_in_july() {
        let on = |y, m, d| SchoolYear::of(Date::new(y, m, d).unwrap()).begins_in();
        assert_eq!(on(2026, 6, 30), 2025);
        assert_eq!(on(2026, 7, 1), 2026);
        assert_eq!(on(2027, 3, 1), 2026);
        assert_eq!(
            SchoolYear::of(Date::new(2026, 9, 1).unwrap()).last_day(),
            Date::new(2027, 6, 30).unwrap()
        );
    }
}
