//! Queues: messages sealed by this system for this system, and the ways a worker answers a batch.

use futures_util::FutureExt as _;
use std::future::Future;
use std::panic::AssertUnwindSafe;

use aws_lambda_events::sqs::{BatchItemFailure, SqsMessage};
use data_encoding::BASE64;
use domain::audit::{Action, Outcome, Scope};
use domain::ids::{GalleryId, ImportId, PictureDayId, SchoolId, StudioId};
use domain::photo::CameraLabel;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::config::required;
use crate::crypto::ring::KeyRing;
use crate::http::error::ApiError;
use crate::mail::Mail;
use crate::scope::{Caller, StudioStore, time_ordered};
use crate::start::chain;
use crate::table::{Committed, StoreError, audit, commit, service};

/// A batch of messages as Lambda hands it over.
pub type Batch = aws_lambda_events::sqs::SqsEvent;
/// Which messages of it must be delivered again.
pub type Answer = aws_lambda_events::sqs::SqsBatchResponse;

/// A queue of this system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Mails to send.
    Mail,
    /// Cameras to match. FIFO, a group per camera of a picture day.
    Matching,
    /// Steps of galleries. FIFO, a group per gallery.
    Gallery,
    /// Roster imports. FIFO, a group per school.
    Roster,
}

impl Queue {
    fn url(self, app: &App) -> Result<&str, StoreError> {
        let config = app.config();
        let (url, variable) = match self {
            Self::Mail => (&config.mail_queue_url, "MAIL_QUEUE_URL"),
            Self::Matching => (&config.matching_queue_url, "MATCHING_QUEUE_URL"),
            Self::Gallery => (&config.gallery_queue_url, "GALLERY_QUEUE_URL"),
            Self::Roster => (&config.roster_queue_url, "ROSTER_QUEUE_URL"),
        };
        Ok(required(url.as_ref(), variable)?)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Matching => "matching",
            Self::Gallery => "gallery",
            Self::Roster => "roster",
        }
    }
}

/// The largest message that is sent or taken. Ours name ids, and are far below it. Source: control C16.
const MOST_BYTES: usize = 64 * 1024;

/// A camera whose photos are to be matched again.
#[derive(Debug, Serialize, Deserialize)]
pub struct MatchCamera {
    pub(crate) studio: StudioId,
    /// The picture day.
    pub day: PictureDayId,
    /// The camera.
    pub camera: CameraLabel,
    /// The generation that was dirty when this was sent.
    pub generation: u64,
}

/// One step of building a gallery.
#[derive(Debug, Serialize, Deserialize)]
pub struct GalleryStep {
    pub(crate) studio: StudioId,
    /// The gallery.
    pub gallery: GalleryId,
    /// The build this step belongs to.
    pub generation: u32,
    /// 0 plans, 1 to n put one photo in each, the one after publishes.
    pub step: u32,
}

/// A roster import that goes on in the background.
#[derive(Debug, Serialize, Deserialize)]
pub struct RosterWork {
    pub(crate) studio: StudioId,
    /// The school.
    pub school: SchoolId,
    /// The import.
    pub import: ImportId,
    /// What is to be done.
    pub task: RosterTask,
}

/// What is to be done with a roster import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RosterTask {
    /// Read the file and compare it with the school.
    Preview,
    /// Write its rows.
    Apply,
    /// Take them back.
    Undo,
}

