//! Workers may do everything, so be one.

use platform::App;
use platform::http::caller::Caller;

fn attack(app: &App) -> Caller {
    Caller::worker(app, "photo-intake")
}

fn main() {}
