//! Object-created events, through an outbox that is written before the object.
//!
//! So a crash between the object and its event loses neither: at the next start, intents without an outcome are
//! checked again. Events are delivered at least once, as on AWS.

use super::clock;
use super::sqs::DurableQueues;
use rusqlite::{Connection, params};
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// A bucket that notifies a queue of its new objects. The queue must not be FIFO, as on AWS.
#[derive(Clone, Debug)]
pub struct Notification {
    /// The bucket's name.
    pub bucket: String,
    /// The key prefix of the objects that are announced.
    pub prefix: String,
    /// The queue's name.
    pub queue: String,
}

/// The wait after the queue refused an event.
const AFTER_REFUSED_EVENT: Duration = Duration::from_millis(500);
/// The interval of checks without a notification; correctness does not depend on it.
const IDLE: Duration = Duration::from_hours(1);

/// The events on their way to their queue.
pub(super) struct Outbox {
    events: Mutex<Connection>,
    /// By bucket name.
    notifications: BTreeMap<String, Notification>,
    ready: Notify,
}

/// An object that is about to be written to a bucket with notifications.
pub(super) struct Intent {
    pub(super) id: i64,
    /// `Put`, `Post`, `Copy` or `CompleteMultipartUpload`.
    pub(super) operation: String,
    pub(super) bucket: String,
    pub(super) key: String,
}

/// The data of an event about its object.
pub(super) struct Created {
    pub(super) bytes: i64,
    pub(super) e_tag: String,
}

impl Outbox {
    pub(super) fn open(dir: &Path, notifications: &[Notification]) -> rusqlite::Result<Self> {
        let events = Connection::open(dir.join("s3-events.sqlite"))?;
        events.execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;
             CREATE TABLE IF NOT EXISTS event(
                 id INTEGER PRIMARY KEY AUTOINCREMENT, operation TEXT NOT NULL,
                 bucket TEXT NOT NULL, key TEXT NOT NULL, body TEXT)",
        )?;
        let by_bucket = |to: &Notification| (to.bucket.clone(), to.clone());
        let notifications = notifications.iter().map(by_bucket).collect();
        Ok(Self { events: Mutex::new(events), notifications, ready: Notify::new() })
    }

    fn events(&self) -> MutexGuard<'_, Connection> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that an object is about to be written; `None` if no queue is notified of it.
    pub(super) fn intend(
        &self,
        operation: &str,
        bucket: &str,
        key: &str,
    ) -> rusqlite::Result<Option<Intent>> {
        let is_told = self.notifications.get(bucket).is_some_and(|to| key.starts_with(&to.prefix));
        if !is_told {
            return Ok(None);
        }
        let events = self.events();
        let mut insert = events
            .prepare_cached("INSERT INTO event(operation, bucket, key) VALUES(?1, ?2, ?3)")?;
        insert.execute(params![operation, bucket, key])?;
        let id = events.last_insert_rowid();
        let (operation, bucket, key) = (operation.into(), bucket.into(), key.into());
        Ok(Some(Intent { id, operation, bucket, key }))
    }

    /// Returns the intents whose outcome is unknown after a crash.
    pub(super) fn unfinished(&self) -> rusqlite::Result<Vec<Intent>> {
        let events = self.events();
        let mut select = events.prepare(
            "SELECT id, operation, bucket, key FROM event WHERE body IS NULL ORDER BY id",
        )?;
        let intents = select.query_map([], |row| {
            let (id, operation) = (row.get(0)?, row.get(1)?);
            Ok(Intent { id, operation, bucket: row.get(2)?, key: row.get(3)? })
        })?;
        intents.collect()
    }

    /// Forgets an object that was not written after all.
    pub(super) fn forget(&self, intent: &Intent) {
        self.settle("DELETE FROM event WHERE id = ?1", params![intent.id]);
    }

    /// Marks the event of an existing object as ready to send.
    pub(super) fn announce(&self, intent: &Intent, created: &Created) {
        let body = event(intent, created);
        self.settle("UPDATE event SET body = ?2 WHERE id = ?1", params![intent.id, body]);
        self.ready.notify_one();
    }

    fn settle(&self, sql: &str, values: impl rusqlite::Params) {
        let events = self.events();
        let settled = events.prepare_cached(sql).and_then(|mut row| row.execute(values));
        if let Err(error) = settled {
            tracing::error!(%error, "cannot write the events of new objects");
        }
    }

    fn ready(&self) -> rusqlite::Result<Vec<(i64, String, String)>> {
        let events = self.events();
        let mut select = events.prepare_cached(
            "SELECT id, bucket, body FROM event WHERE body IS NOT NULL ORDER BY id LIMIT 100",
        )?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        rows.collect()
    }

    /// Sends the events that are ready, and returns the time to wait before the next attempt.
    async fn send_ready(&self, to: &DurableQueues) -> Duration {
        loop {
            let ready = self.ready().unwrap_or_else(|error| {
                tracing::error!(%error, "cannot read the events of new objects");
                Vec::new()
            });
            if ready.is_empty() {
                return IDLE;
            }
            for (id, bucket, body) in ready {
                if let Some(notification) = self.notifications.get(&bucket)
                    && to.send(&notification.queue, &body).await.is_err()
                {
                    return AFTER_REFUSED_EVENT;
                }
                self.settle("DELETE FROM event WHERE id = ?1", params![id]);
            }
        }
    }
}

/// Delivers ready events to their queue in order, and retries until the queue accepts them.
pub(super) async fn deliver(
    outbox: Arc<Outbox>,
    to: DurableQueues,
    mut stop: watch::Receiver<bool>,
) {
    loop {
        let wait = outbox.send_ready(&to).await;
        tokio::select! {
            () = outbox.ready.notified() => {}
            () = tokio::time::sleep(wait) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Builds the event's JSON. Source: Amazon S3 User Guide, "Event message structure".
fn event(intent: &Intent, created: &Created) -> String {
    let Intent { id, operation, bucket, key } = intent;
    json!({"Records": [{
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": super::REGION,
        "eventTime": format!("{:.3}", clock::now()),
        "eventName": format!("ObjectCreated:{operation}"),
        "userIdentity": {"principalId": "AWS:LOCAL"},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {"x-amz-request-id": format!("{id:016X}"), "x-amz-id-2": ""},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": bucket,
            "bucket": {
                "name": bucket,
                "ownerIdentity": {"principalId": "LOCAL"},
                "arn": format!("arn:aws:s3:::{bucket}"),
            },
            "object": {
                "key": event_key(key),
                "size": created.bytes,
                "eTag": created.e_tag,
                "sequencer": format!("{id:018X}"),
            },
        },
    }]})
    .to_string()
}

/// Encodes a key as S3 does in an event: form encoding, except for slashes.
fn event_key(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    for byte in key.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' | b'/' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            other => {
                // Writing to a String cannot fail.
                let _infallible = write!(out, "%{other:02X}");
            }
        }
    }
    out
}
