//! Looking into tables from outside: as somebody who stole a copy would, or as whoever pays for them. Tests only.

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

/// Every row of a table as text; bytes as the text they may hold.
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

/// Takes the proof of the mailbox off an account: as one stands that got its credentials before the proof.
///
/// # Errors
///
/// When the store fails.
pub async fn forget_mailbox_proof(app: &App, person: &PersonId) -> Result<(), StoreError> {
    let edit = Edit::default().exists().remove("verified");
    edit_one(app, app.records()?, &keys::person(person), edit).await?;
    Ok(())
}

/// Puts a text in a queue, as somebody would who got at it and has no key. A FIFO queue is told a group.
///
/// # Errors
///
/// When the queue does not take it.
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

/// Puts bytes where an upload belongs, whatever was announced: as storage would have it that compares nothing.
///
/// # Errors
///
/// When storage does not take them.
pub async fn put_upload(app: &App, key: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
    let bucket = required(app.config().intake_bucket.as_ref(), "INTAKE_BUCKET")?;
    let request = app.s3().put_object().bucket(bucket).key(key).body(ByteStream::from(bytes));
    request.send().await.map_err(service("put object"))?;
    Ok(())
}

/// The keys of the uploads that storage has, up to 1,000.
///
/// # Errors
///
/// When storage does not answer.
pub async fn uploads(app: &App) -> Result<Vec<String>, StoreError> {
    let bucket = required(app.config().intake_bucket.as_ref(), "INTAKE_BUCKET")?;
    let listed = app.s3().list_objects_v2().bucket(bucket).send().await;
    let listed = listed.map_err(service("list objects"))?;
    Ok(listed.contents().iter().filter_map(|object| object.key().map(str::to_owned)).collect())
}

/// What passwords have cost in this process: hashes, KiB filled by them, and bcrypt hashes of imported
/// accounts. Tests compare what a known and an unknown address cost: counted, not timed.
pub fn password_work(app: &App) -> [u64; 3] {
    app.hash_work().done()
}

/// One hash as sign-in computes it, without a pepper: for the bench beside the same hash in fresh memory.
pub fn hash_in_kept_memory(password: &[u8], salt: &[u8; 16]) -> [u8; 32] {
    *argon2id::hash(&Work::default(), Cost::LEAST, None, password, salt)
}

fn text(value: &AttributeValue) -> String {
    match value.as_b() {
        Ok(bytes) => String::from_utf8_lossy(bytes.as_ref()).into_owned(),
        Err(other) => format!("{other:?}"),
    }
}
