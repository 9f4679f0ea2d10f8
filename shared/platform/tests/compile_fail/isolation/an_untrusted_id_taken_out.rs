//! The id is in there; only the wrapper is in the way.

use domain::ids::StudentId;
use platform::store::untrusted::Untrusted;

fn attack(id: &Untrusted<StudentId>) -> &StudentId {
    id.inner()
}

fn main() {}
