//! Just this one row, without the log.

use platform::App;
use platform::store::change::{Change, commit};

async fn attack(app: &App, change: Change) {
    let _done = commit(app, vec![change]).await;
}

fn main() {}
