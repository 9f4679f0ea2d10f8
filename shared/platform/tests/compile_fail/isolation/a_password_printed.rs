//! Only for the log, only for a moment.

use domain::password::Password;

fn attack(password: &Password) -> String {
    format!("sign-in with {password}")
}

fn main() {}
