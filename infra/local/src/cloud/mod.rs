//! The embedded cloud: stand-ins for AWS services, each on its own loopback port, durable in one folder.
//!
//! | service | crate | data |
//! |---|---|---|
//! | DynamoDB | `dynoxide` | `dynamodb.sqlite` |
//! | S3 | `s3s-fs`, mended in `s3.rs` | `s3/`, `s3-events.sqlite` |
//! | SQS | `rustack-sqs`, made durable in `sqs_journal.rs` | `sqs.sqlite`, `sqs-queues.json` |
//! | Secrets Manager | `winterbaume-secretsmanager` | `secrets.json` |
//! | SES | written here | `mails.jsonl` |

mod access_key;
pub mod clock;
pub(crate) mod door;
mod dynamodb;
pub(crate) mod folder;
mod ports;
mod s3;
mod s3_body;
mod s3_checksum;
mod s3_cors;
mod s3_events;
mod secrets;
pub mod serve;
pub mod ses;
mod sqs;
mod sqs_journal;

pub use access_key::AccessKey;
pub use s3_events::Notification;

use serve::PortLimits;
use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The account of all resources: the account in the ARNs of the secrets, used for every service.
pub const ACCOUNT: &str = "123456789012";
/// The region of all resources.
pub const REGION: &str = "us-east-1";

/// The start options of a cloud.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder for all durable data.
    pub dir: PathBuf,
    /// DynamoDB in memory instead of a file (tests).
    pub memory_tables: bool,
    /// The origins whose pages may call S3.
    pub origins: Vec<String>,
    /// The limits of each port before authentication.
    pub limits: PortLimits,
    /// Which buckets notify which queues of new objects.
    pub notifications: Vec<Notification>,
    /// How often expired items are deleted from the tables.
    pub expire_every: Duration,
}

/// A running cloud: everything except mail, which the runner always provides itself (`ses.rs`).
pub struct LocalCloud {
    /// The address of DynamoDB.
    pub dynamodb: SocketAddr,
    /// The address of S3.
    pub s3: SocketAddr,
    /// The address of SQS.
    pub sqs: SocketAddr,
    /// The address of Secrets Manager.
    pub secrets: SocketAddr,
    /// The key that signs requests to all of them.
    pub key: AccessKey,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    /// The lock that keeps a second runner from using the folder.
    _only_one: File,
}

/// A service of the cloud that did not start.
#[derive(Debug, thiserror::Error)]
#[error("cannot start the local {service}: {cause}")]
pub struct CloudError {
    service: &'static str,
    cause: Box<dyn std::error::Error + Send + Sync>,
}

impl CloudError {
    fn of<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        service: &'static str,
    ) -> impl FnOnce(E) -> Self {
        move |cause| Self { service, cause: cause.into() }
    }
}

impl LocalCloud {
    /// Opens the folder and starts the services. Interrupted work continues.
    ///
    /// # Errors
    ///
    /// When the folder cannot be used, or contains data of another program.
    pub async fn start(options: Options) -> Result<Self, CloudError> {
        let dir = &options.dir;
        folder::open(dir).map_err(CloudError::of("folder"))?;
        let only_one = folder::lock(dir).map_err(CloudError::of("folder"))?;
        let key = AccessKey::of(dir).map_err(CloudError::of("access key"))?;
        let [dynamodb, s3, sqs, secrets] =
            ports::bind_as_before(dir).await.map_err(CloudError::of("ports"))?;
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();

        let at = |listener: &tokio::net::TcpListener| {
            listener.local_addr().map_err(CloudError::of("ports"))
        };
        let (dynamodb_at, s3_at, sqs_at) = (at(&dynamodb)?, at(&s3)?, at(&sqs)?);
        let secrets_at = at(&secrets)?;

        let tables = dynamodb::open((!options.memory_tables).then_some(dir.as_path()))
            .map_err(CloudError::of("DynamoDB"))?;
        let service = dynamodb::service(tables.clone(), &key);
        let json = || door::port(options.limits.clone());
        tasks.spawn(serve::until_stopped(dynamodb, json(), service, stopped.clone()));
        tasks.spawn(dynamodb::sweep(tables, options.expire_every, stopped.clone()));

        let queues = sqs::DurableQueues::open(dir, sqs_at).await.map_err(CloudError::of("SQS"))?;
        tasks.spawn(serve::until_stopped(sqs, json(), queues.service(&key), stopped.clone()));

        let objects =
            s3::Objects::open(dir, &options.notifications).await.map_err(CloudError::of("S3"))?;
        tasks.spawn(s3_events::deliver(objects.outbox(), queues, stopped.clone()));
        let service = s3_cors::service(objects, options.origins.clone(), &key);
        let port = s3_cors::port(options.limits.clone());
        tasks.spawn(serve::until_stopped(s3, port, service, stopped.clone()));

        let kept = secrets::open(dir.join("secrets.json"))
            .await
            .map_err(CloudError::of("Secrets Manager"))?;
        let service = secrets::service(kept, &key);
        tasks.spawn(serve::until_stopped(secrets, json(), service, stopped));

        Ok(Self {
            dynamodb: dynamodb_at,
            s3: s3_at,
            sqs: sqs_at,
            secrets: secrets_at,
            key,
            stop,
            tasks,
            _only_one: only_one,
        })
    }

    /// Stops accepting, finishes the requests in progress, and closes the files.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

#[cfg(test)]
pub(crate) mod tests;
