//! How requests are read and answered, and how often they may come. It knows nothing of what a caller may reach.

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