/// Sends a sealed message. A FIFO message names its group and what makes it one of a kind: the same
/// deduplication id within five minutes is dropped, so it carries a generation.
pub(crate) async fn send<T: Serialize>(
    app: &App,
    queue: Queue,
    message: &T,
    fifo: Option<(&str, &str)>,
) -> Result<(), StoreError> {
    let ring = app.ring().await?;
    let key = ring
        .wrapping_key(ring.current(), &format!("queue|{}", queue.name()))
        .ok_or(StoreError::Corrupt("key ring"))?;
    let plain = serde_json::to_vec(message).map_err(|_| StoreError::Corrupt("message"))?;
    let body = format!(
        "{}.{}",
        ring.current(),
        BASE64.encode(&key.seal(&["queue", queue.name()], &plain))
    );
    if body.len() > MOST_BYTES {
        return Err(StoreError::Corrupt("message"));
    }
    let mut request = app.sqs().send_message().queue_url(queue.url(app)?).message_body(body);
    if let Some((group, deduplication)) = fifo {
        let deduplication = ring.lookup("deduplication", deduplication.as_bytes());
        let group = ring.lookup("group", group.as_bytes());
        request = request.message_group_id(group).message_deduplication_id(deduplication);
    }
    request.send().boxed().await.map_err(service("send"))?;
    Ok(())
}

/// Opens a message of ours. Anything else in the queue was not sent by this system: it is never worked, ends among
/// the dead letters, and the audit log says so, once.
pub(crate) async fn open<T: DeserializeOwned>(
    app: &App,
    queue: Queue,
    worker: &str,
    message: &SqsMessage,
) -> Result<T, StoreError> {
    let body = message.body.as_deref().unwrap_or_default();
    let Some(plain) = unseal(app.ring().await?, queue, body) else {
        report(app, queue, worker, message).await?;
        return Err(StoreError::Corrupt("message"));
    };
    serde_json::from_slice(&plain).map_err(|_| StoreError::Corrupt("message"))
}

/// What was sealed for this queue; `None` for what nobody of ours sealed, or sealed for another queue.
fn unseal(ring: &KeyRing, queue: Queue, body: &str) -> Option<Vec<u8>> {
    if body.len() > MOST_BYTES {
        return None;
    }
    let (root, sealed) = body.split_once('.')?;
    let sealed = BASE64.decode(sealed.as_bytes()).ok()?;
    let key = ring.wrapping_key(root, &format!("queue|{}", queue.name()))?;
    key.open(&["queue", queue.name()], &sealed).ok()
}

/// The audit event of a message that is not ours, of the time it was put there. The message comes again until it is
/// set aside; the event has the same id each time, and is added once.
async fn report(
    app: &App,
    queue: Queue,
    worker: &str,
    message: &SqsMessage,
) -> Result<(), StoreError> {
    let id = message.message_id.as_deref().unwrap_or_default();
    let sent = message.attributes.get("SentTimestamp").and_then(|sent| sent.parse().ok());
    let at = sent.and_then(|sent| Timestamp::from_millisecond(sent).ok());
    let caller = Caller::worker(app, worker);
    let mut event = caller.event(app, Scope::Platform, Action::MessageRefused, queue.name());
    event.at = at.unwrap_or(event.at);
    let bits = app.ring().await?.id_bits("refused message", &[id.as_bytes()]);
    event.id = time_ordered(bits, event.at.as_millisecond());
    event.outcome = Outcome::Refused;
    event.details = Some(id.to_owned());
    let added = commit(app, vec![audit::add(app, &event).await?]).await?;
    if added == Committed::Yes {
        tracing::error!(queue = queue.name(), message = id, "a message that is not ours");
    }
    Ok(())
}

/// Only the messages of this file are work: another kind could name another studio than the one it was sealed for.
mod sealed {
    #[expect(unnameable_types, reason = "that nobody else can name it is what it is for")]
    pub trait Ours {}
    impl Ours for super::MatchCamera {}
    impl Ours for super::GalleryStep {}
    impl Ours for super::RosterWork {}
}

/// A message that carries its studio: opening it gives the handle of just that studio.
pub trait Work: sealed::Ours + DeserializeOwned {
    /// The queue it travels in.
    const QUEUE: Queue;
    /// The studio it is about.
    fn studio(&self) -> &StudioId;
}

