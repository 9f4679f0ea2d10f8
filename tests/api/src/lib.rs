//! What the tests of the HTTP API hold the running system against.

pub mod who_may_call_what;
