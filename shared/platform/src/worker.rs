//! Batch processing of a queue worker: which messages must be delivered again.

use std::future::Future;
use std::panic::AssertUnwindSafe;

use aws_lambda_events::sqs::{BatchItemFailure, SqsMessage};
use futures_util::FutureExt as _;

use crate::base::log::chain;
use crate::http::error::ApiError;

/// A batch of messages as Lambda passes it.
pub type Batch = aws_lambda_events::sqs::SqsEvent;
/// The ids of the messages that must be delivered again.
pub type Answer = aws_lambda_events::sqs::SqsBatchResponse;

/// Runs `handle` on each message in order, and returns the messages to deliver again.
///
/// Stops at the first failure and returns that message and every later one. In a FIFO queue, continuing past a failed
/// message would reorder its group.
///
/// Source: AWS Lambda Developer Guide, "Handling errors for an SQS event source", the FIFO note.
pub async fn in_order<F>(batch: Batch, handle: impl Fn(SqsMessage) -> F) -> Answer
where
    F: Future<Output = Result<(), ApiError>> + Send,
{
    let mut failed = Vec::new();
    for message in batch.records {
        let id = message.message_id.clone().unwrap_or_default();
        if failed.is_empty() && succeeded(&id, handle(message)).await {
            continue;
        }
        failed.push(id);
    }
    again(failed)
}

/// Runs `handle` on each message, and returns the messages to deliver again. For queues without an order.
pub async fn each<F>(batch: Batch, handle: impl Fn(SqsMessage) -> F) -> Answer
where
    F: Future<Output = Result<(), ApiError>> + Send,
{
    let mut failed = Vec::new();
    for message in batch.records {
        let id = message.message_id.clone().unwrap_or_default();
        if !succeeded(&id, handle(message)).await {
            failed.push(id);
        }
    }
    again(failed)
}

/// Processes one message. A panic counts as the failure of that message alone.
///
/// Otherwise it would fail the whole batch and use up the retries of the other messages.
async fn succeeded(id: &str, work: impl Future<Output = Result<(), ApiError>>) -> bool {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::error!(message = id, cause = %chain(&error), "message failed");
            false
        }
        Err(_) => {
            // The panic message is not logged again: the panic hook printed it, and it may quote the message's content.
            tracing::error!(message = id, "message failed: the worker panicked");
            false
        }
    }
}

fn again(failed: Vec<String>) -> Answer {
    let mut answer = Answer::default();
    answer.batch_item_failures = failed
        .into_iter()
        .map(|id| {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = id;
            failure
        })
        .collect();
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns three messages; the worker panics on the second.
    fn batch() -> Batch {
        let message = |id: &str| {
            let mut message = SqsMessage::default();
            message.message_id = Some(id.to_owned());
            message
        };
        let mut batch = Batch::default();
        batch.records = ["one", "two", "three"].map(message).into();
        batch
    }

    async fn work(message: SqsMessage) -> Result<(), ApiError> {
        assert_ne!(message.message_id.as_deref(), Some("two"));
        Ok(())
    }

    fn failed(answer: &Answer) -> Vec<&str> {
        answer.batch_item_failures.iter().map(|it| it.item_identifier.as_str()).collect()
    }

    #[tokio::test]
    async fn a_panic_fails_its_own_message_only() {
        assert_eq!(failed(&each(batch(), work).await), ["two"]);
        assert_eq!(failed(&in_order(batch(), work).await), ["two", "three"]);
    }
}
