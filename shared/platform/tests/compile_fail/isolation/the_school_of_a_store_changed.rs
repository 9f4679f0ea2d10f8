//! Attempt: change the school of an existing store.

use domain::school::School;
use platform::access::stores::SchoolStore;

fn attack(store: &mut SchoolStore, other: School) {
    store.school = other;
}

fn main() {}
