use super::*;
use std::convert::Infallible;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Starts a port whose service reads the body and answers with its length.
async fn start(limits: PortLimits) -> (SocketAddr, watch::Sender<bool>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let at = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    let port = Port::new(limits, |why| {
        let status = if why == PortRefusal::SlowBody { 408 } else { 503 };
        Response::builder().status(status).body(Full::default()).unwrap()
    });
    let service = service_fn(|request: http::Request<RequestBody>| async move {
        if request.uri().path() == "/never" {
            std::future::pending::<()>().await;
        }
        let length = request.into_body().collect().await.map_or(0, |body| body.to_bytes().len());
        Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(length.to_string()))))
    });
    tokio::spawn(until_stopped(listener, port, service, stopped));
    (at, stop)
}

fn small() -> PortLimits {
    PortLimits {
        headers_within: Duration::from_millis(300),
        longest_silence: Duration::from_millis(300),
        ..PortLimits::default()
    }
}

async fn write(at: SocketAddr, bytes: &str) -> TcpStream {
    let mut socket = TcpStream::connect(at).await.unwrap();
    socket.write_all(bytes.as_bytes()).await.unwrap();
    socket
}

/// Returns all data until the connection is closed.
async fn answered(mut socket: TcpStream) -> String {
    let mut answer = Vec::new();
    // A connection that is closed with unread bytes is reset after its response.
    drop(socket.read_to_end(&mut answer).await);
    String::from_utf8_lossy(&answer).into_owned()
}

const NOSNIFF: &str = "x-content-type-options: nosniff";

#[tokio::test]
async fn half_a_header_is_closed() {
    let (at, _stop) = start(small()).await;
    let idle = write(at, "").await;
    let half = write(at, "GET / HTTP/1.1\r\nhost: localhost\r\nx: ").await;
    assert_eq!(answered(half).await, "");
    assert_eq!(answered(idle).await, "");
}

#[tokio::test]
async fn a_slow_body_ends_with_408() {
    let (at, _stop) = start(small()).await;
    let head = "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n";
    let silent = write(at, &format!("{head}half")).await;
    let answer = answered(silent).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains(NOSNIFF), "{answer}");

    // A body of single bytes is never silent, but takes too long altogether.
    let body_within = Some(Duration::from_millis(400));
    let (at, _stop) = start(PortLimits { body_within, ..PortLimits::default() }).await;
    let (mut reading, mut writing) = write(at, head).await.into_split();
    let dripping = tokio::spawn(async move {
        while writing.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let mut answer = Vec::new();
    drop(reading.read_to_end(&mut answer).await);
    assert!(answer.starts_with(b"HTTP/1.1 408"), "{answer:?}");
    dripping.await.unwrap();
}

#[tokio::test]
async fn an_answer_that_does_not_come_ends_with_503() {
    let answer_within = Some(Duration::from_millis(100));
    let (at, _stop) = start(PortLimits { answer_within, ..PortLimits::default() }).await;
    let answer = answered(write(at, "GET /never HTTP/1.1\r\nhost: localhost\r\n\r\n").await).await;
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains(NOSNIFF), "{answer}");
}

#[tokio::test]
async fn one_connection_more_than_the_bound_waits() {
    let limits = PortLimits { most_connections: 2, ..PortLimits::default() };
    let (at, _stop) = start(limits).await;
    let half = "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n";
    let mut open = vec![write(at, half).await, write(at, half).await];
    let mut third = write(at, "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    let mut byte = [0; 1];
    let waiting = tokio::time::timeout(Duration::from_millis(200), third.read(&mut byte)).await;
    assert!(waiting.is_err());
    open.pop();
    assert!(third.read(&mut byte).await.unwrap() > 0);
}

#[tokio::test]
async fn idle_connections_keep_out_no_newcomer() {
    let limits = PortLimits { most_connections: 8, ..PortLimits::default() };
    let (at, _stop) = start(limits).await;
    let mut open = Vec::new();
    for _ in 0..20 {
        let mut socket = write(at, "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
        assert!(socket.read(&mut [0; 1024]).await.unwrap() > 0);
        open.push(socket);
    }
}

#[tokio::test]
async fn what_hyper_answers_by_itself_has_the_header_once() {
    let (at, _stop) = start(PortLimits::default()).await;
    let good = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let long = "y".repeat(40_000);
    for (status, bad) in [
        ("400", "GET / HTTP/1.1\r\nno header\r\n\r\n".to_owned()),
        ("400", "GET\r\n\r\n".to_owned()),
        ("431", format!("GET / HTTP/1.1\r\nhost: localhost\r\nx: {long}\r\n\r\n")),
        ("431", format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(200))),
        ("431", format!("GET /{long} HTTP/1.1\r\nhost: localhost\r\n\r\n")),
    ] {
        let answer = answered(write(at, &bad).await).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        assert_eq!(answer.matches(NOSNIFF).count(), 1, "{answer}");

        // The same after a response of the service on the same connection.
        let mut socket = write(at, good).await;
        assert!(socket.read(&mut [0; 1024]).await.unwrap() > 0);
        socket.write_all(bad.as_bytes()).await.unwrap();
        let answer = answered(socket).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        assert_eq!(answer.matches(NOSNIFF).count(), 1, "{answer}");
    }
}
