//! The roster worker: previews, applies and undoes large roster imports, message by message.

use platform::queue::{Answer, Batch, RosterWork};
use platform::{App, queue};

/// Processes one batch of messages in order. A repeated message finds its work done and does nothing.
pub async fn handle(app: &'static App, batch: Batch) -> Answer {
    queue::in_order(batch, |message| async move {
        let (store, work) = queue::accept::<RosterWork>(app, "roster-importer", &message).await?;
        store.go_on_with_roster(&work).await?;
        Ok(())
    })
    .await
}
