//! Workers may do everything, so be one.

use platform::App;
use platform::scope::Caller;

fn attack(app: &App) -> Caller {
    Caller::worker(app, "photo-intake")
}

fn main() {}
