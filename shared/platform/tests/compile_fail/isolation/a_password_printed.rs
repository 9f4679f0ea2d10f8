//! Attempt: print a password into the log.

use domain::password::Password;

fn attack(password: &Password) -> String {
    format!("sign-in with {password}")
}

fn main() {}
