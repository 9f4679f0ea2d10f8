//! Answer with the id that was asked for, whoever it belongs to.

use domain::ids::StudentId;
use platform::store::untrusted::Untrusted;

fn attack(id: &Untrusted<StudentId>) -> Option<String> {
    serde_json::to_string(id).ok()
}

fn main() {}
