//! Queues: messages sealed by this system for this system, and the ways a worker answers a batch.

use futures_util::FutureExt as _;

use aws_lambda_events::sqs::SqsMessage;
use data_encoding::BASE64;
use domain::audit::{Action, Outcome};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::base::app::App;
use crate::base::config::required;
use crate::base::crypto::ring::KeyRing;
use crate::store::audit::{self, time_ordered};
use crate::store::change::{Committed, commit};
use crate::store::error::{StoreError, service};

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
    let mut event = audit::by_worker(app, worker, Action::MessageRefused, queue.name());
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
