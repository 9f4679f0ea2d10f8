//! How a worker answers a batch: which messages of it must be delivered again.

use std::future::Future;
use std::panic::AssertUnwindSafe;

use aws_lambda_events::sqs::{BatchItemFailure, SqsMessage};
use futures_util::FutureExt as _;

use crate::base::log::chain;
use crate::http::error::ApiError;

/// A batch of messages as Lambda hands it over.
pub type Batch = aws_lambda_events::sqs::SqsEvent;
/// Which messages of it must be delivered again.
pub type Answer = aws_lambda_events::sqs::SqsBatchResponse;

/// Runs `handle` on each message in order and says which must be delivered again.
///
/// Stops at the first failure and gives back that message and every one after it: in a FIFO queue,
/// working past a failed message would reorder its group.
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

/// Runs `handle` on each message and says which must be delivered again: for queues without an order.
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

/// Works one message. A panic is the failure of that message alone: it would take the whole batch with it, and use up
/// the tries of the others.
async fn succeeded(id: &str, work: impl Future<Output = Result<(), ApiError>>) -> bool {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::error!(message = id, cause = %chain(&error), "message failed");
            false
        }
        Err(_) => {
            // What it says was printed when it began; it may quote what was in the message.
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

    /// Three messages, the second of which is worked by a panic.
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
