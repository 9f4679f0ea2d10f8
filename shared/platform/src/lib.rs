//! Storage, messaging, cryptography, sign-in and HTTP: everything outside the domain rules.
//!
//! Function handlers use this crate. They reach business data through the handles of [`access`], which [`sign_in`] or a
//! sealed message creates.

pub mod access;
pub mod base;
#[cfg(feature = "provision")]
pub mod clients;
pub mod http;
#[cfg(feature = "provision")]
pub mod inspect;
pub mod mail;
pub mod operators;
pub mod people;
#[cfg(feature = "provision")]
pub mod provision;
#[cfg(feature = "provision")]
pub mod queue_poll;
pub mod records;
pub mod sign_in;
pub mod start;
pub mod store;
pub mod wire;
pub mod worker;

/// The allocator. It requests huge pages from the kernel, which makes a password hash in 64 MiB a third faster.
///
/// 80 ms of CPU instead of 124 with the C library's allocator (`cargo run -p bench-tests --bin sign_in`).
#[global_allocator]
static HEAP: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub use base::app::{App, StartError};
pub use http::error::ApiError;
pub use http::request::Request;
pub use http::response::Response;

pub use aws_lambda_events;
pub use jiff;
pub use lambda_http;
