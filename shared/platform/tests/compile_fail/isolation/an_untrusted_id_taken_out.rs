//! Attempt: take the id out of its `Untrusted` wrapper.

use domain::ids::StudentId;
use platform::store::untrusted::Untrusted;

fn attack(id: &Untrusted<StudentId>) -> &StudentId {
    id.inner()
}

fn main() {}
