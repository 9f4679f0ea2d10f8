//! Attempt: return a submitted password in the response.

use domain::password::Password;

fn attack(password: &Password) -> Option<String> {
    serde_json::to_string(password).ok()
}

fn main() {}
