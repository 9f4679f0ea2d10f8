//! What tests do to workers: every batch is delivered several times, and most deliveries are killed on the way.

use super::Source;
use platform::App;
use platform::queue::Batch;
use std::time::Duration;

/// How a queue's workers are disturbed before a batch is worked in earnest.
#[derive(Clone, Copy, Debug)]
pub struct Disturbance {
    /// Deliveries of each batch, the last one in earnest.
    pub deliveries: u32,
    /// A delivery that is killed is killed within this time of its start.
    pub killed_within: Duration,
}

impl Disturbance {
    /// All deliveries but the last: two of three are killed at a random moment, the others run through and
    /// their answer is lost, as when a sandbox dies after its work.
    pub(super) async fn deliver(self, app: &'static App, source: &Source, batch: &Batch) {
        for _ in 1..self.deliveries {
            let mut task = tokio::spawn((source.handler)(app, batch.clone()));
            let [chance, part] = app.random::<2>();
            if chance % 3 == 0 {
                let _lost_answer = task.await;
                continue;
            }
            let moment = self.killed_within * u32::from(part) / 256;
            if tokio::time::timeout(moment, &mut task).await.is_err() {
                task.abort();
                let _killed = task.await;
            }
        }
    }
}
