//! Galleries: built step by step by a worker, opened by photographers and by the families they are for.

mod build;
mod contents;
pub(crate) mod gallery;
mod open;
mod parent;
mod start;

pub use contents::DayGallery;
pub(crate) use contents::PhotosByStudent;
pub use open::{OpenGallery, ShownPhoto};
pub use start::{BuildOutcome, BuildRequest, StartedBuilds};
