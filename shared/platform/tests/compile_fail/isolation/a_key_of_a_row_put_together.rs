//! Attempt: construct the key of a row from two texts.

use platform::store::keys::Key;

fn attack(studio: &str) -> Key {
    Key { pk: format!("STUDIO#{studio}"), sk: "STUDIO".to_owned() }
}

fn main() {}
