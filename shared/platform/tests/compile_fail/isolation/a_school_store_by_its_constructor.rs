//! Attempt: call a constructor of the school store.

use domain::school::School;
use domain::school_staff::Assignment;
use platform::access::stores::{SchoolStore, StudioStore};

fn as_photographer(store: StudioStore, school: School) -> SchoolStore {
    SchoolStore::of_studio(store, school)
}

fn as_staff(store: StudioStore, school: School) -> SchoolStore {
    SchoolStore::of_staff(store, school, Assignment::Administrator)
}

fn with_the_reach_of_another(store: StudioStore, school: School, mine: SchoolStore) -> SchoolStore {
    SchoolStore { store, school, reach: mine.reach }
}

fn main() {}
