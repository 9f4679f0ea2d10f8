//! Queues: encrypted messages from this system to itself, and how workers read them.

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
    /// E-mails to send.
    Mail,
    /// Cameras to match. FIFO, one group per camera of a picture day.
    Matching,
    /// Steps of galleries. FIFO, one group per gallery.
    Gallery,
    /// Roster imports. FIFO, one group per school.
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

/// Maximum bytes of a message body. Ours contain ids and are far smaller. Source: control C16.
const MOST_BYTES: usize = 64 * 1024;

/// Sends an encrypted message.
///
/// `fifo` is the group and the deduplication id. SQS drops a message with the same id within five minutes, so
/// the id must contain a generation.
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

/// Decrypts a message that this system sent.
///
/// Any other message is refused on every delivery, so it reaches the dead-letter queue. The audit log records
/// it once.
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

/// Decrypts a body; `None` when this system did not encrypt it, or did for another queue.
fn unseal(ring: &KeyRing, queue: Queue, body: &str) -> Option<Vec<u8>> {
    if body.len() > MOST_BYTES {
        return None;
    }
    let (root, sealed) = body.split_once('.')?;
    let sealed = BASE64.decode(sealed.as_bytes()).ok()?;
    let key = ring.wrapping_key(root, &format!("queue|{}", queue.name()))?;
    key.open(&["queue", queue.name()], &sealed).ok()
}

/// Records the audit event of a foreign message, with the time the message was sent.
///
/// The message is delivered again until it reaches the dead-letter queue. The event has the same id each time,
/// so it is added once.
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
        tracing::error!(
            queue = queue.name(),
            message = id,
            "refused a queue message that this system did not send"
        );
    }
    Ok(())
}
