//! There is a constructor in the source.

use domain::ids::StudioId;
use platform::App;
use platform::scope::{Caller, StudioStore};

fn attack(app: &'static App, studio: StudioId, caller: Caller) -> StudioStore {
    StudioStore::new(app, studio, caller)
}

fn main() {}
