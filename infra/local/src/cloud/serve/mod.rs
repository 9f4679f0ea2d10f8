//! Serves one HTTP service on one listener, within its limits, until it is stopped.

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

/// How long requests in progress may delay a stop.
const LONGEST_STOP: Duration = Duration::from_secs(5);
/// The pause after a failed accept (too many open files), to avoid a busy loop.
const AFTER_FAILED_ACCEPT: Duration = Duration::from_millis(20);

type BoxError = Box<dyn Error + Send + Sync>;
/// The function that builds a port's own refusals.
type Wording = Arc<dyn Fn(PortRefusal) -> Response<Full<Bytes>> + Send + Sync>;

/// A port's limits and their remaining capacity. Listeners with the same port share the capacity.
#[derive(Clone)]
pub struct Port {
    limits: PortLimits,
    connections: Arc<Semaphore>,
    memory: BodyMemory,
    wording: Wording,
}

impl Port {
    /// Creates a port without requests in progress.
    pub fn new(
        limits: PortLimits,
        wording: impl Fn(PortRefusal) -> Response<Full<Bytes>> + Send + Sync + 'static,
    ) -> Self {
        let connections = Arc::new(Semaphore::new(limits.most_connections));
        let memory = BodyMemory::new(&limits);
        Self { limits, connections, memory, wording: Arc::new(wording) }
    }

    /// Are more than half of the connections in use?
    fn is_crowded(&self) -> bool {
        self.connections.available_permits() < self.limits.most_connections / 2
    }

    /// Answers one request within the limits; every response carries `nosniff`.
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
        // The service saw only a broken body; the port knows the reason.
        let refused = exchange.refused();
        let refused = refused.or(answered.is_none().then_some(PortRefusal::SlowAnswer));
        let mut response = match (refused, answered) {
            (None, Some(answered)) => answered?.map(|body| body.map_err(Into::into).boxed_unsync()),
            (refused, _) => {
                let refusal = (self.wording)(refused.unwrap_or(PortRefusal::SlowAnswer));
                refusal.map(|body| body.map_err(Into::into).boxed_unsync())
            }
        };
        // The rest of a refused body may still arrive, so the connection must close.
        if refused.is_some() || self.is_crowded() {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        let nosniff = HeaderValue::from_static("nosniff");
        response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
        Ok(response.map(|body| AnswerBody { body, _under_way: under_way }))
    }
}

/// Serves until `stop` is true, then finishes the requests in progress.
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
    // Held here, so that aborting this task also ends its connections.
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
        // Without it, small responses wait 40 ms for the peer's acknowledgement.
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
        tracing::debug!("stopped with requests in progress");
    }
}

/// Accepts the next connection when the port has room for one. `None` when accepting failed.
async fn accept(
    listener: &TcpListener,
    port: &Port,
) -> Option<(tokio::net::TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let permit = Arc::clone(&port.connections).acquire_owned().await.ok()?;
    let (socket, _) = listener.accept().await.ok()?;
    Some((socket, permit))
}

/// The responses of one connection: how many started, and how many are not fully handed over.
#[derive(Default)]
struct AnswersUnderWay {
    begun: AtomicUsize,
    unfinished: AtomicUsize,
}

impl AnswersUnderWay {
    /// Returns the number of written responses once all handed-over data is written; `before` while one is in
    /// progress.
    fn written(&self, before: usize) -> usize {
        let is_finished = self.unfinished.load(Ordering::Relaxed) == 0;
        if is_finished { self.begun.load(Ordering::Relaxed) } else { before }
    }

    /// Did no response start after the first `written` ones?
    fn are_all_written(&self, written: usize) -> bool {
        self.begun.load(Ordering::Relaxed) == written
    }
}

/// One response, from its request to the end of its body. A connection is one task, so its steps keep their order.
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

/// The body of a response.
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
