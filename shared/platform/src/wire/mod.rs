//! What several endpoints take or answer with: one shape a thing has on the wire, wherever it appears.

pub mod photo;
pub mod picture_day;
pub mod reason;
pub mod run;
pub mod scopes;
pub mod student;
pub mod time;
