//! The constructor is right there in the documentation of the crate's insides.

use domain::school::School;
use platform::scope::{SchoolStore, StudioStore};

fn attack(store: StudioStore, school: School, mine: SchoolStore) -> SchoolStore {
    SchoolStore::new(store, school, mine.reach)
}

fn main() {}
