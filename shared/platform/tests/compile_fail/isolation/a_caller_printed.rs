//! Who called, with address and browser, into the log.

use platform::scope::Caller;

fn attack(caller: &Caller) -> String {
    format!("{caller:?}")
}

fn main() {}
