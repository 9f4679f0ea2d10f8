//! Attempt: decrypt a student's name without the student's store.

use domain::ids::StudioId;
use platform::App;
use platform::store::student_keys;

async fn attack(app: &App, studio: &StudioId) {
    let _key = student_keys::of_studio(app, studio).await;
}

fn main() {}
