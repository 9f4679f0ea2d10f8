//! Both come for the school.

use platform::sign_in::{Photographer, SchoolStaff};

fn attack(staff: SchoolStaff) -> Photographer {
    staff
}

fn main() {}
