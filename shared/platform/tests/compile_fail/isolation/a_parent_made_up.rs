//! Whoever is signed in is somebody's parent.

use platform::sign_in::{Parent, Visitor};

fn attack(visitor: Visitor) -> Parent {
    Parent { visitor }
}

fn main() {}
