//! Attempt: construct a student store for any student that the page names.

use domain::ids::{StudentId, StudioId};
use platform::App;
use platform::access::stores::StudentStore;
use platform::http::caller::Caller;

fn attack(app: &'static App, studio: StudioId, student: StudentId, caller: Caller) -> StudentStore {
    StudentStore { app, studio, student, caller }
}

fn main() {}
