//! Tests every port of the runner before authentication: held memory, time limits, and the headers of each answer.
#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

use local::cloud::serve::PortLimits;
use local::stack::{Stack, StackOptions, Storage};
use platform::clients;
use platform::provision::sdk::s3::presigning::{PresignedRequest, PresigningConfig};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

const NOSNIFF: &str = "x-content-type-options: nosniff";
/// Bytes of each unfinished body.
const SENT: usize = 100_000;
/// Bytes that the unfinished bodies of a port may hold in this test.
const MOST_HELD: usize = 1_000_000;
const BODIES: usize = 300;

async fn start(port_limits: PortLimits) -> (Stack, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let options = StackOptions {
        storage: Storage::Embedded,
        port_limits,
        ..StackOptions::for_test(dir.path().to_owned())
    };
    (Stack::start(options).await.unwrap(), dir)
}

/// Returns the name and the address of every port.
fn ports(stack: &Stack) -> Vec<(&'static str, String)> {
    let at = &stack.app().config().endpoints;
    let address = |url: &str| url.replace("http://", "").replace("localhost", "127.0.0.1");
    let known = [
        ("gateway", Some(stack.url())),
        ("DynamoDB", at.dynamodb.as_deref()),
        ("SQS", at.sqs.as_deref()),
        ("Secrets Manager", at.secrets.as_deref()),
        ("SES", at.ses.as_deref()),
        ("S3", at.s3.as_deref()),
    ];
    known.into_iter().map(|(name, url)| (name, address(url.unwrap()))).collect()
}

/// Writes, and reads until the connection ends. A connection closed with unread bytes is reset after its answer.
async fn exchange(at: &str, bytes: &[u8]) -> String {
    let mut socket = TcpStream::connect(at).await.unwrap();
    drop(socket.write_all(bytes).await);
    let mut answer = Vec::new();
    drop(socket.read_to_end(&mut answer).await);
    String::from_utf8_lossy(&answer).into_owned()
}

fn post(announced: usize, sent: usize) -> Vec<u8> {
    let head = format!(
        "POST /v1/studios HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {announced}\r\n\r\n"
    );
    [head.as_bytes(), &vec![b' '; sent]].concat()
}

/// Creates a presigned URL for an upload of `bytes`.
async fn link(stack: &Stack, bytes: usize) -> PresignedRequest {
    let bucket = stack.app().config().intake_bucket.clone().unwrap();
    let put = clients::s3(stack.app()).put_object().bucket(bucket).key(format!("intake/{bytes}"));
    let put = put.content_type("image/jpeg").content_length(bytes.try_into().unwrap());
    let valid = PresigningConfig::expires_in(Duration::from_mins(1)).unwrap();
    put.presigned(valid).await.unwrap()
}

