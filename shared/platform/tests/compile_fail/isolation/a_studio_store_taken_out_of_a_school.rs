//! Attempt: take the studio store out of a school store.

use platform::access::stores::{SchoolStore, StudioStore};

fn attack(school: SchoolStore) -> StudioStore {
    school.store
}

fn main() {}
