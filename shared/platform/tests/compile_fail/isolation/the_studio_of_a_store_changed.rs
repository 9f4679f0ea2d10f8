//! Attempt: change the studio of an existing store.

use domain::ids::StudioId;
use platform::access::stores::StudioStore;

fn attack(store: &mut StudioStore, other: StudioId) {
    store.studio = other;
}

fn main() {}
