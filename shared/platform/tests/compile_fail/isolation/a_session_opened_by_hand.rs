//! Sign-in is slow in tests; open the session directly.

use domain::person::Portal;
use platform::scope::Caller;
use platform::{ApiError, App, Response, sign_in};

async fn attack(app: &'static App, caller: &Caller) -> Result<Response, ApiError> {
    sign_in::session::open(app, caller, Portal::Parent).await
}

fn main() {}
