//! Attempt: open a table directly.

use platform::App;
use platform::store::table::Table;

fn attack(app: &App) -> Option<Table<'_>> {
    app.records().ok()
}

fn main() {}
