//! A store is at hand; it only has to point elsewhere.

use domain::ids::StudioId;
use platform::access::stores::StudioStore;

fn attack(store: &mut StudioStore, other: StudioId) {
    store.studio = other;
}

fn main() {}
