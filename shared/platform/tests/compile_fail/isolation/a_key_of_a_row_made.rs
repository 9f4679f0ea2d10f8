//! Attempt: call a function that makes the key of a row.

use domain::ids::{StudentId, StudioId};
use platform::store::keys;
use platform::store::keys::Key;

fn attack(studio: &StudioId, student: &StudentId) -> Key {
    keys::student(studio, student)
}

fn main() {}