/// Builds the upload request of a link, with `sent` bytes of its body.
fn upload(link: &PresignedRequest, at: &str, announced: usize, sent: usize) -> Vec<u8> {
    let (_, path) = link.uri().split_once(at).unwrap();
    let others = link.headers().filter(|(name, _)| !matches!(*name, "host" | "content-length"));
    let others: String = others.map(|(name, value)| [name, ": ", value, "\r\n"].concat()).collect();
    let head = format!(
        "PUT {path} HTTP/1.1\r\nhost: {at}\r\ncontent-length: {announced}\r\nconnection: close\r\n{others}\r\n"
    );
    [head.as_bytes(), &vec![b' '; sent]].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_port_waits_or_holds_without_end() {
    let (stack, _dir) = start(PortLimits {
        headers_within: Duration::from_secs(1),
        longest_silence: Duration::from_secs(2),
        longest_stream_silence: Duration::from_secs(2),
        most_connections: BODIES + 50,
        most_held_bytes: Some(MOST_HELD),
        free_bytes: 1_000,
        ..PortLimits::default()
    })
    .await;
    for (name, at) in ports(&stack) {
        let half = exchange(&at, b"GET / HTTP/1.1\r\nhost: localhost\r\nx: ").await;
        assert_eq!(half, "", "{name} closes half a header");
        if name == "S3" {
            let link = link(&stack, 2 * SENT).await;
            let slow = exchange(&at, &upload(&link, &at, 2 * SENT, SENT)).await;
            assert!(slow.starts_with("HTTP/1.1 408"), "{name}: {slow}");
            let unsigned = exchange(&at, &post(2 * SENT, SENT)).await;
            assert!(!unsigned.starts_with("HTTP/1.1 2"), "{name}: {unsigned}");
            continue;
        }
        let mut bodies = JoinSet::new();
        for _ in 0..BODIES {
            let at = at.clone();
            bodies.spawn(async move { exchange(&at, &post(2 * SENT, SENT)).await });
        }
        let answers = bodies.join_all().await;
        // A body that was held gets 408 at its time limit; every other body was refused before.
        let held = answers.iter().filter(|answer| answer.starts_with("HTTP/1.1 408")).count();
        let refused = answers.iter().filter(|answer| answer.starts_with("HTTP/1.1 503")).count();
        println!("{name}: {held} of {BODIES} bodies held, {refused} heard why not");
        assert!(held * (SENT - 1_000) <= MOST_HELD, "{name} held {held}");
        assert!(held > 0 && refused > 0, "{name}: {held} {refused}");
        let told = answers.iter().filter(|answer| answer.starts_with("HTTP/1.1 503"));
        assert!(told.clone().all(|answer| answer.contains("retry-after: 1")), "{name}");
        // All the memory is released.
        let small = exchange(&at, &post(SENT, SENT - 1)).await;
        assert!(small.starts_with("HTTP/1.1 408"), "{name}: {small}");
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_of_every_port_says_that_its_type_is_not_guessed() {
    let silence = Duration::from_secs(1);
    let (stack, _dir) = start(PortLimits {
        longest_silence: silence,
        longest_stream_silence: silence,
        ..PortLimits::default()
    })
    .await;
    let long = "y".repeat(50_000);
    let mut seen = 0;
    for (name, at) in ports(&stack) {
        let request = |line: &str, headers: &str| {
            format!("{line} HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\n{headers}\r\n")
                .into_bytes()
        };
        let mut asked = vec![
            ("a request", request("GET /", "")),
            ("HEAD", request("HEAD /", "")),
            ("a page's question", request("OPTIONS /", &format!("origin: {}\r\n", stack.url()))),
            ("a page of another site", request("POST /", "origin: https://evil.example\r\n")),
            (
                "another host",
                b"GET / HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n".to_vec(),
            ),
            ("no request", b"GET\r\n\r\n".to_vec()),
            ("no header", request("GET /", "no header\r\n")),
            ("a long header", request("GET /", &format!("x: {long}\r\n"))),
            ("many headers", request("GET /", &"x: y\r\n".repeat(200))),
            ("a long address", request(&format!("GET /{long}"), "")),
            ("a slow body", post(10, 1)),
        ];
        if name == "gateway" {
            asked.push(("a page", request("GET /photographer", "")));
            asked.push(("the mails", request("GET /_local/mail", "")));
        }
        if name == "S3" {
            asked.push(("an upload", upload(&link(&stack, 1).await, &at, 1, 1)));
            asked.push(("a slow upload", upload(&link(&stack, 2).await, &at, 2, 1)));
        }
        for (what, bytes) in asked {
            let answer = exchange(&at, &bytes).await;
            let (head, _) = answer.split_once("\r\n\r\n").unwrap_or_default();
            assert!(head.starts_with("HTTP/1.1 "), "{name}, {what}: {answer}");
            let told = head.to_ascii_lowercase().matches(NOSNIFF).count();
            assert_eq!(told, 1, "{name}, {what}: {head}");
            seen += 1;
        }
    }
    println!("{seen} answers");
    assert_eq!(seen, 11 * 6 + 4);
    stack.stop().await;
}
