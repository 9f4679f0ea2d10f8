//! One quick read from the table.

use platform::App;

async fn attack(app: &'static App) {
    let _row = app.dynamodb().get_item().table_name("records").send().await;
}

fn main() {}
