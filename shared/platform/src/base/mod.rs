//! The base layer: configuration, process-wide state, cryptography and the log.
//!
//! It uses nothing from the other layers of this crate.

pub mod app;
pub mod config;
pub mod crypto;
pub mod identity;
pub mod log;
pub(crate) mod origin_secret;
pub(crate) mod refusals;
