//! An object's key leads to its studio; take the key from the request.

use platform::App;
use platform::records::photos::Arrived;

async fn attack(app: &'static App, key: &str) {
    let _arrived = Arrived::at(app, key).await;
}

fn main() {}
