//! Attempt: construct a parent from any signed-in person.

use platform::sign_in::{Parent, Visitor};

fn attack(visitor: Visitor) -> Parent {
    Parent { visitor }
}

fn main() {}
