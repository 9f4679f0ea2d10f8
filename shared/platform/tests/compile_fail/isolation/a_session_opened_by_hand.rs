//! Sign-in is slow in tests; open the session directly.

use platform::sign_in::session::open;

fn attack() {
    let _opened = open;
}

fn main() {}
