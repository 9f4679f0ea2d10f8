//! One HTTP service on one listener, within its limits, until told to stop.

mod body;
mod limits;
mod socket;

pub use body::{BodyError, PortRefusal, RequestBody};
pub use limits::PortLimits;

use body::Exchange;
use bytes::Bytes;
use http::{HeaderValue, Response, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use limits::BodyMemory;
use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// How long requests under way may hold up a stop.
const LONGEST_STOP: Duration = Duration::from_secs(5);
/// A pause after an accept that failed (too many open files), so that it does not spin.
const AFTER_FAILED_ACCEPT: Duration = Duration::from_millis(20);

type BoxError = Box<dyn Error + Send + Sync>;
/// How a port words its own refusals.
type Wording = Arc<dyn Fn(PortRefusal) -> Response<Full<Bytes>> + Send + Sync>;

/// A port's limits, and what is left of them. Listeners that share it share what is left.
#[derive(Clone)]
pub struct Port {
    limits: PortLimits,
    connections: Arc<Semaphore>,
    memory: BodyMemory,
    wording: Wording,
}

impl Port {
    /// A port with nothing under way.
    pub fn new(
        limits: PortLimits,
        wording: impl Fn(PortRefusal) -> Response<Full<Bytes>> + Send + Sync + 'static,
    ) -> Self {
        let connections = Arc::new(Semaphore::new(limits.most_connections));
        let memory = BodyMemory::new(&limits);
        Self { limits, connections, memory, wording: Arc::new(wording) }
    }

    /// Whether more than half of the connections are taken.
    fn is_crowded(&self) -> bool {
        self.connections.available_permits() < self.limits.most_connections / 2
    }

    /// Answers one request within the limits; every answer says that its type is not to be guessed.
    async fn answer<S, B>(
        &self,
        service: &S,
        request: http::Request<Incoming>,
        under_way: AnswerUnderWay,
    ) -> Result<Response<AnswerBody>, S::Error>
    where
        S: Service<http::Request<RequestBody>, Response = Response<B>>,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let exchange = Arc::new(Exchange::default());
        let request = request.map(|body| {
            RequestBody::new(body, Arc::clone(&exchange), &self.limits, self.memory.clone())
        });
        let answering = service.call(request);
        let answered = match self.limits.answer_within {
            Some(within) => tokio::time::timeout(within, answering).await.ok(),
            None => Some(answering.await),
        };
        // Whatever the service made of a body that broke off, the port knows why it did.
        let refused = exchange.refused();
        let refused = refused.or(answered.is_none().then_some(PortRefusal::SlowAnswer));
        let mut response = match (refused, answered) {
            (None, Some(answered)) => answered?.map(|body| body.map_err(Into::into).boxed_unsync()),
            (refused, _) => {
                let refusal = (self.wording)(refused.unwrap_or(PortRefusal::SlowAnswer));
                refusal.map(|body| body.map_err(Into::into).boxed_unsync())
            }
        };
        // The rest of a refused body may still come.
        if refused.is_some() || self.is_crowded() {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        let nosniff = HeaderValue::from_static("nosniff");
        response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
        Ok(response.map(|body| AnswerBody { body, _under_way: under_way }))
    }
}

/// Serves until `stop` turns true, then finishes the requests under way.
pub async fn until_stopped<S, B>(
    listener: TcpListener,
    port: Port,
    service: S,
    mut stop: watch::Receiver<bool>,
) where
    S: Service<http::Request<RequestBody>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError> + Send,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let connections = GracefulShutdown::new();
    // Held here, so that whoever ends this task ends its connections with it.
    let mut open = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &port) => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let Some((socket, permit)) = accepted else {
            tokio::time::sleep(AFTER_FAILED_ACCEPT).await;
            continue;
        };
        // Without it small answers wait 40 ms for the peer's acknowledgement.
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
        let answers = Arc::new(AnswersUnderWay::default());
        let socket = socket::Socket::new(socket, Arc::clone(&answers), port.limits.longest_silence);
        let (answering, service) = (port.clone(), service.clone());
        let service = service_fn(move |request| {
            let (port, service) = (answering.clone(), service.clone());
            let under_way = AnswerUnderWay::begin(&answers);
            async move { port.answer(&service, request, under_way).await }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(port.limits.headers_within)
            .max_header_size(port.limits.largest_headers)
            .serve_connection(TokioIo::new(socket), service);
        let connection = connections.watch(connection);
        while open.try_join_next().is_some() {}
        open.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(permit);
        });
    }
    drop(listener);
    if tokio::time::timeout(LONGEST_STOP, connections.shutdown()).await.is_err() {
        tracing::debug!("stopped with requests under way");
    }
}

/// The next connection, once the port may have one more. `None` when accepting failed.
async fn accept(
    listener: &TcpListener,
    port: &Port,
) -> Option<(tokio::net::TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let permit = Arc::clone(&port.connections).acquire_owned().await.ok()?;
    let (socket, _) = listener.accept().await.ok()?;
    Some((socket, permit))
}

/// The answers of one connection: how many began, and how many of them are not handed over whole.
#[derive(Default)]
struct AnswersUnderWay {
    begun: AtomicUsize,
    unfinished: AtomicUsize,
}

impl AnswersUnderWay {
    /// The answers that are written when all that was handed over is; `before` while one is under way.
    fn written(&self, before: usize) -> usize {
        let is_finished = self.unfinished.load(Ordering::Relaxed) == 0;
        if is_finished { self.begun.load(Ordering::Relaxed) } else { before }
    }

    /// Whether no answer began after the `written` ones.
    fn are_all_written(&self, written: usize) -> bool {
        self.begun.load(Ordering::Relaxed) == written
    }
}

/// One answer, from its request to the end of its body. A connection is one task: the order of its steps is kept.
struct AnswerUnderWay(Arc<AnswersUnderWay>);

impl AnswerUnderWay {
    fn begin(answers: &Arc<AnswersUnderWay>) -> Self {
        answers.begun.fetch_add(1, Ordering::Relaxed);
        answers.unfinished.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(answers))
    }
}

impl Drop for AnswerUnderWay {
    fn drop(&mut self) {
        self.0.unfinished.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The body of an answer.
struct AnswerBody {
    body: UnsyncBoxBody<Bytes, BoxError>,
    _under_way: AnswerUnderWay,
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
