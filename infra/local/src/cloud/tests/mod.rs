//! Tests of the embedded cloud over HTTP, with the SDK that the functions use.
//!
//! Each defect that was found in the underlying crates has its test here.

mod queues;
mod storage;
mod tables_and_secrets;

use super::{LocalCloud, Notification, Options, REGION};
use platform::base::config::{Config, Endpoints};
use platform::provision::sdk::sqs::types::QueueAttributeName;
use platform::provision::{self, BucketSpec, QueueSpec, Storage};
use platform::{App, clients};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

pub(crate) const ORIGIN: &str = "http://localhost:8080";

/// A cloud with its own folder, and its clients.
pub(crate) struct Running {
    pub(crate) cloud: LocalCloud,
    pub(crate) app: App,
    pub(crate) dir: TempDir,
}

impl Running {
    pub(crate) async fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap()).await
    }

    async fn start_in(dir: TempDir) -> Self {
        let cloud = LocalCloud::start(options(dir.path())).await.unwrap();
        let at = |address| Some(format!("http://{address}"));
        let app = App::new(Config {
            region: REGION.to_owned(),
            endpoints: Endpoints {
                dynamodb: at(cloud.dynamodb),
                s3: at(cloud.s3),
                sqs: at(cloud.sqs),
                secrets: at(cloud.secrets),
                ses: None,
                ..Endpoints::default()
            },
            credentials: Some(cloud.key.pair()),
            ..Config::default()
        });
        let app = app.await.unwrap();
        Self { cloud, app, dir }
    }

    /// Stops the cloud and returns its folder.
    pub(crate) async fn stop(self) -> TempDir {
        let Self { cloud, app, dir } = self;
        drop(app);
        cloud.stop().await;
        dir
    }

    /// Restarts the cloud on the same folder, as a new process does.
    pub(crate) async fn restart(self) -> Self {
        Self::start_in(self.stop().await).await
    }

    pub(crate) async fn bucket(&self, name: &str) {
        let spec = BucketSpec { name, origins: &[], notifies: None };
        provision::bucket(&self.app, spec, Storage::Embedded).await.unwrap();
    }

    /// Creates or finds a queue and returns its URL.
    pub(crate) async fn queue(&self, name: &str) -> String {
        let spec = QueueSpec {
            name,
            content_based_deduplication: false,
            visibility: Duration::from_secs(30),
            dead_letters: None,
        };
        provision::queue(&self.app, spec).await.unwrap().url
    }

    pub(crate) async fn send(&self, url: &str, body: &str, deduplication: &str) {
        let send = clients::sqs(&self.app).send_message().queue_url(url).message_body(body);
        let send = send.message_group_id("group").message_deduplication_id(deduplication);
        send.send().await.unwrap();
    }

    /// Returns clients that live as long as the process, as the handlers require.
    pub(crate) async fn lasting_app(&self) -> &'static App {
        platform::start::leak(App::new(self.app.config().clone()).await.unwrap())
    }

    /// Receives once, and deletes the received messages.
    pub(crate) async fn take(&self, url: &str, wait_seconds: i32) -> Vec<String> {
        let receive =
            clients::sqs(&self.app).receive_message().queue_url(url).max_number_of_messages(10);
        let received = receive.wait_time_seconds(wait_seconds).send().await.unwrap();
        let mut bodies = Vec::new();
        for message in received.messages.unwrap_or_default() {
            let receipt = message.receipt_handle.unwrap();
            let delete =
                clients::sqs(&self.app).delete_message().queue_url(url).receipt_handle(receipt);
            delete.send().await.unwrap();
            bodies.push(message.body.unwrap());
        }
        bodies
    }

    /// Receives and deletes messages until none is left.
    pub(crate) async fn drain(&self, url: &str) -> Vec<String> {
        let mut all = Vec::new();
        loop {
            let some = self.take(url, 0).await;
            if some.is_empty() {
                return all;
            }
            all.extend(some);
        }
    }

    pub(crate) async fn waiting(&self, url: &str) -> u32 {
        let name = QueueAttributeName::ApproximateNumberOfMessages;
        let ask = clients::sqs(&self.app)
            .get_queue_attributes()
            .queue_url(url)
            .attribute_names(name.clone());
        ask.send().await.unwrap().attributes.unwrap()[&name].parse().unwrap()
    }
}

fn options(dir: &Path) -> Options {
    Options {
        dir: dir.to_owned(),
        memory_tables: false,
        origins: vec![ORIGIN.to_owned()],
        limits: super::serve::PortLimits::default(),
        notifications: vec![Notification {
            bucket: "intake".to_owned(),
            prefix: "intake/".to_owned(),
            queue: "intake".to_owned(),
        }],
        expire_every: Duration::from_millis(100),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_belongs_to_one_runner_at_a_time() {
    let first = Running::start().await;
    let refused = LocalCloud::start(options(first.dir.path())).await.err().unwrap().to_string();
    assert!(refused.contains("another runner"), "{refused}");
    let again = first.restart().await;
    again.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_the_ports_so_that_upload_links_stay_good() {
    let first = Running::start().await;
    let (s3, sqs) = (first.cloud.s3, first.cloud.sqs);
    let again = first.restart().await;
    assert_eq!((again.cloud.s3, again.cloud.sqs), (s3, sqs));
    again.stop().await;
}
