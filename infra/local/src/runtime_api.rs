//! Lambda's Runtime API: a function's process fetches events here and posts its answers.
//!
//! With it a function runs here as on AWS: a separate process with its own environment.
//! Source: AWS Lambda Developer Guide, "Using the Lambda runtime API".

use crate::cloud::clock;
use crate::cloud::serve::{self, Port, PortLimits, RequestBody};
use bytes::Bytes;
use http::{Method, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use serde_json::Value;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// The maximum time for one invocation.
const LONGEST_INVOCATION: Duration = Duration::from_mins(1);
const PREFIX: &str = "/2018-06-01/runtime/";

/// A Runtime API for one function. A process that uses it works until it is killed.
pub struct RuntimeApi {
    at: SocketAddr,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

struct Shared {
    waiting: mpsc::UnboundedSender<Invocation>,
    next: tokio::sync::Mutex<mpsc::UnboundedReceiver<Invocation>>,
    answers: Mutex<BTreeMap<String, oneshot::Sender<Outcome>>>,
    started: AtomicU64,
}

struct Invocation {
    id: String,
    event: String,
}

type Outcome = Result<Value, InvokeError>;

/// Why an invocation has no answer.
#[derive(Debug, thiserror::Error)]
pub enum InvokeError {
    /// The function reported an error; the text is its error report.
    #[error("the function failed: {0}")]
    Failed(String),
    /// The function's answer is not JSON.
    #[error("the answer is not JSON")]
    NotJson(#[from] serde_json::Error),
    /// No answer arrived in time.
    #[error("the function did not answer within {} s", LONGEST_INVOCATION.as_secs())]
    TooLate,
}

impl RuntimeApi {
    /// Starts the API on a free port.
    ///
    /// # Errors
    ///
    /// When there is no free port.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let at = listener.local_addr()?;
        let (waiting, next) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            waiting,
            next: tokio::sync::Mutex::new(next),
            answers: Mutex::default(),
            started: AtomicU64::new(0),
        });
        let (stop, stopped) = watch::channel(false);
        let serving = Arc::clone(&shared);
        let service = service_fn(move |request| {
            let shared = Arc::clone(&serving);
            async move { Ok::<_, Infallible>(shared.respond(request).await) }
        });
        // The wait for the next event has no limit; we control the process on the other side.
        let port =
            Port::new(PortLimits::default().streaming(), |_| status(StatusCode::REQUEST_TIMEOUT));
        let task = tokio::spawn(serve::until_stopped(listener, port, service, stopped));
        Ok(Self { at, shared, stop, task })
    }

    /// Returns the value for `AWS_LAMBDA_RUNTIME_API`.
    pub fn address(&self) -> String {
        self.at.to_string()
    }

    /// Sends an event to the function and waits for its answer.
    ///
    /// # Errors
    ///
    /// When the function fails, does not answer with JSON, or does not answer in time.
    pub async fn invoke(&self, event: &Value) -> Result<Value, InvokeError> {
        let number = self.shared.started.fetch_add(1, Ordering::Relaxed) + 1;
        let id = format!("{number:08x}-0000-4000-8000-000000000000");
        let (answer, answered) = oneshot::channel();
        self.shared.answers().insert(id.clone(), answer);
        let invocation = Invocation { id: id.clone(), event: event.to_string() };
        if self.shared.waiting.send(invocation).is_err() {
            return Err(InvokeError::TooLate);
        }
        let outcome = tokio::time::timeout(LONGEST_INVOCATION, answered).await;
        self.shared.answers().remove(&id);
        match outcome {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) | Err(_) => Err(InvokeError::TooLate),
        }
    }

    /// Stops the service. Kill the function's process first: it waits for its next event.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.task.abort();
        if let Err(error) = self.task.await
            && !error.is_cancelled()
        {
            tracing::error!(%error, "the runtime API task failed");
        }
    }
}

impl Shared {
    fn answers(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, oneshot::Sender<Outcome>>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn respond(&self, request: http::Request<RequestBody>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let path = head.uri.path().strip_prefix(PREFIX).unwrap_or_default().to_owned();
        let parts: Vec<&str> = path.split('/').collect();
        match (&head.method, parts.as_slice()) {
            (&Method::GET, ["invocation", "next"]) => self.next().await,
            (&Method::POST, ["invocation", id, "response"]) => {
                let body = whole(body).await;
                self.settle(id, serde_json::from_slice(&body).map_err(InvokeError::NotJson))
            }
            (&Method::POST, ["invocation", id, "error"]) => {
                let report = String::from_utf8_lossy(&whole(body).await).into_owned();
                self.settle(id, Err(InvokeError::Failed(report)))
            }
            (&Method::POST, ["init", "error"]) => {
                let report = String::from_utf8_lossy(&whole(body).await).into_owned();
                let waiting = std::mem::take(&mut *self.answers());
                for answer in waiting.into_values() {
                    // The caller may have stopped waiting.
                    drop(answer.send(Err(InvokeError::Failed(report.clone()))));
                }
                status(StatusCode::ACCEPTED)
            }
            _ => status(StatusCode::NOT_FOUND),
        }
    }

    async fn next(&self) -> Response<Full<Bytes>> {
        let Some(invocation) = self.next.lock().await.recv().await else {
            return status(StatusCode::GONE);
        };
        let within = i64::try_from(LONGEST_INVOCATION.as_millis()).unwrap_or(i64::MAX);
        let deadline = clock::now().as_millisecond().saturating_add(within);
        let response = Response::builder()
            .header("content-type", "application/json")
            .header("lambda-runtime-aws-request-id", invocation.id)
            .header("lambda-runtime-deadline-ms", deadline)
            .header(
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:us-east-1:123456789012:function:local",
            )
            .header("lambda-runtime-trace-id", "Root=1-00000000-000000000000000000000000;Sampled=0")
            .body(Full::new(Bytes::from(invocation.event)));
        response.unwrap_or_default()
    }

    fn settle(&self, id: &str, outcome: Outcome) -> Response<Full<Bytes>> {
        let Some(answer) = self.answers().remove(id) else {
            return status(StatusCode::BAD_REQUEST);
        };
        // The caller may have stopped waiting.
        drop(answer.send(outcome));
        status(StatusCode::ACCEPTED)
    }
}

async fn whole(body: RequestBody) -> Bytes {
    body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default()
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
