//! Attempt: read the secret of a session.

use platform::sign_in::Visitor;

fn attack(visitor: &Visitor) -> [u8; 32] {
    visitor.session.csrf
}

fn main() {}
