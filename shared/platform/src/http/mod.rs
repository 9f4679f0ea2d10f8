//! How requests are read and answered.

pub mod error;
pub mod request;
pub mod response;
pub(crate) mod texts;
