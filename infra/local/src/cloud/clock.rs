//! The clock of the embedded cloud and the gateway.
//!
//! AWS has its own clock, separate from the program's; so do the stand-ins.

use jiff::Timestamp;

/// Returns the current time, to the millisecond.
#[expect(clippy::disallowed_methods, reason = "the stand-ins for AWS own their clock, as AWS does")]
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}
