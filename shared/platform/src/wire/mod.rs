//! Types that several endpoints take or return: one JSON shape per thing, wherever it appears.

pub mod photo;
pub mod picture_day;
pub mod reason;
pub mod run;
pub mod scopes;
pub mod student;
pub mod time;
