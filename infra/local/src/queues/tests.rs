use super::*;
use crate::cloud::tests::Running;
use platform::clients;
use platform::provision::{self, QueueSpec};
use serde_json::json;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

fn batch() -> Batch {
    serde_json::from_value(json!({"Records": [{"messageId": "a"}, {"messageId": "b"}]})).unwrap()
}

fn failures(answer: &serde_json::Value) -> Vec<usize> {
    let answer = serde_json::from_value(answer.clone()).unwrap();
    failed(&batch(), Some(&answer)).into_iter().collect()
}

#[test]
fn only_the_messages_that_failed_come_again() {
    assert_eq!(failures(&json!({"batchItemFailures": []})), Vec::<usize>::new());
    assert_eq!(failures(&json!({"batchItemFailures": [{"itemIdentifier": "b"}]})), [1]);
}

#[test]
fn an_answer_that_cannot_be_right_fails_the_whole_batch() {
    assert_eq!(failures(&json!({"batchItemFailures": [{"itemIdentifier": "c"}]})), [0, 1]);
    assert_eq!(failures(&json!({"batchItemFailures": [{"itemIdentifier": ""}]})), [0, 1]);
    assert_eq!(failed(&batch(), None).len(), 2);
}

#[test]
fn the_pause_grows_with_every_delivery() {
    let pauses: Vec<_> = (1..=6).map(|receives| pause(Some(receives)).as_secs()).collect();
    assert_eq!(pauses, [0, 1, 2, 5, 5, 5]);
    assert_eq!(pause(None), Duration::ZERO);
}

fn spec(name: &str) -> QueueSpec<'_> {
    QueueSpec {
        name,
        content_based_deduplication: false,
        visibility: Duration::from_secs(30),
        dead_letters: None,
    }
}

