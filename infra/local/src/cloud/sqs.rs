//! SQS: `rustack` in memory, with a journal that is replayed at the start.

use super::access_key::AccessKey;
use super::door::{self, JsonService};
use super::folder;
use super::sqs_journal::Journal;
use bytes::Bytes;
use http::request::Parts;
use http_body_util::{BodyExt, Full};
use rustack_sqs_core::config::SqsConfig;
use rustack_sqs_core::handler::RustackSqsHandler;
use rustack_sqs_core::provider::{RustackSqs, SqsSnapshot};
use rustack_sqs_http::body::SqsResponseBody;
use rustack_sqs_http::dispatch::SqsHandler;
use rustack_sqs_http::response::error_to_response;
use rustack_sqs_http::router::resolve_operation;
use rustack_sqs_model::error::SqsError;
use rustack_sqs_model::operations::SqsOperation as Operation;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

type Response = http::Response<SqsResponseBody>;
type StartError = Box<dyn std::error::Error + Send + Sync>;

/// The largest request body: more than the largest batch of messages.
///
/// Source: Amazon SQS Developer Guide, "Message quotas": 1 MiB.
const LARGEST_BYTES: usize = 4 * 1024 * 1024;
/// The number of deletions between two cleanings of the journal.
const DELETIONS_BETWEEN_CLEANINGS: u32 = 500;

/// The queues of a folder.
#[derive(Clone)]
pub(super) struct DurableQueues(Arc<Inner>);

struct Inner {
    handler: RustackSqsHandler,
    provider: Arc<RustackSqs>,
    journal: Journal,
    /// Keeps the order of the journal equal to the order of the queues.
    in_order: tokio::sync::Mutex<()>,
    definitions: PathBuf,
    at: SocketAddr,
    deletions: AtomicU32,
}

impl DurableQueues {
    pub(super) async fn open(dir: &Path, at: SocketAddr) -> Result<Self, StartError> {
        let provider = Arc::new(RustackSqs::new(SqsConfig {
            host: at.ip().to_string(),
            port: at.port(),
            account_id: super::ACCOUNT.to_owned(),
            default_region: super::REGION.to_owned(),
            ..SqsConfig::default()
        }));
        let definitions = dir.join("sqs-queues.json");
        match std::fs::read(&definitions) {
            Ok(kept) => {
                provider.import_snapshot(serde_json::from_slice::<SqsSnapshot>(&kept)?).await?;
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        let queues = Inner {
            handler: RustackSqsHandler::new(Arc::clone(&provider)),
            provider,
            journal: Journal::open(dir)?,
            in_order: tokio::sync::Mutex::default(),
            definitions,
            at,
            deletions: AtomicU32::new(0),
        };
        queues.replay().await?;
        Ok(Self(Arc::new(queues)))
    }

    /// Builds the HTTP service.
    pub(super) fn service(&self, key: &AccessKey) -> impl JsonService {
        let queues = Arc::clone(&self.0);
        door::guarded(Some(key), LARGEST_BYTES, move |head, body| {
            let queues = Arc::clone(&queues);
            async move { queues.answer(&head, body).await }
        })
    }

    /// Sends a message from inside the process; it is journalled like every other message.
    pub(super) async fn send(&self, queue: &str, body: &str) -> Result<(), String> {
        let request = json!({"QueueUrl": self.0.url(queue), "MessageBody": body}).to_string();
        let sent = self.0.run(Operation::SendMessage, request.into()).await;
        sent.map(drop).map_err(|error| format!("{error:?}"))
    }
}

/// Returns a member of a JSON object; `null` if it is absent.
fn member<'v>(value: &'v Value, name: &str) -> &'v Value {
    value.get(name).unwrap_or(&Value::Null)
}

/// Returns the items of an array member.
fn items<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    member(value, name).as_array().into_iter().flatten()
}

/// Returns a queue's name, from the end of its URL.
fn queue_name(request: &Value) -> &str {
    let url = member(request, "QueueUrl").as_str().unwrap_or_default();
    url.rsplit('/').next().unwrap_or_default()
}

/// Converts `maxReceiveCount` to a number: SQS accepts a number or a string, `rustack` only a number.
fn with_numeric_redrive(body: Bytes) -> Bytes {
    let Ok(mut request) = serde_json::from_slice::<Value>(&body) else { return body };
    let Some(policy) = request.pointer_mut("/Attributes/RedrivePolicy") else { return body };
    let parsed = policy.as_str().and_then(|policy| serde_json::from_str::<Value>(policy).ok());
    let Some(mut parsed) = parsed else { return body };
    if let Some(count) = parsed.get_mut("maxReceiveCount")
        && let Some(number) = count.as_str().and_then(|count| count.parse::<i32>().ok())
    {
        *count = number.into();
    }
    *policy = parsed.to_string().into();
    request.to_string().into()
}

impl Inner {
    fn url(&self, queue: &str) -> String {
        format!("http://{}/{}/{queue}", self.at, super::ACCOUNT)
    }

