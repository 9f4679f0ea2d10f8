use super::Running;
use platform::clients;
use platform::provision::sdk::dynamodb::types::AttributeValue;
use platform::provision::{self, TableSpec};
use std::sync::Arc;
use std::time::{Duration, Instant};

async fn table(running: &Running) {
    let spec = TableSpec {
        name: "records",
        partition_key: "PK",
        sort_key: Some("SK"),
        expires: Some("ttl"),
    };
    // Idempotent: the second call changes nothing.
    provision::table(&running.app, spec).await.unwrap();
    provision::table(&running.app, spec).await.unwrap();
}

async fn put(running: &Running, key: &str, expires: i64) {
    let put = clients::dynamodb(&running.app).put_item().table_name("records");
    put.item("PK", AttributeValue::S(key.to_owned()))
        .item("SK", AttributeValue::S("A".to_owned()))
        .item("ttl", AttributeValue::N(expires.to_string()))
        .send()
        .await
        .unwrap();
}

async fn is_there(running: &Running, key: &str) -> bool {
    let get = clients::dynamodb(&running.app).get_item().table_name("records");
    let get = get.key("PK", AttributeValue::S(key.to_owned()));
    let get = get.key("SK", AttributeValue::S("A".to_owned()));
    get.send().await.unwrap().item.is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn items_outlive_a_restart_and_expired_ones_are_swept_away() {
    let running = Running::start().await;
    table(&running).await;
    let now = crate::cloud::clock::now().as_second();
    put(&running, "lasting", now + 3_600).await;
    put(&running, "expired", now - 10).await;
    let until = Instant::now() + Duration::from_secs(10);
    while is_there(&running, "expired").await && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(!is_there(&running, "expired").await);
    let running = running.restart().await;
    table(&running).await;
    assert!(is_there(&running, "lasting").await);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_written_at_once_are_all_there_after_a_restart() {
    let running = Arc::new(Running::start().await);
    let writers: Vec<_> = (0..16)
        .map(|number| {
            let running = Arc::clone(&running);
            tokio::spawn(async move {
                let make = || format!("value {number}");
                provision::secret(&running.app, &format!("secret-{number}"), make).await.unwrap()
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let running = Arc::into_inner(running).unwrap().restart().await;
    for number in 0..16 {
        let get =
            clients::secrets(&running.app).get_secret_value().secret_id(format!("secret-{number}"));
        let value = get.send().await.unwrap().secret_string.unwrap();
        assert_eq!(value, format!("value {number}"));
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_there_is_not_made_again() {
    let running = Running::start().await;
    let first = provision::secret(&running.app, "ring", || "one".to_owned()).await.unwrap();
    let again = provision::secret(&running.app, "ring", || "two".to_owned()).await.unwrap();
    assert_eq!(first, again);
    let get =
        clients::secrets(&running.app).get_secret_value().secret_id(&first).send().await.unwrap();
    assert_eq!(get.secret_string.as_deref(), Some("one"));
    running.stop().await;
}
