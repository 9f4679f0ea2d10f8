//! Disturbances for tests: every batch is delivered several times, and most deliveries are killed.

use super::Source;
use platform::App;
use platform::worker::Batch;
use std::time::Duration;

/// How a queue's workers are disturbed before the final delivery of a batch.
#[derive(Clone, Copy, Debug)]
pub struct Disturbance {
    /// The number of deliveries of each batch; only the last one counts.
    pub deliveries: u32,
    /// A killed delivery is killed within this time after its start.
    pub killed_within: Duration,
}

impl Disturbance {
    /// Makes all deliveries except the last.
    ///
    /// Two of three are killed at a random moment. The others finish and their answer is discarded, as when a sandbox
    /// dies after its work.
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
