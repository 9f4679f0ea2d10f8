//! It is a tuple struct.

use domain::ids::StudentId;
use platform::store::untrusted::Untrusted;

fn attack(id: Untrusted<StudentId>) -> StudentId {
    id.0
}

fn main() {}
