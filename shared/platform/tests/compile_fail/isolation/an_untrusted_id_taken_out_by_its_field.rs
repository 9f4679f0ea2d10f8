//! Attempt: take the id out of its `Untrusted` wrapper by the tuple's field.

use domain::ids::StudentId;
use platform::store::untrusted::Untrusted;

fn attack(id: Untrusted<StudentId>) -> StudentId {
    id.0
}

fn main() {}
