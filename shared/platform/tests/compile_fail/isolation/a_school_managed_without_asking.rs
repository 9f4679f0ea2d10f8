//! Whoever teaches here surely may invite a colleague.

use platform::access::stores::{ManagedSchool, SchoolStore};

fn attack(teacher: SchoolStore) -> ManagedSchool {
    ManagedSchool { at: teacher }
}

fn main() {}
