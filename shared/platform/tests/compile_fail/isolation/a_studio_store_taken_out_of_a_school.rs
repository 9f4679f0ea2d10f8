//! The school's handle is made of the studio's, so the studio's must be in there.

use platform::access::stores::{SchoolStore, StudioStore};

fn attack(school: SchoolStore) -> StudioStore {
    school.store
}

fn main() {}
