//! Direct AWS clients for the local runner and the tests, which inspect storage from outside.
//!
//! A function never receives one. With it, a handler could read any row and any object past every rule. A studio's rows
//! and objects are reached through its store only.

use crate::base::app::App;

/// Returns the `DynamoDB` client.
pub fn dynamodb(app: &App) -> &aws_sdk_dynamodb::Client {
    app.dynamodb()
}

/// Returns the S3 client.
pub fn s3(app: &App) -> &aws_sdk_s3::Client {
    app.s3()
}

/// Returns the SQS client.
pub fn sqs(app: &App) -> &aws_sdk_sqs::Client {
    app.sqs()
}

/// Returns the Secrets Manager client.
pub fn secrets(app: &App) -> &aws_sdk_secretsmanager::Client {
    app.secrets()
}
