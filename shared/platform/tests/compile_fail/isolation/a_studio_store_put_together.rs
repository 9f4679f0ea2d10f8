//! Attempt: construct a studio store from the studio id of a request.

use domain::ids::StudioId;
use platform::App;
use platform::access::stores::StudioStore;
use platform::http::caller::Caller;

fn attack(app: &'static App, studio: StudioId, caller: Caller) -> StudioStore {
    StudioStore { app, studio, caller }
}

fn main() {}
