//! DynamoDB: `dynoxide` on one SQLite file, behind the admission checks.
//!
//! `dynoxide`'s own server verifies no signature and answers every web page, so we call its operations directly. That
//! skips its server's checks of the JSON format, but an SDK always sends valid JSON.

use super::access_key::AccessKey;
use super::door::{self, JsonService};
use bytes::Bytes;
use dynoxide::Database;
use dynoxide::errors::{DynoxideError, Result};
use http::request::Parts;
use http_body_util::Full;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use std::time::Duration;
use tokio::sync::watch;

/// The largest request that DynamoDB accepts. Source: Amazon DynamoDB API Reference, `BatchWriteItem`: 16 MB.
const LARGEST_BYTES: usize = 16 * 1024 * 1024;

/// Opens the tables of a folder, or tables in memory.
pub(super) fn open(
    dir: Option<&Path>,
) -> std::result::Result<Database, Box<dyn std::error::Error + Send + Sync>> {
    let Some(dir) = dir else { return Ok(Database::memory()?) };
    let file = dir.join("dynamodb.sqlite");
    let file = file.to_str().ok_or("the folder's name is not UTF-8")?;
    Ok(Database::new(file)?)
}

/// Builds the HTTP service.
pub(super) fn service(tables: Database, key: &AccessKey) -> impl JsonService {
    door::guarded(Some(key), LARGEST_BYTES, move |head, body| {
        let answer = answer(&tables, &head, &body);
        std::future::ready(answer)
    })
}

fn answer(tables: &Database, head: &Parts, body: &[u8]) -> http::Response<Full<Bytes>> {
    let target = head.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let operation = target.and_then(|target| target.strip_prefix("DynamoDB_20120810."));
    let (status, body) = match run(tables, operation.unwrap_or_default(), body) {
        Ok(answer) => (200, answer),
        Err(error) => (error.status_code(), error.to_json()),
    };
    let response = http::Response::builder()
        .status(status)
        .header("content-type", "application/x-amz-json-1.0")
        .body(Full::new(Bytes::from(body)));
    response.unwrap_or_default()
}

/// Runs an operation. Only those that the functions, the provisioning and the tests use are supported.
fn run(tables: &Database, operation: &str, body: &[u8]) -> Result<String> {
    match operation {
        "GetItem" => one(body, |request| tables.get_item(request)),
        "PutItem" => one(body, |request| tables.put_item(request)),
        "UpdateItem" => one(body, |request| tables.update_item(request)),
        "DeleteItem" => one(body, |request| tables.delete_item(request)),
        "Query" => one(body, |request| tables.query(request)),
        "Scan" => one(body, |request| tables.scan(request)),
        "BatchGetItem" => one(body, |request| tables.batch_get_item(request)),
        "BatchWriteItem" => one(body, |request| tables.batch_write_item(request)),
        "TransactGetItems" => one(body, |request| tables.transact_get_items(request)),
        "TransactWriteItems" => one(body, |request| tables.transact_write_items(request)),
        "CreateTable" => one(body, |request| tables.create_table(request)),
        "DeleteTable" => one(body, |request| tables.delete_table(request)),
        "DescribeTable" => one(body, |request| tables.describe_table(request)),
        "ListTables" => one(body, |request| tables.list_tables(request)),
        "UpdateTimeToLive" => one(body, |request| tables.update_time_to_live(request)),
        "DescribeTimeToLive" => one(body, |request| tables.describe_time_to_live(request)),
        other => Err(DynoxideError::UnsupportedCapability(other.to_owned())),
    }
}

fn one<Q: DeserializeOwned, A: Serialize>(
    body: &[u8],
    run: impl FnOnce(Q) -> Result<A>,
) -> Result<String> {
    let request = serde_json::from_slice(body)
        .map_err(|error| DynoxideError::SerializationException(error.to_string()))?;
    let answer = run(request)?;
    serde_json::to_string(&answer)
        .map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

/// Deletes expired items at an interval, because `dynoxide` does so only on request.
pub(super) async fn sweep(tables: Database, period: Duration, stop: watch::Receiver<bool>) {
    crate::schedules::every(period, stop, || {
        let tables = tables.clone();
        async move {
            match tokio::task::spawn_blocking(move || tables.sweep_ttl()).await {
                Ok(Ok(0)) => {}
                Ok(Ok(items)) => tracing::debug!(items, "expired items deleted"),
                Ok(Err(error)) => tracing::error!(%error, "cannot delete expired items"),
                Err(error) => tracing::error!(%error, "cannot delete expired items"),
            }
        }
    })
    .await;
}
