//! The page needs a token; the session has one.

use platform::sign_in::Visitor;

fn attack(visitor: &Visitor) -> [u8; 32] {
    visitor.session.csrf
}

fn main() {}
