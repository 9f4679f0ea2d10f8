//! Attempt: find the studio of an upload by an object key from the request.

use platform::App;
use platform::records::photos::Arrived;

async fn attack(app: &'static App, key: &str) {
    let _arrived = Arrived::at(app, key).await;
}

fn main() {}
