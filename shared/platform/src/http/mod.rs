//! How requests are read and answered.

pub(crate) mod cors;
pub(crate) mod edge;
pub mod error;
pub mod request;
pub mod response;
mod roster_texts;
pub(crate) mod texts;
