//! Creates the template's resources in a cloud, and remembers their names there.

use super::{StackOptions, Storage};
use crate::queues::Source;
use crate::template::{Names, Template};
use functions::handlers;
use platform::App;
use platform::base::config::Config;
use platform::provision::{
    self, BucketSpec, ProvisionError, Queue, QueueSpec, Storage as Kind, TableSpec,
};
use std::collections::BTreeMap;

/// Parallel invocations for a FIFO queue: groups run in parallel, each in its own order.
const GROUPS_AT_ONCE: usize = 4;

/// The name of the origin secret, with which an edge authenticates.
const ORIGIN: &str = "origin";

/// The created resources.
pub(super) struct Made {
    pub(super) names: Names,
    /// By the template's resource name without prefix: `records`, `intake`, `gallery.fifo`.
    tables: BTreeMap<String, String>,
    buckets: BTreeMap<String, String>,
    /// By logical id.
    queues: BTreeMap<String, Queue>,
    secrets: BTreeMap<String, String>,
}

/// Creates tables, queues, buckets and secrets. Existing ones stay unchanged.
pub(super) async fn make(
    app: &App,
    template: &Template,
    options: &StackOptions,
    origins: &[String],
) -> Result<Made, ProvisionError> {
    let (kind, prefix) = match &options.storage {
        Storage::Embedded => (Kind::Embedded, String::new()),
        Storage::External { .. } => {
            let random = data_encoding::HEXLOWER.encode(&app.random::<5>());
            (Kind::External, format!("pd-{random}-"))
        }
    };
    let mut made = Made {
        names: Names::default(),
        tables: BTreeMap::new(),
        buckets: BTreeMap::new(),
        queues: BTreeMap::new(),
        secrets: BTreeMap::new(),
    };
    made.tables(app, template, &prefix).await?;
    made.queues(app, template, &prefix).await?;
    made.buckets(app, template, &prefix, origins, kind).await?;
    for secret in &template.secrets {
        let name = format!("{prefix}{}", secret.name);
        // Key rings are the only kind of secret in the template.
        let arn = provision::secret(app, &name, || provision::key_ring(app)).await?;
        made.names.add(&secret.logical_id, &arn, &arn);
        made.secrets.insert(secret.name.clone(), arn);
    }
    // The edge's own secret; on AWS it comes from the edge's stack.
    if let Some(secret) = &options.origin_secret {
        let arn = provision::secret(app, &format!("{prefix}{ORIGIN}"), || secret.clone()).await?;
        made.secrets.insert(ORIGIN.to_owned(), arn);
    }
    Ok(made)
}

impl Made {
    async fn tables(
        &mut self,
        app: &App,
        template: &Template,
        prefix: &str,
    ) -> Result<(), ProvisionError> {
        for table in &template.tables {
            let name = format!("{prefix}{}", table.name);
            let spec = TableSpec {
                name: &name,
                partition_key: &table.partition_key,
                sort_key: table.sort_key.as_deref(),
                expires: table.expires.as_deref(),
            };
            provision::table(app, spec).await?;
            self.names.add(&table.logical_id, &name, &arn("dynamodb", &format!("table/{name}")));
            self.tables.insert(table.name.clone(), name);
        }
        Ok(())
    }

    /// Creates the dead-letter queues first, because the other queues refer to their ARNs.
    async fn queues(
        &mut self,
        app: &App,
        template: &Template,
        prefix: &str,
    ) -> Result<(), ProvisionError> {
        let (last, first): (Vec<_>, Vec<_>) =
            template.queues.iter().partition(|queue| queue.dead_letters.is_some());
        for queue in first.into_iter().chain(last) {
            let name = format!("{prefix}{}", queue.name);
            let dead = queue.dead_letters.as_ref().and_then(|id| self.queues.get(id));
            let spec = QueueSpec {
                name: &name,
                content_based_deduplication: queue.content_based_deduplication,
                visibility: queue.visibility,
                dead_letters: dead.map(|dead| (dead.arn.as_str(), queue.max_receives)),
            };
            let made = provision::queue(app, spec).await?;
            self.names.add(&queue.logical_id, &made.url, &made.arn);
            self.queues.insert(queue.logical_id.clone(), made);
        }
        Ok(())
    }

    async fn buckets(
        &mut self,
        app: &App,
        template: &Template,
        prefix: &str,
        origins: &[String],
        kind: Kind,
    ) -> Result<(), ProvisionError> {
        for bucket in &template.buckets {
            let name = format!("{prefix}{}", bucket.name);
            let told = bucket.notifies.as_ref().and_then(|id| self.queues.get(id));
            let spec = BucketSpec {
                name: &name,
                origins: if bucket.cors { origins } else { &[] },
                notifies: told.map(|queue| (queue.arn.as_str(), bucket.notifies_of.as_str())),
            };
            provision::bucket(app, spec, kind).await?;
            self.names.add(&bucket.logical_id, &name, &format!("arn:aws:s3:::{name}"));
            self.buckets.insert(bucket.name.clone(), name);
        }
        Ok(())
    }

    /// Returns the configuration of a process that may use all resources.
    pub(super) fn config(&self, config: Config) -> Config {
        let table = |name: &str| self.tables.get(name).cloned();
        let bucket = |name: &str| self.buckets.get(name).cloned();
        let queue = |id: &str| self.queues.get(id).map(|queue| queue.url.clone());
        Config {
            records_table: table("records"),
            access_table: table("access"),
            audit_table: table("audit"),
            keys_table: table("keys"),
            operators_table: table("operators"),
            intake_bucket: bucket("intake"),
            photos_bucket: bucket("photos"),
            files_bucket: bucket("files"),
            intake_queue_url: queue("IntakeQueue"),
            mail_queue_url: queue("MailQueue"),
            matching_queue_url: queue("MatchingQueue"),
            gallery_queue_url: queue("GalleryQueue"),
            roster_queue_url: queue("RosterQueue"),
            key_ring_secret: self.secrets.get("key-ring").cloned(),
            operators_secret: self.secrets.get("operators").cloned(),
            token_signing_secret: self.secrets.get("token-signing").cloned(),
            origin_secret: self.secrets.get(ORIGIN).cloned(),
            ..config
        }
    }

    /// Returns the queues that feed a known worker.
    pub(super) fn sources(&self, template: &Template) -> Vec<Source> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let mut sources = Vec::new();
        for function in &template.functions {
            for source in &function.queues {
                let (Some(handler), Some(made), Some(queue)) = (
                    handlers::queue(&function.name),
                    self.queues.get(&source.queue),
                    template.queue(&source.queue),
                ) else {
                    tracing::error!(
                        function = function.name,
                        "the template names an unknown worker"
                    );
                    continue;
                };
                sources.push(Source {
                    function: function.name.clone(),
                    handler,
                    url: made.url.clone(),
                    arn: made.arn.clone(),
                    batch_size: source.batch_size,
                    // Image processing uses a whole core; more parallel invocations would only slow each other.
                    at_once: if queue.fifo { GROUPS_AT_ONCE } else { cores },
                    visibility: queue.visibility,
                    disturbance: None,
                });
            }
        }
        sources
    }
}

fn arn(service: &str, resource: &str) -> String {
    let (region, account) = (crate::cloud::REGION, crate::cloud::ACCOUNT);
    format!("arn:aws:{service}:{region}:{account}:{resource}")
}
