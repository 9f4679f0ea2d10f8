//! Tables of expected answers against which the API tests check the running system.

pub mod assurance;
pub mod operators;
pub mod programs;
pub mod who_may_call_what;
