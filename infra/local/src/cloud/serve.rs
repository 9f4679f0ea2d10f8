//! One HTTP service on one listener, until told to stop.

use hyper::body::{Body, Incoming};
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use std::error::Error;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long requests under way may hold up a stop.
const LONGEST_STOP: Duration = Duration::from_secs(5);
/// A pause after an accept that failed (too many open files), so that it does not spin.
const AFTER_FAILED_ACCEPT: Duration = Duration::from_millis(20);

/// Serves until `stop` turns true, then finishes the requests under way.
pub async fn until_stopped<S, B>(listener: TcpListener, service: S, mut stop: watch::Receiver<bool>)
where
    S: Service<http::Request<Incoming>, Response = http::Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let connections = GracefulShutdown::new();
    // Held here, so that whoever ends this task ends its connections with it.
    let mut open = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let Ok((socket, _)) = accepted else {
            tokio::time::sleep(AFTER_FAILED_ACCEPT).await;
            continue;
        };
        // Without it small answers wait 40 ms for the peer's acknowledgement.
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
        let connection = Builder::new(TokioExecutor::new())
            .serve_connection(TokioIo::new(socket), service.clone())
            .into_owned();
        let connection = connections.watch(connection);
        while open.try_join_next().is_some() {}
        open.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(LONGEST_STOP, connections.shutdown()).await.is_err() {
        tracing::debug!("stopped with requests under way");
    }
}
