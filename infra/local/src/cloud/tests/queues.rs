use super::Running;
use crate::cloud::sqs_journal::Journal;
use platform::clients;
use platform::provision::sdk::sqs::types::QueueAttributeName;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_waiting_messages_come_in_order_and_consumed_ones_stay_away() {
    let running = Running::start().await;
    let url = running.queue("work.fifo").await;
    running.send(&url, "gone", "gone").await;
    assert_eq!(running.drain(&url).await, ["gone"]);
    for number in 0..5 {
        running.send(&url, &format!("m{number}"), &number.to_string()).await;
    }
    // One message is in progress when the machine stops.
    let receive =
        clients::sqs(&running.app).receive_message().queue_url(&url).send().await.unwrap();
    assert_eq!(receive.messages.unwrap()[0].body.as_deref(), Some("m0"));

    let running = running.restart().await;
    assert_eq!(running.drain(&url).await, ["m0", "m1", "m2", "m3", "m4"]);
    running.send(&url, "gone again", "gone").await;
    running.send(&url, "m3 again", "3").await;
    assert!(running.drain(&url).await.is_empty(), "a deduplication id must survive a restart");

    let running = running.restart().await;
    assert!(running.drain(&url).await.is_empty());
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_kept_like_single_messages() {
    use platform::provision::sdk::sqs::types::{
        DeleteMessageBatchRequestEntry, SendMessageBatchRequestEntry,
    };
    let running = Running::start().await;
    let url = running.queue("mail").await;
    let mut send = clients::sqs(&running.app).send_message_batch().queue_url(&url);
    for id in ["a", "b", "c"] {
        let entry = SendMessageBatchRequestEntry::builder().id(id).message_body(id).build();
        send = send.entries(entry.unwrap());
    }
    send.send().await.unwrap();
    let receive =
        clients::sqs(&running.app).receive_message().queue_url(&url).max_number_of_messages(10);
    let received = receive.send().await.unwrap().messages.unwrap();
    let first = received.iter().find(|message| message.body.as_deref() == Some("a")).unwrap();
    let entry = DeleteMessageBatchRequestEntry::builder()
        .id("1")
        .receipt_handle(first.receipt_handle.clone().unwrap())
        .build();
    let delete =
        clients::sqs(&running.app).delete_message_batch().queue_url(&url).entries(entry.unwrap());
    delete.send().await.unwrap();

    let running = running.restart().await;
    let mut left = running.drain(&url).await;
    left.sort();
    assert_eq!(left, ["b", "c"]);
    running.stop().await;
}

#[test]
fn a_consumer_quicker_than_the_senders_entry_does_not_bring_the_message_back() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    journal.received("work.fifo", &json!({"ReceiptHandle": "r", "MessageId": "m"}));
    journal.consumed("work.fifo", &json!("r"));
    let request = json!({"QueueUrl": "u", "MessageBody": "b"});
    assert!(journal.sent("work.fifo", &json!("m"), &request));
    let replay = journal.replay().unwrap();
    assert_eq!(replay.len(), 1);
    assert!(replay[0].consumed, "only its deduplication id may return");
    assert!(!replay[0].request.contains("QueueUrl"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redrive_count_may_be_a_string_and_a_message_becomes_a_dead_letter() {
    let running = Running::start().await;
    let dead = running.queue("dead.fifo").await;
    let ask = clients::sqs(&running.app).get_queue_attributes().queue_url(&dead);
    let ask = ask.attribute_names(QueueAttributeName::QueueArn);
    let arn = ask.send().await.unwrap().attributes.unwrap()[&QueueAttributeName::QueueArn].clone();
    let policy = json!({"deadLetterTargetArn": arn, "maxReceiveCount": "2"}).to_string();
    let create = clients::sqs(&running.app)
        .create_queue()
        .queue_name("source.fifo")
        .attributes(QueueAttributeName::FifoQueue, "true")
        .attributes(QueueAttributeName::VisibilityTimeout, "0")
        .attributes(QueueAttributeName::RedrivePolicy, policy);
    let url = create.send().await.unwrap().queue_url.unwrap();
    running.send(&url, "bad", "1").await;
    running.send(&url, "good", "2").await;
    let receive = || async {
        let receive =
            clients::sqs(&running.app).receive_message().queue_url(&url).visibility_timeout(0);
        receive.send().await.unwrap().messages.unwrap_or_default()
    };
    assert_eq!(receive().await[0].body.as_deref(), Some("bad"));
    assert_eq!(receive().await[0].body.as_deref(), Some("bad"));
    // After the third receive it goes to the dead-letter queue, and its group continues.
    let mut seen = Vec::new();
    while seen.is_empty() {
        seen = receive().await;
    }
    assert_eq!(seen[0].body.as_deref(), Some("good"));
    assert_eq!(running.take(&dead, 5).await, ["bad"]);
    assert_eq!(running.waiting(&dead).await, 0);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_receive_is_answered_at_once() {
    let running = Running::start().await;
    let url = running.queue("work.fifo").await;
    let started = std::time::Instant::now();
    let late = async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        running.send(&url, "hello", "1").await;
    };
    let (received, ()) = tokio::join!(running.take(&url, 10), late);
    assert_eq!(received, ["hello"]);
    assert!(started.elapsed().as_millis() < 1_000, "{:?}", started.elapsed());
    running.stop().await;
}
