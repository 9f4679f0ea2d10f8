//! Attempt: print a whole visitor into the log.

use platform::sign_in::Visitor;

fn attack(visitor: &Visitor) -> String {
    format!("{visitor:?}")
}

fn main() {}
