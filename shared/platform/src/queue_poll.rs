//! Receiving from a queue, for the runner's stand-in for Lambda's event source mapping.

use std::time::Duration;

use aws_lambda_events::encodings::Base64Data;
use aws_lambda_events::sqs::{SqsMessage, SqsMessageAttribute};
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, Message,
    MessageSystemAttributeName,
};

use crate::base::app::App;

/// A queue that could not be asked.
#[derive(Debug, thiserror::Error)]
#[error("the queue did not answer")]
pub struct PollError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl PollError {
    fn from<E: std::error::Error + Send + Sync + 'static>(error: E) -> Self {
        Self(Box::new(error))
    }
}

/// The most messages of one call. Source: Amazon SQS API Reference, `ReceiveMessage`.
const MOST_PER_CALL: u16 = 10;

/// Waits for messages, at most `wait` (whole seconds, up to 20), as Lambda would hand them to a function.
///
/// # Errors
///
/// The queue did not answer.
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

/// Deletes messages that were worked. One that is not deleted comes again, which a worker must bear.
///
/// # Errors
///
/// The queue did not answer.
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
        tracing::warn!(code = failure.code(), "a worked message could not be deleted");
    }
    Ok(())
}

/// Lets messages be received again after a while (whole seconds).
///
/// # Errors
///
/// The queue did not answer.
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
        tracing::warn!(code = failure.code(), "a failed message stays hidden for its full time");
    }
    Ok(())
}
