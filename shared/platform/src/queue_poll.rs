//! SQS polling for the local runner, which stands in for Lambda's event source mapping.

use std::time::Duration;

use aws_lambda_events::encodings::Base64Data;
use aws_lambda_events::sqs::{SqsMessage, SqsMessageAttribute};
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, Message,
    MessageSystemAttributeName,
};

use crate::base::app::App;

/// A failed call to a queue.
#[derive(Debug, thiserror::Error)]
#[error("cannot call the queue")]
pub struct PollError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl PollError {
    fn from<E: std::error::Error + Send + Sync + 'static>(error: E) -> Self {
        Self(Box::new(error))
    }
}

/// Maximum messages of one call. Source: Amazon SQS API Reference, `ReceiveMessage`.
const MOST_PER_CALL: u16 = 10;

/// Receives messages in the form that Lambda passes to a function.
///
/// Waits up to `wait`, in whole seconds (at most 20), for up to `most` messages (at most 10).
///
/// # Errors
///
/// The call to the queue failed.
pub async fn receive(
    app: &App,
    url: &str,
    arn: &str,
    most: u16,
    wait: Duration,
) -> Result<Vec<SqsMessage>, PollError> {
    let wait_seconds = i32::try_from(wait.as_secs()).unwrap_or(i32::MAX);
    let received = app
        .sqs()
        .receive_message()
        .queue_url(url)
        .max_number_of_messages(i32::from(most.min(MOST_PER_CALL)))
        .wait_time_seconds(wait_seconds)
        .message_system_attribute_names(MessageSystemAttributeName::All)
        .message_attribute_names("All")
        .send()
        .await
        .map_err(PollError::from)?;
    let region = &app.config().region;
    let messages = received.messages.unwrap_or_default();
    Ok(messages.into_iter().map(|message| as_event(message, arn, region)).collect())
}

fn as_event(message: Message, arn: &str, region: &str) -> SqsMessage {
    let mut event = SqsMessage::default();
    event.message_id = message.message_id;
    event.receipt_handle = message.receipt_handle;
    event.body = message.body;
    event.md5_of_body = message.md5_of_body;
    event.md5_of_message_attributes = message.md5_of_message_attributes;
    let attributes = message.attributes.unwrap_or_default();
    event.attributes =
        attributes.into_iter().map(|(name, value)| (name.as_str().to_owned(), value)).collect();
    for (name, value) in message.message_attributes.unwrap_or_default() {
        let mut attribute = SqsMessageAttribute::default();
        attribute.data_type = Some(value.data_type);
        attribute.string_value = value.string_value;
        attribute.binary_value = value.binary_value.map(|bytes| {
            let mut data = Base64Data::default();
            *data = bytes.into_inner();
            data
        });
        event.message_attributes.insert(name, attribute);
    }
    event.event_source = Some("aws:sqs".to_owned());
    event.event_source_arn = Some(arn.to_owned());
    event.aws_region = Some(region.to_owned());
    event
}

/// Deletes processed messages.
///
/// SQS delivers a message again that could not be deleted, so workers must be idempotent.
///
/// # Errors
///
/// The call to the queue failed.
pub async fn delete(app: &App, url: &str, messages: &[&SqsMessage]) -> Result<(), PollError> {
    if messages.is_empty() {
        return Ok(());
    }
    let mut delete = app.sqs().delete_message_batch().queue_url(url);
    for (number, message) in messages.iter().enumerate() {
        let entry = DeleteMessageBatchRequestEntry::builder()
            .id(number.to_string())
            .receipt_handle(message.receipt_handle.clone().unwrap_or_default())
            .build();
        delete = delete.entries(entry.map_err(PollError::from)?);
    }
    let deleted = delete.send().await.map_err(PollError::from)?;
    for failure in deleted.failed() {
        tracing::warn!(code = failure.code(), "cannot delete a processed message");
    }
    Ok(())
}

/// Sets the visibility timeout of messages, in whole seconds. After it they can be received again.
///
/// # Errors
///
/// The call to the queue failed.
pub async fn again(
    app: &App,
    url: &str,
    messages: &[(&SqsMessage, Duration)],
) -> Result<(), PollError> {
    if messages.is_empty() {
        return Ok(());
    }
    let mut change = app.sqs().change_message_visibility_batch().queue_url(url);
    for (number, (message, after)) in messages.iter().enumerate() {
        let entry = ChangeMessageVisibilityBatchRequestEntry::builder()
            .id(number.to_string())
            .receipt_handle(message.receipt_handle.clone().unwrap_or_default())
            .visibility_timeout(i32::try_from(after.as_secs()).unwrap_or(i32::MAX))
            .build();
        change = change.entries(entry.map_err(PollError::from)?);
    }
    let changed = change.send().await.map_err(PollError::from)?;
    for failure in changed.failed() {
        tracing::warn!(code = failure.code(), "cannot delay the retry of a failed message");
    }
    Ok(())
}
