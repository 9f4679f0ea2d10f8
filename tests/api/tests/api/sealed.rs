//! Tests encryption at rest: a plain scan of the tables shows no name, no e-mail address, no file name, no
//! code.

use platform::inspect::scan;
use testkit::SetupError;

use crate::world::{PERSONAL, world};

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_of_the_tables_shows_nothing_personal() -> Result<(), SetupError> {
    let world = world().await?;
    let app = world.stack.stack().app();
    let config = app.config();
    let tables = [
        &config.records_table,
        &config.access_table,
        &config.audit_table,
        &config.keys_table,
        &config.operators_table,
    ];
    let mut rows = 0;
    for table in tables.into_iter().flatten() {
        for row in scan(app, table).await? {
            rows += 1;
            for secret in PERSONAL.into_iter().chain(["127.0.0.1"]) {
                assert!(!row.contains(secret), "{secret} in {table}: {row}");
            }
        }
    }
    assert!(rows > 50, "only {rows} rows: the scan is incomplete");
    world.stack.stop().await;
    Ok(())
}
