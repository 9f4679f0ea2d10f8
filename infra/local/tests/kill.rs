//! Kills the runner during its work (`kill -9`) and starts it again on the same folder.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a panic fails the test")]
#![cfg(unix)]

use platform::base::config::{Config, Endpoints};
use platform::provision::sdk::dynamodb::types::AttributeValue;
use platform::provision::{self, BucketSpec, QueueSpec, Storage, TableSpec};
use platform::{App, clients};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

const TABLE: TableSpec<'_> =
    TableSpec { name: "crash", partition_key: "PK", sort_key: None, expires: None };
const QUEUE: QueueSpec<'_> = QueueSpec {
    name: "crash.fifo",
    content_based_deduplication: false,
    visibility: Duration::from_secs(30),
    dead_letters: None,
};
const BUCKET: BucketSpec<'_> = BucketSpec { name: "crash", origins: &[], notifies: None };

async fn start(data: &Path) -> (Child, String) {
    let mut runner = Command::new(env!("CARGO_BIN_EXE_picture-day"))
        .args(["--empty", "--port", "0", "--data", data.to_str().unwrap()])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(runner.stdout.take().unwrap()).lines();
    let ready = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if let Some(url) = line.strip_prefix("ready ") {
                return url.to_owned();
            }
        }
        panic!("the runner exited before it was ready");
    };
    let url = tokio::time::timeout(Duration::from_mins(1), ready).await.unwrap();
    (runner, url)
}

async fn clients(data: &Path) -> Arc<App> {
    let ports = std::fs::read(data.join("ports.json")).unwrap();
    let [dynamodb, s3, sqs, secrets]: [u16; 4] = serde_json::from_slice(&ports).unwrap();
    let at = |port| Some(format!("http://127.0.0.1:{port}"));
    let endpoints = Endpoints {
        dynamodb: at(dynamodb),
        s3: at(s3),
        sqs: at(sqs),
        secrets: at(secrets),
        ses: None,
        ..Endpoints::default()
    };
    let key = local::cloud::AccessKey::of(data).unwrap().pair();
    let region = local::cloud::REGION.to_owned();
    let config = Config { region, endpoints, credentials: Some(key), ..Config::default() };
    Arc::new(App::new(config).await.unwrap())
}

/// The writes that were acknowledged before the kill, by writer.
#[derive(Default)]
struct Acknowledged {
    items: Vec<String>,
    objects: Vec<String>,
    messages: BTreeMap<usize, usize>,
}

async fn write_until_killed(app: Arc<App>, url: String, writer: usize) -> Acknowledged {
    let mut done = Acknowledged::default();
    for number in 0.. {
        let name = format!("{writer}-{number}");
        let item = clients::dynamodb(&app).put_item().table_name("crash");
        let item = item.item("PK", AttributeValue::S(name.clone())).send();
        let object =
            clients::s3(&app).put_object().bucket("crash").key(&name).content_type("image/png");
        let object = object.body(vec![7; 5_000].into()).send();
        let message =
            clients::sqs(&app).send_message().queue_url(&url).message_body(number.to_string());
        let message = message.message_group_id(writer.to_string()).message_deduplication_id(&name);
        let (item, object, message) = tokio::join!(item, object, message.send());
        let is_dead = item.is_err() || object.is_err() || message.is_err();
        if item.is_ok() {
            done.items.push(name.clone());
        }
        if object.is_ok() {
            done.objects.push(name);
        }
        if message.is_ok() {
            done.messages.insert(writer, number + 1);
        }
        if is_dead {
            break;
        }
    }
    done
}

async fn all_messages(app: &App, url: &str) -> BTreeMap<usize, Vec<usize>> {
    let mut by_group: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    loop {
        let receive = clients::sqs(app).receive_message().queue_url(url).max_number_of_messages(10);
        let receive = receive.message_system_attribute_names("MessageGroupId".into());
        let messages = receive.send().await.unwrap().messages.unwrap_or_default();
        if messages.is_empty() {
            return by_group;
        }
        for message in messages {
            let group = message.attributes.unwrap().into_values().next().unwrap();
            let number = message.body.unwrap().parse().unwrap();
            by_group.entry(group.parse().unwrap()).or_default().push(number);
            let delete = clients::sqs(app).delete_message().queue_url(url);
            delete.receipt_handle(message.receipt_handle.unwrap()).send().await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_outlives_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let (mut runner, _) = start(dir.path()).await;
    let app = clients(dir.path()).await;
    provision::table(&app, TABLE).await.unwrap();
    provision::bucket(&app, BUCKET, Storage::Embedded).await.unwrap();
    let url = provision::queue(&app, QUEUE).await.unwrap().url;
    let writers: Vec<_> = (0..6)
        .map(|writer| tokio::spawn(write_until_killed(Arc::clone(&app), url.clone(), writer)))
        .collect();
    tokio::time::sleep(Duration::from_secs(2)).await;
    // `kill` is SIGKILL here: the process cannot prepare.
    runner.kill().await.unwrap();
    let mut acknowledged = Vec::new();
    for writer in writers {
        acknowledged.push(writer.await.unwrap());
    }

    let (mut runner, _) = start(dir.path()).await;
    let app = clients(dir.path()).await;
    let mut items = 0;
    for done in &acknowledged {
        items += done.items.len();
        for name in &done.items {
            let get = clients::dynamodb(&app).get_item().table_name("crash");
            let get = get.key("PK", AttributeValue::S(name.clone())).send().await.unwrap();
            assert!(get.item.is_some(), "item {name} was lost");
        }
        for name in &done.objects {
            let head =
                clients::s3(&app).head_object().bucket("crash").key(name).send().await.unwrap();
            assert_eq!(head.content_length(), Some(5_000), "{name}");
            assert_eq!(head.content_type(), Some("image/png"), "{name}");
        }
    }
    assert!(items > 20, "only {items} items were written before the kill");
    let received = all_messages(&app, &url).await;
    for done in &acknowledged {
        for (group, count) in &done.messages {
            let numbers = received.get(group).cloned().unwrap_or_default();
            let in_order: Vec<_> = (0..numbers.len()).collect();
            assert_eq!(numbers, in_order, "group {group} must be in order and without duplicates");
            // The message in progress at the kill may be stored although its answer was lost.
            assert!((*count..=count + 1).contains(&numbers.len()), "group {group}: {count}");
        }
    }
    runner.kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_was_queued_goes_on_by_itself_after_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let (mut runner, url) = start(dir.path()).await;
    let sign_up = reqwest::Client::new()
        .post(format!("{url}/v1/studios"))
        .header("origin", &url)
        .header("content-type", "application/json")
        .body(r#"{"email":"oak@example.org"}"#);
    let answer = sign_up.send().await.unwrap();
    runner.kill().await.unwrap();
    assert_eq!(answer.status().as_u16(), 202);

    let (mut runner, url) = start(dir.path()).await;
    let sent = async {
        loop {
            let mails = reqwest::get(format!("{url}/_local/mail")).await.unwrap();
            let mails = mails.text().await.unwrap();
            if mails.contains("oak@example.org") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), sent).await.unwrap();
    runner.kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_stops_the_runner_cleanly() {
    let dir = tempfile::tempdir().unwrap();
    let (mut runner, _) = start(dir.path()).await;
    let process = runner.id().unwrap().to_string();
    let sent = Command::new("kill").args(["-INT", &process]).status().await.unwrap();
    assert!(sent.success());
    let ended = tokio::time::timeout(Duration::from_secs(15), runner.wait()).await.unwrap();
    assert!(ended.unwrap().success());
}
