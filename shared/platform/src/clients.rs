//! The services' own clients: for the runner and the tests, which look at the cloud from outside.
//!
//! A function never gets one. With it a handler could read any row and any object past every rule; the rows
//! and objects of a studio are reached through its store alone.

use crate::base::app::App;

/// `DynamoDB`.
pub fn dynamodb(app: &App) -> &aws_sdk_dynamodb::Client {
    app.dynamodb()
}

/// S3.
pub fn s3(app: &App) -> &aws_sdk_s3::Client {
    app.s3()
}

/// SQS.
pub fn sqs(app: &App) -> &aws_sdk_sqs::Client {
    app.sqs()
}

/// Secrets Manager.
pub fn secrets(app: &App) -> &aws_sdk_secretsmanager::Client {
    app.secrets()
}
