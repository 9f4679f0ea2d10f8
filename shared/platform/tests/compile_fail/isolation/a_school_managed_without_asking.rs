//! Attempt: invite a colleague without the check of the caller's role.

use platform::access::stores::{ManagedSchool, SchoolStore};

fn attack(teacher: SchoolStore) -> ManagedSchool {
    ManagedSchool { at: teacher }
}

fn main() {}
