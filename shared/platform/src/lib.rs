//! How things are kept, sent and checked: tables, objects, queues, secrets, cryptography, sign-in, HTTP.
//!
//! A function's handler comes here for everything that is not the truth of the domain. Business data is
//! reached through the handles of [`scope`], and those come out of [`sign_in`] or a sealed message.

pub mod app;
pub(crate) mod breached;
#[cfg(feature = "provision")]
pub mod clients;
pub mod config;
pub mod crypto;
pub mod http;
pub mod identity;
#[cfg(feature = "provision")]
pub mod inspect;
pub(crate) mod limits;
pub mod log;
pub mod mail;
pub mod notices;
pub mod objects;
pub mod operators;
#[cfg(feature = "provision")]
pub mod provision;
pub mod queue;
#[cfg(feature = "provision")]
pub mod queue_poll;
pub mod scope;
pub mod sign_in;
pub mod start;
pub mod table;
pub mod wire;

/// The heap. It asks the kernel for huge pages, which a password hash in 64 MiB is a third faster with than in the
/// C library's: 80 ms of CPU instead of 124 (`cargo run -p bench-tests --bin sign_in`).
#[global_allocator]
static HEAP: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub use app::{App, StartError};
pub use http::error::ApiError;
pub use start::{Request, Response};

pub use aws_lambda_events;
pub use jiff;
pub use lambda_http;
