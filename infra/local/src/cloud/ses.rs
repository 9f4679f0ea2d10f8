//! A stand-in for Amazon SES v2: accepts `SendEmail` and stores the mails in a file.

use super::access_key::AccessKey;
use super::clock;
use super::door::{self, JsonService};
use super::serve::{self, PortLimits};
use bytes::Bytes;
use http_body_util::Full;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A sent mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The recipients, joined by a comma.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML body; empty if there is none.
    pub html: String,
    /// When it was sent, in RFC 3339.
    pub sent_at: String,
}

/// The sent mails: in memory for reading, in a file for durability.
#[derive(Clone)]
pub struct Outbox {
    kept: Arc<Mutex<Kept>>,
    sender: Arc<str>,
}

struct Kept {
    file: File,
    mails: Vec<Mail>,
}

/// The largest message that SES accepts, in bytes.
///
/// Source: Amazon SES Developer Guide, "Service quotas": 40 MB.
const LARGEST_MESSAGE_BYTES: usize = 40 * 1024 * 1024;

impl Outbox {
    /// Opens the file of mails. An incomplete last line after a crash is dropped: its sender got no answer.
    fn open(path: &Path, sender: &str) -> io::Result<Self> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let mails = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        file.set_len(u64::try_from(whole).unwrap_or_default())?;
        let kept = Arc::new(Mutex::new(Kept { file, mails }));
        Ok(Self { kept, sender: address(sender).into() })
    }

    /// Returns all sent mails, newest last.
    pub fn all(&self) -> Vec<Mail> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).mails.clone()
    }

    fn add(&self, mail: Mail) -> io::Result<usize> {
        let mut line = serde_json::to_vec(&mail)?;
        line.push(b'\n');
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.file.write_all(&line)?;
        kept.mails.push(mail);
        Ok(kept.mails.len())
    }

    fn send(&self, body: &[u8]) -> Result<Value, Refusal> {
        let message: Message =
            serde_json::from_slice(body).map_err(|error| Refusal::bad(&error.to_string()))?;
        let from = message.from_email_address.unwrap_or_default();
        if address(&from) != *self.sender {
            return Err(Refusal {
                status: 400,
                kind: "MessageRejected",
                message: "Email address is not verified.".to_owned(),
            });
        }
        let receivers = message.destination.to_addresses;
        if receivers.is_empty() || !receivers.iter().all(|to| is_mailbox(&address(to))) {
            return Err(Refusal::bad("Missing or malformed destination address."));
        }
        let Some(simple) = message.content.simple else {
            return Err(Refusal::bad("Only simple content is taken here."));
        };
        let part = |part: Option<Part>| part.map(|part| part.data).unwrap_or_default();
        let number = self.add(Mail {
            to: receivers.join(", "),
            subject: part(Some(simple.subject)),
            text: part(simple.body.text),
            html: part(simple.body.html),
            sent_at: clock::now().to_string(),
        });
        let number = number.map_err(|error| Refusal {
            status: 500,
            kind: "InternalServiceError",
            message: error.to_string(),
        })?;
        Ok(json!({ "MessageId": format!("local-{number:08}") }))
    }
}

/// Returns the bare address of `Name <address>`, in lower case.
fn address(text: &str) -> String {
    let bare = text.rsplit_once('<').map_or(text, |(_, rest)| rest.trim_end_matches('>'));
    bare.trim().trim_end_matches('>').to_ascii_lowercase()
}

/// Does SES accept this address?
///
/// Consecutive dots, or a dot at the start or end of the local part, are accepted only in quotes.
fn is_mailbox(address: &str) -> bool {
    address.rsplit_once('@').is_some_and(|(local, domain)| {
        let is_quoted = local.starts_with('"') && local.ends_with('"');
        let is_loose = local.contains("..") || local.starts_with('.') || local.ends_with('.');
        domain.is_ascii() && (is_quoted || !is_loose)
    })
}

struct Refusal {
    status: u16,
    kind: &'static str,
    message: String,
}

impl Refusal {
    fn bad(message: &str) -> Self {
        Self { status: 400, kind: "BadRequestException", message: message.to_owned() }
    }
}

