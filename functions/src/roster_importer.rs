//! The roster worker: previews, applies and undoes large roster imports, message by message.

use platform::App;
use platform::access::work::{RosterWork, accept};
use platform::worker::{Answer, Batch, in_order};

/// Processes one batch of messages in order. A repeated message finds its work done and does nothing.
pub async fn handle(app: &'static App, batch: Batch) -> Answer {
    in_order(batch, |message| async move {
        let (store, work) = accept::<RosterWork>(app, "roster-importer", &message).await?;
        store.go_on_with_roster(&work).await?;
        Ok(())
    })
    .await
}
