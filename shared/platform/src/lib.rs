//! How things are kept, sent and checked: tables, objects, queues, secrets, cryptography, sign-in, HTTP.
//!
//! A function's handler comes here for everything that is not the truth of the domain. Business data is
//! reached through the handles of [`scope`], and those come out of [`sign_in`] or a sealed message.

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

/// The heap. It asks the kernel for huge pages, which a password hash in 64 MiB is a third faster with than in the
/// C library's: 80 ms of CPU instead of 124 (`cargo run -p bench-tests --bin sign_in`).
#[global_allocator]
static HEAP: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub use base::app::{App, StartError};
pub use http::error::ApiError;
pub use http::request::Request;
pub use http::response::Response;

pub use aws_lambda_events;
pub use jiff;
pub use lambda_http;
