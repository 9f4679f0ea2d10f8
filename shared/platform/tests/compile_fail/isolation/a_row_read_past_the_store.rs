//! Attempt: read a row from the table without a store.

use platform::App;

async fn attack(app: &'static App) {
    let _row = app.dynamodb().get_item().table_name("records").send().await;
}

fn main() {}