impl Work for MatchCamera {
    const QUEUE: Queue = Queue::Matching;
    fn studio(&self) -> &StudioId {
        &self.studio
    }
}
impl Work for GalleryStep {
    const QUEUE: Queue = Queue::Gallery;
    fn studio(&self) -> &StudioId {
        &self.studio
    }
}
impl Work for RosterWork {
    const QUEUE: Queue = Queue::Roster;
    fn studio(&self) -> &StudioId {
        &self.studio
    }
}

/// Opens a message and the store of its studio.
///
/// # Errors
///
/// When this system did not seal it.
pub async fn accept<W: Work>(
    app: &'static App,
    worker: &str,
    message: &SqsMessage,
) -> Result<(StudioStore, W), StoreError> {
    let work: W = open(app, W::QUEUE, worker, message).await?;
    let store = StudioStore::new(app, work.studio().clone(), Caller::worker(app, worker));
    Ok((store, work))
}

/// Opens a mail's message.
///
/// # Errors
///
/// When this system did not seal it.
pub async fn accept_mail(app: &'static App, message: &SqsMessage) -> Result<Mail, StoreError> {
    open(app, Queue::Mail, "mailer", message).await
}

/// Runs `handle` on each message in order and says which must be delivered again.
///
/// Stops at the first failure and gives back that message and every one after it: in a FIFO queue,
/// working past a failed message would reorder its group.
///
/// Source: AWS Lambda Developer Guide, "Handling errors for an SQS event source", the FIFO note.
pub async fn in_order<F>(batch: Batch, handle: impl Fn(SqsMessage) -> F) -> Answer
where
    F: Future<Output = Result<(), ApiError>> + Send,
{
    let mut failed = Vec::new();
    for message in batch.records {
        let id = message.message_id.clone().unwrap_or_default();
        if failed.is_empty() && succeeded(&id, handle(message)).await {
            continue;
        }
        failed.push(id);
    }
    again(failed)
}

/// Runs `handle` on each message and says which must be delivered again: for queues without an order.
pub async fn each<F>(batch: Batch, handle: impl Fn(SqsMessage) -> F) -> Answer
where
    F: Future<Output = Result<(), ApiError>> + Send,
{
    let mut failed = Vec::new();
    for message in batch.records {
        let id = message.message_id.clone().unwrap_or_default();
        if !succeeded(&id, handle(message)).await {
            failed.push(id);
        }
    }
    again(failed)
}

/// Works one message. A panic is the failure of that message alone: it would take the whole batch with it, and use up
/// the tries of the others.
async fn succeeded(id: &str, work: impl Future<Output = Result<(), ApiError>>) -> bool {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::error!(message = id, cause = %chain(&error), "message failed");
            false
        }
        Err(_) => {
            // What it says was printed when it began; it may quote what was in the message.
            tracing::error!(message = id, "message failed: the worker panicked");
            false
        }
    }
}

fn again(failed: Vec<String>) -> Answer {
    let mut answer = Answer::default();
    answer.batch_item_failures = failed
        .into_iter()
        .map(|id| {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = id;
            failure
        })
        .collect();
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three messages, the second of which is worked by a panic.
    fn batch() -> Batch {
        let message = |id: &str| {
            let mut message = SqsMessage::default();
            message.message_id = Some(id.to_owned());
            message
        };
        let mut batch = Batch::default();
        batch.records = ["one", "two", "three"].map(message).into();
        batch
    }

    async fn work(message: SqsMessage) -> Result<(), ApiError> {
        assert_ne!(message.message_id.as_deref(), Some("two"));
        Ok(())
    }

    fn failed(answer: &Answer) -> Vec<&str> {
        answer.batch_item_failures.iter().map(|it| it.item_identifier.as_str()).collect()
    }

    #[tokio::test]
    async fn a_panic_fails_its_own_message_only() {
        assert_eq!(failed(&each(batch(), work).await), ["two"]);
        assert_eq!(failed(&in_order(batch(), work).await), ["two", "three"]);
    }
}
