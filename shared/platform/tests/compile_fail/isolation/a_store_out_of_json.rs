//! Sessions are JSON somewhere; a store could be too.

use platform::access::stores::StudioStore;

fn attack(body: &[u8]) -> Option<StudioStore> {
    serde_json::from_slice(body).ok()
}

fn main() {}
