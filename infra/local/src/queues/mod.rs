//! The stand-in for Lambda's event source mapping: delivers messages to the workers.
//!
//! Source: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS" and "Handling errors for an SQS event source".

mod disturbance;

pub use disturbance::Disturbance;

use platform::start::QueueHandler;
use platform::worker::{Answer, Batch};
use platform::{App, queue_poll};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tracing::Instrument;

/// How long one receive call waits for a message. It returns at once when a message arrives.
const LONG_POLL: Duration = Duration::from_secs(10);
/// The pause after a failed receive call.
const AFTER_FAILED_POLL: Duration = Duration::from_millis(500);
/// How long running batches may delay a stop. Unfinished messages are delivered again.
const LONGEST_STOP: Duration = Duration::from_secs(10);
/// The pauses before the redeliveries of a failed message.
///
/// AWS waits for the whole visibility timeout; a person at this machine should not have to.
const PAUSES_SECONDS: [u64; 4] = [0, 1, 2, 5];

/// A queue and its worker.
#[derive(Clone, Debug)]
pub struct Source {
    /// The function's name.
    pub function: String,
    /// Its handler.
    pub handler: QueueHandler,
    /// The queue's URL.
    pub url: String,
    /// The queue's ARN.
    pub arn: String,
    /// The maximum number of messages per invocation.
    pub batch_size: u16,
    /// The maximum number of parallel invocations.
    pub at_once: usize,
    /// The visibility timeout: an invocation that takes longer is aborted.
    pub visibility: Duration,
    /// Disturbances in tests: killed workers and repeated deliveries.
    pub disturbance: Option<Disturbance>,
}

/// Processes a queue until `stop` is true.
pub async fn work(app: &'static App, source: Source, mut stop: watch::Receiver<bool>) {
    let source = Arc::new(source);
    let places = Arc::new(Semaphore::new(source.at_once));
    let mut running = JoinSet::new();
    loop {
        // A free slot comes first: a received message must not wait for one while its visibility timeout runs.
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        while running.try_join_next().is_some() {}
        let received = tokio::select! {
            received = queue_poll::receive(app, &source.url, &source.arn, source.batch_size, LONG_POLL) => received,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        match received {
            Ok(messages) if messages.is_empty() => {}
            Ok(messages) => {
                let mut batch = Batch::default();
                batch.records = messages;
                let source = Arc::clone(&source);
                let span = tracing::info_span!("batch", function = source.function);
                let invocation = async move {
                    invoke(app, &source, batch).await;
                    drop(place);
                };
                running.spawn(invocation.instrument(span));
            }
            Err(error) => {
                let cause = platform::base::log::chain(&error);
                tracing::warn!(function = source.function, cause, "a queue did not answer");
                tokio::time::sleep(AFTER_FAILED_POLL).await;
            }
        }
    }
    let finish = async { while running.join_next().await.is_some() {} };
    if tokio::time::timeout(LONGEST_STOP, finish).await.is_err() {
        tracing::info!(function = source.function, "stopped during a batch");
    }
}

/// Runs one invocation in its own task, so that a panic counts as a failure and nothing more.
async fn invoke(app: &'static App, source: &Source, batch: Batch) {
    if let Some(disturbance) = source.disturbance {
        disturbance.deliver(app, source, &batch).await;
    }
    let mut task = tokio::spawn((source.handler)(app, batch.clone()).in_current_span());
    let answered = match tokio::time::timeout(source.visibility, &mut task).await {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(panic)) => {
            tracing::error!(%panic, "a worker panicked");
            None
        }
        Err(_) => {
            tracing::error!("a worker exceeded the visibility timeout");
            task.abort();
            None
        }
    };
    let failed = failed(&batch, answered.as_ref());
    let is_failed = |index: &usize| failed.contains(index);
    let mut done = Vec::new();
    let mut again = Vec::new();
    for (index, message) in batch.records.iter().enumerate() {
        if is_failed(&index) {
            let receives = message.attributes.get("ApproximateReceiveCount");
            again.push((message, pause(receives.and_then(|count| count.parse().ok()))));
        } else {
            done.push(message);
        }
    }
    if !again.is_empty() {
        tracing::warn!(
            failed = again.len(),
            of = batch.records.len(),
            "failed messages will be delivered again"
        );
    }
    let (deleted, hidden) = tokio::join!(
        queue_poll::delete(app, &source.url, &done),
        queue_poll::again(app, &source.url, &again),
    );
    for error in [deleted.err(), hidden.err()].into_iter().flatten() {
        tracing::warn!(cause = platform::base::log::chain(&error), "a queue did not answer");
    }
}

/// Returns the indexes of the failed messages.
///
/// An answer that names an unknown message fails the whole batch, as on AWS.
fn failed(batch: &Batch, answer: Option<&Answer>) -> BTreeSet<usize> {
    let all = || (0..batch.records.len()).collect();
    let Some(answer) = answer else { return all() };
    let mut failed = BTreeSet::new();
    for failure in &answer.batch_item_failures {
        let id = Some(&failure.item_identifier);
        match batch.records.iter().position(|message| message.message_id.as_ref() == id) {
            Some(index) => failed.insert(index),
            None => return all(),
        };
    }
    failed
}

/// Returns the pause of a message after it was received `receives` times.
fn pause(receives: Option<usize>) -> Duration {
    let earlier = receives.unwrap_or(1).saturating_sub(1).min(PAUSES_SECONDS.len() - 1);
    Duration::from_secs(PAUSES_SECONDS.get(earlier).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests;
