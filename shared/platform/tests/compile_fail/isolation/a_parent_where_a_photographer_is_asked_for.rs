//! Both are signed in.

use platform::access::stores::StudioStore;
use platform::sign_in::Parent;

fn attack(parent: Parent) -> StudioStore {
    parent.store
}

fn main() {}
