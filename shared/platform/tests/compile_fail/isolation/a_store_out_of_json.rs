//! Attempt: deserialize a store from JSON.

use platform::access::stores::StudioStore;

fn attack(body: &[u8]) -> Option<StudioStore> {
    serde_json::from_slice(body).ok()
}

fn main() {}
