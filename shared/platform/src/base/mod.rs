//! The ground floor: configuration, the process-wide state, cryptography, the log.
//!
//! It knows nothing of the floors above.

pub mod app;
pub mod config;
pub mod crypto;
pub mod identity;
pub mod log;
pub(crate) mod origin_secret;
pub(crate) mod refusals;
