//! Attempt: construct a school store that reaches more than a teacher's classes.

use domain::school::School;
use platform::access::stores::{SchoolStore, StudioStore};

fn attack(store: StudioStore, school: School, mine: SchoolStore) -> SchoolStore {
    SchoolStore { store, school, ..mine }
}

fn main() {}
