//! Attempt: pass a parent where a photographer is required.

use platform::access::stores::StudioStore;
use platform::sign_in::Parent;

fn attack(parent: Parent) -> StudioStore {
    parent.store
}

fn main() {}
