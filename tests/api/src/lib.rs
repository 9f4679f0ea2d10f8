//! What the tests of the HTTP API hold the running system against.

pub mod assurance;
pub mod operators;
pub mod programs;
pub mod who_may_call_what;
