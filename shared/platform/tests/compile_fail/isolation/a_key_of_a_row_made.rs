//! The key functions are in a public module.

use domain::ids::{StudentId, StudioId};
use platform::store::keys;
use platform::store::keys::Key;

fn attack(studio: &StudioId, student: &StudentId) -> Key {
    keys::student(studio, student)
}

fn main() {}
