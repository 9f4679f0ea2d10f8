//! The queues' journal: sent and deleted messages, in SQLite.
//!
//! It is replayed at the start, so that no message is lost and no consumed message returns.

use rusqlite::{Connection, Params, params};
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How long SQS remembers a deduplication id: five minutes.
///
/// Source: Amazon SQS Developer Guide, "Using the message deduplication ID".
const DEDUPLICATION_SECONDS: i64 = 300;
/// The number of newest journal entries whose consumed FIFO messages are replayed for their ids. One replay takes 0.5
/// ms.
const CONSUMED_REPLAYED: i64 = 1_000;

/// The journal of all queues of a folder.
pub(super) struct Journal {
    messages: Mutex<Connection>,
    /// Maps receipt handles to message ids.
    receipts: Mutex<HashMap<String, String>>,
}

/// A message to send again.
pub(super) struct Sent {
    pub(super) position: i64,
    pub(super) queue: String,
    pub(super) request: String,
    /// Whether it was consumed: then only its deduplication id must be restored.
    pub(super) consumed: bool,
}

impl Journal {
    pub(super) fn open(dir: &Path) -> rusqlite::Result<Self> {
        let messages = Connection::open(dir.join("sqs.sqlite"))?;
        messages.execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;
             CREATE TABLE IF NOT EXISTS message(
                 position INTEGER PRIMARY KEY, queue TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
                 request TEXT NOT NULL, sent INTEGER NOT NULL, consumed INTEGER);
             CREATE INDEX IF NOT EXISTS consumed ON message(sent) WHERE consumed IS NOT NULL",
        )?;
        let journal = Self { messages: Mutex::new(messages), receipts: Mutex::default() };
        journal.forget_consumed();
        Ok(journal)
    }

    fn messages(&self) -> MutexGuard<'_, Connection> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn receipts(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.receipts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the messages to send again at a start: first the consumed, then the waiting ones, each group in order.
    pub(super) fn replay(&self) -> rusqlite::Result<Vec<Sent>> {
        let messages = self.messages();
        let mut select = messages.prepare(
            "SELECT position, queue, request, consumed IS NOT NULL FROM message
             WHERE request <> '' AND (consumed IS NULL OR (queue LIKE '%.fifo'
                 AND position > (SELECT max(position) FROM message) - ?1))
             ORDER BY consumed IS NULL, position",
        )?;
        let sent = select.query_map([CONSUMED_REPLAYED], |row| {
            let (position, queue) = (row.get(0)?, row.get(1)?);
            Ok(Sent { position, queue, request: row.get(2)?, consumed: row.get(3)? })
        })?;
        sent.collect()
    }

    /// Records the new id of a message that was sent again.
    pub(super) fn renamed(&self, position: i64, id: &Value) {
        let Some(id) = id.as_str() else { return };
        self.write("UPDATE message SET id = ?1 WHERE position = ?2", params![id, position]);
    }

    /// Records a sent message: the request without the members that name the queue.
    ///
    /// Returns `false` if it could not be written; then it must not count as sent.
    pub(super) fn sent(&self, queue: &str, id: &Value, request: &Value) -> bool {
        let Some(id) = id.as_str() else { return true };
        let mut request = request.clone();
        if let Some(request) = request.as_object_mut() {
            request.remove("QueueUrl");
            request.remove("Id");
        }
        // A tombstone (request = '') may exist already, if the consumer was faster.
        self.write(
            "INSERT INTO message(queue, id, request, sent) VALUES(?1, ?2, ?3, unixepoch())
             ON CONFLICT(id) DO UPDATE SET request = excluded.request WHERE request = ''",
            params![queue, id, request.to_string()],
        )
    }

    /// Remembers the message of a receipt handle, and a move to the dead-letter queue.
    pub(super) fn received(&self, queue: &str, message: &Value) {
        let (Some(receipt), Some(id)) = (
            message.get("ReceiptHandle").and_then(Value::as_str),
            message.get("MessageId").and_then(Value::as_str),
        ) else {
            return;
        };
        self.receipts().insert(receipt.to_owned(), id.to_owned());
        self.write(
            "UPDATE message SET queue = ?1 WHERE id = ?2 AND queue <> ?1",
            params![queue, id],
        );
    }

    /// Records that a message was consumed.
    pub(super) fn consumed(&self, queue: &str, receipt: &Value) {
        let id = receipt.as_str().and_then(|receipt| self.receipts().remove(receipt));
        let Some(id) = id else { return };
        // The consumer can be faster than the sender's entry, so this leaves a tombstone for it.
        self.write(
            "INSERT INTO message(queue, id, request, sent, consumed)
             VALUES(?1, ?2, '', unixepoch(), unixepoch())
             ON CONFLICT(id) DO UPDATE SET consumed = unixepoch()",
            params![queue, id],
        );
    }

    /// Deletes all messages of a queue.
    pub(super) fn emptied(&self, queue: &str) {
        self.write("DELETE FROM message WHERE queue = ?1", params![queue]);
    }

    /// Deletes consumed messages whose deduplication id has expired.
    pub(super) fn forget_consumed(&self) {
        self.write(
            "DELETE FROM message WHERE consumed IS NOT NULL AND sent < unixepoch() - ?1",
            params![DEDUPLICATION_SECONDS],
        );
    }

    fn write(&self, sql: &str, values: impl Params) -> bool {
        let messages = self.messages();
        let written = messages.prepare_cached(sql).and_then(|mut row| row.execute(values));
        if let Err(error) = &written {
            tracing::error!(%error, "cannot write the queues' journal");
        }
        written.is_ok()
    }
}
