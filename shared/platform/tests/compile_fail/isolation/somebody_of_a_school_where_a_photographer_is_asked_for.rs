//! Attempt: pass a school's staff member where a photographer is required.

use platform::sign_in::{Photographer, SchoolStaff};

fn attack(staff: SchoolStaff) -> Photographer {
    staff
}

fn main() {}
