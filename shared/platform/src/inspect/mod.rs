//! Inspection of storage from outside, for tests only: as a thief of a copy would see it, or by its costs.

pub mod units;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_s3::primitives::ByteStream;
use domain::ids::PersonId;

use crate::base::app::App;
use crate::base::config::required;
use crate::base::crypto::argon2id::{self, Cost, Work};
use crate::store::change::{Edit, edit_one};
use crate::store::error::{StoreError, service};
use crate::store::keys;

/// Returns every row of a table as text. Bytes are decoded as text where possible.
///
/// # Errors
///
/// When the table cannot be read.
pub async fn scan(app: &App, table: &str) -> Result<Vec<String>, StoreError> {
    let mut rows = Vec::new();
    let mut start = None;
    loop {
        let page = app
            .dynamodb()
            .scan()
            .table_name(table)
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(service("scan"))?;
        for item in page.items.into_iter().flatten() {
            let attributes = item.iter().map(|(name, value)| format!("{name}={}", text(value)));
            rows.push(attributes.collect::<Vec<_>>().join(" "));
        }
        start = page.last_evaluated_key;
        if start.is_none() {
            return Ok(rows);
        }
    }
}

/// Removes the proof of the mailbox from an account, as if its credentials were set before the proof.
///
/// # Errors
///
/// When the store fails.
pub async fn forget_mailbox_proof(app: &App, person: &PersonId) -> Result<(), StoreError> {
    let edit = Edit::default().exists().remove("verified");
    edit_one(app, app.records()?, &keys::person(person), edit).await?;
    Ok(())
}

/// Sends a text to a queue, as an attacker with access to the queue but no key would.
///
/// A FIFO queue requires a `group`.
///
/// # Errors
///
/// When the queue refuses the message.
pub async fn put_in_queue(
    app: &App,
    url: &str,
    text: &str,
    group: Option<&str>,
) -> Result<(), StoreError> {
    let mut request = app.sqs().send_message().queue_url(url).message_body(text);
    if let Some(group) = group {
        let once = data_encoding::HEXLOWER.encode(&app.random::<16>());
        request = request.message_group_id(group).message_deduplication_id(once);
    }
    request.send().await.map_err(service("send"))?;
    Ok(())
}

/// Puts bytes at the key of an upload, whatever was announced, as if storage compared nothing.
///
/// # Errors
///
/// When storage refuses the object.
pub async fn put_upload(app: &App, key: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
    let bucket = required(app.config().intake_bucket.as_ref(), "INTAKE_BUCKET")?;
    let request = app.s3().put_object().bucket(bucket).key(key).body(ByteStream::from(bytes));
    request.send().await.map_err(service("put object"))?;
    Ok(())
}

/// Returns the keys of the stored uploads, up to 1,000.
///
/// # Errors
///
/// When the call to storage fails.
pub async fn uploads(app: &App) -> Result<Vec<String>, StoreError> {
    let bucket = required(app.config().intake_bucket.as_ref(), "INTAKE_BUCKET")?;
    let listed = app.s3().list_objects_v2().bucket(bucket).send().await;
    let listed = listed.map_err(service("list objects"))?;
    Ok(listed.contents().iter().filter_map(|object| object.key().map(str::to_owned)).collect())
}

/// Returns the password work of this process: hashes, KiB filled by them, and bcrypt hashes of imported accounts.
///
/// Tests compare the cost of a known and an unknown address by these counts, not by time.
pub fn password_work(app: &App) -> [u64; 3] {
    app.hash_work().done()
}

/// Computes one hash as sign-in does, without a pepper, in reused memory.
///
/// For the benchmark, which compares it with the same hash in fresh memory.
pub fn hash_in_kept_memory(password: &[u8], salt: &[u8; 16]) -> [u8; 32] {
    *argon2id::hash(&Work::default(), Cost::LEAST, None, password, salt)
}

fn text(value: &AttributeValue) -> String {
    match value.as_b() {
        Ok(bytes) => String::from_utf8_lossy(bytes.as_ref()).into_owned(),
        Err(other) => format!("{other:?}"),
    }
}
