//! Attempt: construct a worker's caller, which has the rights of a worker.

use platform::App;
use platform::http::caller::Caller;

fn attack(app: &App) -> Caller {
    Caller::worker(app, "photo-intake")
}

fn main() {}
