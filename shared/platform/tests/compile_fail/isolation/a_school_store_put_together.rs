//! A teacher's handle shows one class; the whole school is one struct away.

use domain::school::School;
use platform::access::stores::{SchoolStore, StudioStore};

fn attack(store: StudioStore, school: School, mine: SchoolStore) -> SchoolStore {
    SchoolStore { store, school, ..mine }
}

fn main() {}
