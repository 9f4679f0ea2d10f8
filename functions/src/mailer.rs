//! The mail worker: decrypts the e-mail address at the last moment and hands the mail to SES.
//!
//! Delivery is at least once: a mail is sent twice when the worker is killed between sending and acknowledging.

use platform::aws_lambda_events::sqs::SqsMessage;
use platform::mail::accept_mail;
use platform::worker::{Answer, Batch, each};
use platform::{ApiError, App};

/// Processes a batch of mails.
pub async fn handle(app: &'static App, batch: Batch) -> Answer {
    each(batch, |message| send(app, message)).await
}

async fn send(app: &'static App, message: SqsMessage) -> Result<(), ApiError> {
    accept_mail(app, &message).await?.deliver(app).await
}
