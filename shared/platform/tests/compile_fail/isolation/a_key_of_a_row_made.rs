//! The key functions are in a public module.

use domain::ids::{StudentId, StudioId};
use platform::table::{Key, keys};

fn attack(studio: &StudioId, student: &StudentId) -> Key {
    keys::student(studio, student)
}

fn main() {}