/// A worker with its own queue.
struct Working {
    running: Running,
    url: String,
    dead: String,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Working {
    async fn start(kind: &str, handler: QueueHandler, at_once: usize, most_receives: u32) -> Self {
        let running = Running::start().await;
        let app = running.lasting_app().await;
        let (name, dead_name) = (format!("work{kind}"), format!("dead{kind}"));
        let dead = provision::queue(app, spec(&dead_name)).await.unwrap();
        let spec = QueueSpec { dead_letters: Some((&dead.arn, most_receives)), ..spec(&name) };
        let queue = provision::queue(app, spec).await.unwrap();
        let source = Source {
            function: "test".into(),
            handler,
            url: queue.url.clone(),
            arn: queue.arn,
            batch_size: if kind.is_empty() { 5 } else { 1 },
            at_once,
            visibility: Duration::from_secs(30),
            disturbance: None,
        };
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(work(app, source, stopped));
        Self { running, url: queue.url, dead: dead.url, stop, task }
    }

    async fn send(&self, body: &str, group: Option<&str>) {
        let send =
            clients::sqs(&self.running.app).send_message().queue_url(&self.url).message_body(body);
        let send = match group {
            Some(group) => send.message_group_id(group).message_deduplication_id(body),
            None => send,
        };
        send.send().await.unwrap();
    }

    async fn stop(self) {
        self.stop.send(true).unwrap();
        self.task.await.unwrap();
        self.running.stop().await;
    }
}

async fn until(is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < end, "the condition did not become true in time");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn bodies(batch: &Batch) -> Vec<String> {
    batch.records.iter().map(|message| message.body.clone().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_a_failure_and_the_message_becomes_a_dead_letter() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    static DONE: AtomicUsize = AtomicUsize::new(0);
    let working = Working::start(
        ".fifo",
        |_, batch| {
            Box::pin(async move {
                if bodies(&batch) == ["bad"] {
                    CALLS.fetch_add(1, Ordering::Relaxed);
                    panic!("the handler's own fault");
                }
                DONE.fetch_add(1, Ordering::Relaxed);
                Answer::default()
            })
        },
        2,
        2,
    )
    .await;
    working.send("bad", Some("g")).await;
    working.send("good", Some("g")).await;
    until(|| DONE.load(Ordering::Relaxed) == 1).await;
    assert_eq!(CALLS.load(Ordering::Relaxed), 2);
    assert_eq!(working.running.take(&working.dead, 5).await, ["bad"]);
    Box::pin(working.stop()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_keeps_its_order_and_groups_run_side_by_side() {
    static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());
    static NOW: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    let working = Working::start(
        ".fifo",
        |_, batch| {
            Box::pin(async move {
                MOST.fetch_max(NOW.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(30)).await;
                SEEN.lock().unwrap().extend(bodies(&batch));
                NOW.fetch_sub(1, Ordering::SeqCst);
                Answer::default()
            })
        },
        3,
        5,
    )
    .await;
    for number in 0..5 {
        for group in ["a", "b", "c"] {
            working.send(&format!("{group}{number}"), Some(group)).await;
        }
    }
    until(|| SEEN.lock().unwrap().len() == 15).await;
    let seen = SEEN.lock().unwrap().clone();
    for group in ["a", "b", "c"] {
        let of_group: Vec<_> = seen.iter().filter(|body| body.starts_with(group)).collect();
        assert!(of_group.is_sorted(), "{of_group:?}");
    }
    assert!((2..=3).contains(&MOST.load(Ordering::SeqCst)), "{MOST:?}");
    Box::pin(working.stop()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_failed_is_delivered_again() {
    static SEEN: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());
    let working = Working::start(
        "",
        |_, batch| {
            Box::pin(async move {
                assert!(batch.records.len() <= 5);
                let mut failures = Vec::new();
                for message in &batch.records {
                    let body = message.body.clone().unwrap();
                    let receives = message.attributes["ApproximateReceiveCount"].clone();
                    if body == "m3" && receives == "1" {
                        failures.push(json!({"itemIdentifier": message.message_id}));
                    }
                    SEEN.lock().unwrap().push((body, receives));
                }
                serde_json::from_value(json!({"batchItemFailures": failures})).unwrap()
            })
        },
        2,
        5,
    )
    .await;
    for number in 0..12 {
        working.send(&format!("m{number}"), None).await;
    }
    until(|| SEEN.lock().unwrap().len() == 13).await;
    let seen = SEEN.lock().unwrap().clone();
    let again: Vec<_> = seen.iter().filter(|(_, receives)| receives == "2").collect();
    assert_eq!(again, [&("m3".to_owned(), "2".to_owned())]);
    assert_eq!(working.running.waiting(&working.url).await, 0);
    Box::pin(working.stop()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_reaches_its_worker_at_once_and_in_lambdas_form() {
    static SEEN: Mutex<Vec<(Batch, Instant)>> = Mutex::new(Vec::new());
    let working = Working::start(
        ".fifo",
        |_, batch| {
            Box::pin(async move {
                SEEN.lock().unwrap().push((batch, Instant::now()));
                Answer::default()
            })
        },
        1,
        5,
    )
    .await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let sent = Instant::now();
    working.send("hello", Some("group-1")).await;
    until(|| !SEEN.lock().unwrap().is_empty()).await;
    let (batch, seen) = SEEN.lock().unwrap()[0].clone();
    let message = &batch.records[0];
    assert_eq!(message.attributes["MessageGroupId"], "group-1");
    assert_eq!(message.attributes["ApproximateReceiveCount"], "1");
    assert_eq!(message.event_source.as_deref(), Some("aws:sqs"));
    assert!(message.event_source_arn.as_ref().unwrap().ends_with(":work.fifo"));
    assert_eq!(message.aws_region.as_deref(), Some("us-east-1"));
    // It takes 10 ms on an idle machine; the limit leaves room for a busy one.
    let took = seen - sent;
    println!("from send to handler: {took:?}");
    assert!(took < Duration::from_millis(500), "{took:?}");
    Box::pin(working.stop()).await;
}
