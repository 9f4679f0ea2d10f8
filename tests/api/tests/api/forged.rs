//! Tests queue messages of an attacker who has no key of this system.

use std::collections::BTreeSet;
use std::time::Duration;

use data_encoding::BASE64;
use local::stack::Stack;
use platform::inspect::{put_in_queue, scan};
use platform::queue_poll;
use serde_json::json;
use testkit::{SetupError, TestStack};

use crate::beside::Beside;
use crate::by_hand::{Sent, send};

/// The queues that carry our work, with their logical ids.
const QUEUES: [(&str, &str); 4] = [
    ("MailQueue", "MailDeadLetters"),
    ("MatchingQueue", "MatchingDeadLetters"),
    ("GalleryQueue", "GalleryDeadLetters"),
    ("RosterQueue", "RosterDeadLetters"),
];

fn url_of(stack: &Stack, queue: &str) -> Result<(String, bool), SetupError> {
    let config = stack.app().config();
    let mail = config.mail_queue_url.clone().unwrap_or_default();
    let of = |id: &str| stack.template().queue(id).ok_or("no such queue");
    let place = mail.strip_suffix(&of("MailQueue")?.name).unwrap_or_default();
    let own = of(queue)?;
    Ok((format!("{place}{}", own.name), own.fifo))
}

/// Returns a mail as this system seals it, from a queue without a worker.
async fn sealed_mail(stack: &TestStack) -> Result<String, SetupError> {
    let (aside, _) = url_of(stack.stack(), "IntakeDeadLetters")?;
    let beside = Beside::start(stack.stack(), |config| config.mail_queue_url = Some(aside)).await?;
    let email = Sent::Json(json!({ "email": "nobody@studio.example" }));
    let ours = [("origin", stack.stack().url())];
    let ask = (reqwest::Method::POST, "/v1/password-resets");
    assert_eq!(send(&beside.base, ask, email, None, &ours).await?.status, 202);
    let url = beside.app.config().mail_queue_url.clone().unwrap_or_default();
    let messages = queue_poll::receive(beside.app, &url, "none", 1, Duration::from_secs(2)).await?;
    beside.stop().await;
    let body = messages.into_iter().next().and_then(|message| message.body);
    Ok(body.ok_or("no mail was queued")?)
}

#[tokio::test(flavor = "multi_thread")]
async fn c16_a_forged_message_is_set_aside_and_reported_once() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let app = stack.stack().app();
    let sealed = sealed_mail(&stack).await?;
    let (root, bytes) = sealed.split_once('.').ok_or("another form")?;
    let mut turned = BASE64.decode(bytes.as_bytes())?;
    if let Some(last) = turned.last_mut() {
        *last ^= 1;
    }
    let mut put = BTreeSet::new();
    for (queue, _) in QUEUES {
        let (url, is_fifo) = url_of(stack.stack(), queue)?;
        let forged = [
            format!("{queue}: nothing of ours"),
            format!(
                "{root}.{}",
                BASE64.encode(format!("{queue}: not sealed by anybody").as_bytes())
            ),
            format!("{root}.{}", BASE64.encode(&turned)),
            // A message sealed for the mail queue does not decrypt in another queue.
            if queue == "MailQueue" { format!("other.{bytes}") } else { sealed.clone() },
            format!("{root}.{}", BASE64.encode(&vec![7; 60_000])),
        ];
        for (number, text) in forged.iter().enumerate() {
            let group = format!("group-{number}");
            put_in_queue(app, &url, text, is_fifo.then_some(group.as_str())).await?;
            put.insert((queue, text.clone()));
        }
    }
    let mut aside = BTreeSet::new();
    for _ in 0..180 {
        for (queue, dead) in QUEUES {
            let (url, _) = url_of(stack.stack(), dead)?;
            let wait = Duration::from_millis(0);
            let messages = queue_poll::receive(app, &url, "none", 10, wait).await?;
            queue_poll::delete(app, &url, &messages.iter().collect::<Vec<_>>()).await?;
            let bodies = messages.into_iter().filter_map(|message| message.body);
            aside.extend(bodies.map(|body| (queue, body)));
        }
        if aside.len() == put.len() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let short =
        |(queue, body): &(&'static str, String)| (*queue, body.get(..40).map(str::to_owned));
    let missing: Vec<_> = put.difference(&aside).map(short).collect();
    assert!(missing.is_empty(), "each is set aside unchanged: {missing:?}");
    assert_eq!(aside.len(), put.len(), "nothing else is set aside");
    let audit = app.config().audit_table.clone().unwrap_or_default();
    let rows = scan(app, &audit).await?;
    let reported = rows.iter().filter(|row| row.contains("message_refused"));
    assert_eq!(reported.count(), put.len(), "each is reported, once");
    // The mail worker still works.
    stack.photographer("after").await?;
    stack.stop().await;
    Ok(())
}
