//! A studio's programs: let in with a key, working with short tokens, within the scopes of the key; or with the
//! tokens of an identity provider that the studio's owner trusts.

mod exchange;
mod let_in;
pub(crate) mod program;
mod refresh_token;
mod routes;
mod trusted;

pub use exchange::{Grant, Tokens, end_tokens, exchange};
pub use routes::ROUTES;
