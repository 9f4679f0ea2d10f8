//! Attempt: return the requested id in a response without looking it up.

use domain::ids::StudentId;
use platform::store::untrusted::Untrusted;

fn attack(id: &Untrusted<StudentId>) -> Option<String> {
    serde_json::to_string(id).ok()
}

fn main() {}
