//! Reading requests, writing responses, and rate limits. Nothing here decides what a caller may access.

pub mod caller;
pub(crate) mod cors;
pub(crate) mod device;
pub(crate) mod edge;
pub mod error;
pub(crate) mod limits;
pub mod request;
pub mod response;
mod roster_texts;
pub(crate) mod texts;
