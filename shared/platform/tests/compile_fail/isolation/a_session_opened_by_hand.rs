//! Attempt: create a session without signing in.

use platform::sign_in::session::open;

fn attack() {
    let _opened = open;
}

fn main() {}