/// The body of `SendEmail`, as the SDK writes it. Source: Amazon SES API v2 Reference.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Message {
    from_email_address: Option<String>,
    #[serde(default)]
    destination: Destination,
    content: Content,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Destination {
    to_addresses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    simple: Option<Simple>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Simple {
    subject: Part,
    body: Bodies,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Bodies {
    text: Option<Part>,
    html: Option<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Part {
    data: String,
}

/// A running SES stand-in.
pub struct Server {
    /// Its address.
    pub at: SocketAddr,
    /// The sent mails.
    pub outbox: Outbox,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts on a free port, with the mails of a folder.
    ///
    /// Without a key it accepts any signature, because the callers then have the key of another emulator.
    ///
    /// # Errors
    ///
    /// When the folder cannot be used.
    pub async fn start(
        dir: &Path,
        sender: &str,
        key: Option<&AccessKey>,
        limits: PortLimits,
    ) -> io::Result<Self> {
        let outbox = Outbox::open(&dir.join("mails.jsonl"), sender)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let at = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let service = service(outbox.clone(), key);
        let serving = serve::until_stopped(listener, door::port(limits), service, stopped);
        Ok(Self { at, outbox, stop, task: tokio::spawn(serving) })
    }

    /// Stops accepting mail.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the local SES task failed");
        }
    }
}

/// Builds the HTTP service.
fn service(outbox: Outbox, key: Option<&AccessKey>) -> impl JsonService {
    door::guarded(key, LARGEST_MESSAGE_BYTES, move |head, body| {
        let is_send =
            head.method == http::Method::POST && head.uri.path() == "/v2/email/outbound-emails";
        let answer = if is_send {
            outbox.send(&body)
        } else {
            Err(Refusal {
                status: 404,
                kind: "NotFoundException",
                message: "Only SendEmail is here.".to_owned(),
            })
        };
        std::future::ready(match answer {
            Ok(body) => respond(200, None, &body),
            Err(refusal) => {
                respond(refusal.status, Some(refusal.kind), &json!({ "message": refusal.message }))
            }
        })
    })
}

fn respond(status: u16, error: Option<&str>, body: &Value) -> http::Response<Full<Bytes>> {
    let mut response =
        http::Response::builder().status(status).header("content-type", "application/json");
    if let Some(kind) = error {
        response = response.header("x-amzn-errortype", kind);
    }
    response.body(Full::new(Bytes::from(body.to_string()))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(from: &str) -> Vec<u8> {
        json!({
            "FromEmailAddress": from,
            "Destination": {"ToAddresses": ["a@example.org"]},
            "Content": {"Simple": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "text"}}}},
        })
        .to_string()
        .into_bytes()
    }

    #[test]
    fn a_mail_is_kept_over_a_restart_and_a_line_cut_off_is_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("mails.jsonl");
        let open = || Outbox::open(&file, "Us <us@example.org>").unwrap();
        assert!(open().send(&message("us@example.org")).is_ok());
        let mut cut = OpenOptions::new().append(true).open(&file).unwrap();
        cut.write_all(b"{\"to\":\"half").unwrap();
        assert!(open().send(&message("Us <US@example.org>")).is_ok());
        let mails = open().all();
        assert_eq!(mails.len(), 2);
        assert_eq!((mails[1].to.as_str(), mails[1].subject.as_str()), ("a@example.org", "Hello"));
    }

    #[test]
    fn dots_in_a_row_are_taken_in_quotes_only() {
        for (to, is_taken) in [
            ("\"a..b\"@docomo.ne.jp", true),
            ("a..b@docomo.ne.jp", false),
            ("a.@docomo.ne.jp", false),
            ("a@m\u{fc}ller.example", false),
        ] {
            assert_eq!(is_mailbox(to), is_taken, "{to}");
        }
    }

    #[test]
    fn a_sender_who_is_not_ours_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let outbox = Outbox::open(&dir.path().join("mails"), "us@example.org").unwrap();
        let refused = outbox.send(&message("other@example.org")).err().unwrap();
        assert_eq!((refused.status, refused.kind), (400, "MessageRejected"));
        assert!(outbox.all().is_empty());
    }
}
