//! A handle of one school is at hand; it only has to point at the next.

use domain::school::School;
use platform::access::stores::SchoolStore;

fn attack(store: &mut SchoolStore, other: School) {
    store.school = other;
}

fn main() {}
