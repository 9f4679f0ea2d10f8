//! The studio's id stands in the request, so why sign in?

use domain::ids::StudioId;
use platform::App;
use platform::access::stores::StudioStore;
use platform::http::caller::Caller;

fn attack(app: &'static App, studio: StudioId, caller: Caller) -> StudioStore {
    StudioStore { app, studio, caller }
}

fn main() {}
