//! Tests of a running stack's gateway, over HTTP.

#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

use local::gateway::LARGEST_BODY_BYTES;
use local::stack::{Stack, StackOptions};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn start() -> (Stack, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let stack = Stack::start(StackOptions::for_test(dir.path().to_owned())).await.unwrap();
    (stack, dir)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_reaches_its_function_and_comes_back_with_the_functions_headers() {
    let (stack, _dir) = start().await;
    let answer = reqwest::get(format!("{}/v1/session", stack.url())).await.unwrap();
    assert_eq!(answer.status().as_u16(), 401);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["status"], 401);
    assert!(problem["request_id"].is_string());
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn localhost_and_the_bare_address_are_the_same_place() {
    let (stack, _dir) = start().await;
    let port = stack.url().rsplit(':').next().unwrap().to_owned();
    for host in ["localhost", "127.0.0.1"] {
        let answer = reqwest::get(format!("http://{host}:{port}/v1/session")).await.unwrap();
        assert_eq!(answer.status().as_u16(), 401, "{host}");
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d13_a_body_above_the_limit_is_a_problem_of_its_own() {
    let (stack, _dir) = start().await;
    let send = |body: reqwest::Body| {
        reqwest::Client::new()
            .post(format!("{}/v1/studios", stack.url()))
            .header("content-type", "application/json")
            .body(body)
            .send()
    };
    let announced = send(vec![b' '; LARGEST_BODY_BYTES + 1].into()).await.unwrap();
    let pieces = (0..5).map(|_| Ok::<_, std::io::Error>(vec![b' '; LARGEST_BODY_BYTES / 4]));
    let streamed = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
    let streamed = send(streamed).await.unwrap();
    for answer in [announced, streamed] {
        assert_eq!(answer.status().as_u16(), 413);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["code"], "body_too_large");
    }
    let allowed = send(vec![b' '; LARGEST_BODY_BYTES].into()).await.unwrap();
    let problem: Value = allowed.json().await.unwrap();
    let answered_by = problem["request_id"].as_str().unwrap();
    assert!(!answered_by.starts_with("local-"), "the function answers, not the gateway: {problem}");
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_for_another_host_is_refused() {
    let (stack, _dir) = start().await;
    let port = stack.url().rsplit(':').next().unwrap().to_owned();
    for hosts in ["host: <a b>", "host: evil.example", "host: localhost\r\nhost: localhost", "x: y"]
    {
        let mut socket = tokio::net::TcpStream::connect(format!("127.0.0.1:{port}")).await.unwrap();
        let request = format!("GET /v1/session HTTP/1.1\r\n{hosts}\r\nconnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 421"), "{hosts}: {answer}");
    }
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_runners_own_pages_list_the_mails() {
    let (stack, _dir) = start().await;
    let list = reqwest::get(format!("{}/_local/mail", stack.url())).await.unwrap();
    assert_eq!(list.json::<Value>().await.unwrap(), serde_json::json!([]));
    let page = reqwest::get(format!("{}/_local/", stack.url())).await.unwrap();
    assert!(page.text().await.unwrap().contains("No mail yet"));
    stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_stacks_run_side_by_side_and_stop_cleanly() {
    let mut stacks = Vec::new();
    for _ in 0..8 {
        stacks.push(start().await);
    }
    for (stack, _dir) in &stacks {
        let answer = reqwest::get(format!("{}/v1/session", stack.url())).await.unwrap();
        assert_eq!(answer.status().as_u16(), 401);
    }
    for (stack, _dir) in stacks {
        let url = stack.url().to_owned();
        stack.stop().await;
        assert!(reqwest::get(url).await.is_err(), "the port must be closed");
    }
}
