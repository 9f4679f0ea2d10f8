//! The clock of the embedded cloud and the gateway.
//!
//! AWS has a clock of its own beside the program's; so have its stand-ins.

use jiff::Timestamp;

/// Now, to the millisecond.
#[expect(clippy::disallowed_methods, reason = "the stand-ins for AWS own their clock, as AWS does")]
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}
