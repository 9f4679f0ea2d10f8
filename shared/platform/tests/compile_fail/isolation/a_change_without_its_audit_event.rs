//! Attempt: change one row without an audit event.

use platform::App;
use platform::store::change::{Change, commit};

async fn attack(app: &App, change: Change) {
    let _done = commit(app, vec![change]).await;
}

fn main() {}
