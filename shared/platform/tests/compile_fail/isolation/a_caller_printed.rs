//! Attempt: print a caller, with IP address and browser, into the log.

use platform::http::caller::Caller;

fn attack(caller: &Caller) -> String {
    format!("{caller:?}")
}

fn main() {}
