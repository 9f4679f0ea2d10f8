//! What several endpoints answer with: one shape a thing has on the wire, wherever it appears.

pub mod photo;
pub mod picture_day;
pub mod student;
