//! Goes on with large roster imports: previews, applies and undoes them, message by message.

use platform::queue::{Answer, Batch, RosterWork};
use platform::{App, queue};

/// One batch of messages, in order. A repetition finds its work done and does nothing.
pub async fn handle(app: &'static App, batch: Batch) -> Answer {
    queue::in_order(batch, |message| async move {
        let (store, work) = queue::accept::<RosterWork>(app, "roster-importer", &message).await?;
        store.go_on_with_roster(&work).await?;
        Ok(())
    })
    .await
}
