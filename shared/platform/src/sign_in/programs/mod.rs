//! Authentication of a studio's programs.
//!
//! A program exchanges a key for short-lived tokens, within the scopes of the key. Or it shows tokens of an identity
//! provider that the studio's owner trusts.

mod exchange;
mod let_in;
pub(crate) mod program;
mod refresh_token;
mod routes;
mod trusted;

pub use exchange::{Grant, Tokens, end_tokens, exchange};
pub use routes::ROUTES;