    /// Answers a request as the crate's own server does, except for the signature check, which that server lacks.
    async fn answer(&self, head: &Parts, body: Bytes) -> http::Response<Full<Bytes>> {
        let answered = match resolve_operation(&head.headers) {
            Ok(operation) => self.run(operation, body).await,
            Err(error) => Err(error),
        };
        let response = answered.unwrap_or_else(|error| error_to_response(&error, "local"));
        let (mut head, body) = response.into_parts();
        head.headers
            .entry(http::header::CONTENT_TYPE)
            .or_insert(http::HeaderValue::from_static("application/x-amz-json-1.0"));
        let body = body.collect().await.map(http_body_util::Collected::to_bytes);
        http::Response::from_parts(head, Full::new(body.unwrap_or_default()))
    }

    async fn call(&self, operation: Operation, request: &Value) -> Result<Value, SqsError> {
        let response = self.handler.handle_operation(operation, request.to_string().into()).await?;
        let body = response.into_body().collect().await;
        let body = body.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        Ok(serde_json::from_slice(&body).unwrap_or_default())
    }

    async fn replay(&self) -> Result<(), StartError> {
        for sent in self.journal.replay()? {
            let url = self.url(&sent.queue);
            let mut request: Value = serde_json::from_str(&sent.request)?;
            if let Some(request) = request.as_object_mut() {
                request.insert("QueueUrl".to_owned(), url.clone().into());
            }
            let Ok(answer) = self.call(Operation::SendMessage, &request).await else { continue };
            if !sent.consumed {
                self.journal.renamed(sent.position, member(&answer, "MessageId"));
                continue;
            }
            // The queue holds nothing else yet, so this receives exactly that message.
            let receive = json!({"QueueUrl": url, "MaxNumberOfMessages": 1});
            let received = self.call(Operation::ReceiveMessage, &receive).await?;
            for message in items(&received, "Messages") {
                let receipt = member(message, "ReceiptHandle");
                let delete = json!({"QueueUrl": url, "ReceiptHandle": receipt});
                self.call(Operation::DeleteMessage, &delete).await?;
            }
        }
        Ok(())
    }

    async fn run(&self, operation: Operation, body: Bytes) -> Result<Response, SqsError> {
        let sends = matches!(operation, Operation::SendMessage | Operation::SendMessageBatch);
        let _in_order = if sends { Some(self.in_order.lock().await) } else { None };
        let body = if matches!(operation, Operation::CreateQueue | Operation::SetQueueAttributes) {
            with_numeric_redrive(body)
        } else {
            body
        };
        let response = self.handler.handle_operation(operation, body.clone()).await?;
        let (head, answer) = response.into_parts();
        let answer = answer.collect().await;
        let answer = answer.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        self.note(operation, &body, &answer)?;
        if matches!(
            operation,
            Operation::CreateQueue
                | Operation::DeleteQueue
                | Operation::SetQueueAttributes
                | Operation::TagQueue
                | Operation::UntagQueue
        ) {
            self.save_definitions().await?;
        }
        Ok(http::Response::from_parts(head, SqsResponseBody::from_bytes(answer)))
    }

    /// Journals the change that an answered request made.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the crate's list of operations, not ours")]
    fn note(&self, operation: Operation, body: &[u8], answer: &[u8]) -> Result<(), SqsError> {
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
        let queue = queue_name(&request);
        let entry = |of: &Value| {
            items(&request, "Entries")
                .find(|entry| member(entry, "Id") == member(of, "Id"))
                .cloned()
        };
        let mut kept = true;
        match operation {
            Operation::SendMessage => {
                kept = self.journal.sent(queue, member(&answer, "MessageId"), &request);
            }
            Operation::SendMessageBatch => {
                for sent in items(&answer, "Successful") {
                    if let Some(entry) = entry(sent) {
                        kept &= self.journal.sent(queue, member(sent, "MessageId"), &entry);
                    }
                }
            }
            Operation::ReceiveMessage => {
                items(&answer, "Messages")
                    .for_each(|message| self.journal.received(queue, message));
            }
            Operation::DeleteMessage => {
                self.journal.consumed(queue, member(&request, "ReceiptHandle"));
                self.clean_now_and_then();
            }
            Operation::DeleteMessageBatch => {
                for deleted in items(&answer, "Successful") {
                    if let Some(entry) = entry(deleted) {
                        self.journal.consumed(queue, member(&entry, "ReceiptHandle"));
                    }
                }
                self.clean_now_and_then();
            }
            Operation::PurgeQueue | Operation::DeleteQueue => self.journal.emptied(queue),
            // Reads, and changes of definitions or visibility, are not journalled.
            _ => {}
        }
        if kept { Ok(()) } else { Err(SqsError::internal_error("the journal cannot be written")) }
    }

    fn clean_now_and_then(&self) {
        let deletions = self.deletions.fetch_add(1, Ordering::Relaxed);
        if deletions % DELETIONS_BETWEEN_CLEANINGS == DELETIONS_BETWEEN_CLEANINGS - 1 {
            self.journal.forget_consumed();
        }
    }

    async fn save_definitions(&self) -> Result<(), SqsError> {
        let _one = self.in_order.lock().await;
        let definitions = self.provider.export_snapshot().await?;
        let saved = serde_json::to_vec(&definitions)
            .map_err(std::io::Error::other)
            .and_then(|bytes| folder::replace(&self.definitions, &bytes));
        saved.map_err(|error| SqsError::internal_error(error.to_string()))
    }
}
