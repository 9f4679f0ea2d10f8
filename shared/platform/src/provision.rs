//! Creates the resources of a stack: tables, buckets, queues and secrets. Every call is idempotent.
//!
//! Only for the local runner and the tests; on AWS, CloudFormation does this.

use std::time::Duration;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, TableStatus,
    TimeToLiveSpecification,
};
use aws_sdk_s3::types::{
    CorsConfiguration, CorsRule, Event, FilterRule, FilterRuleName, NotificationConfiguration,
    NotificationConfigurationFilter, QueueConfiguration, S3KeyFilter,
};
use aws_sdk_sqs::types::QueueAttributeName;

use crate::base::app::App;

/// The SDKs, for tests that call the emulated services directly.
///
/// Only this crate's manifest names the AWS crates.
pub mod sdk {
    pub use aws_lc_rs as crypto;
    pub use aws_sdk_dynamodb as dynamodb;
    pub use aws_sdk_s3 as s3;
    pub use aws_sdk_secretsmanager as secrets;
    pub use aws_sdk_sesv2 as ses;
    pub use aws_sdk_sqs as sqs;
}

/// Maximum time until a new table is active.
const TABLE_READY_WITHIN: Duration = Duration::from_mins(1);
/// Interval between two status queries.
const TABLE_ASKED_EVERY: Duration = Duration::from_millis(100);

/// The kind of S3 storage behind the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// The embedded cloud: CORS and notifications are part of its own settings.
    Embedded,
    /// An endpoint that behaves like AWS.
    External,
}

/// A table to create.
#[derive(Clone, Copy, Debug)]
pub struct TableSpec<'a> {
    /// The name.
    pub name: &'a str,
    /// The partition key, a string.
    pub partition_key: &'a str,
    /// The sort key, a string.
    pub sort_key: Option<&'a str>,
    /// The attribute with the expiry of an item.
    pub expires: Option<&'a str>,
}

/// A bucket to create.
#[derive(Clone, Copy, Debug)]
pub struct BucketSpec<'a> {
    /// The name.
    pub name: &'a str,
    /// Origins whose pages may send requests to it.
    pub origins: &'a [String],
    /// The ARN of the queue that receives notifications of new objects, and the prefix of their keys.
    pub notifies: Option<(&'a str, &'a str)>,
}

/// A queue to create.
#[derive(Clone, Copy, Debug)]
pub struct QueueSpec<'a> {
    /// The name; that of a FIFO queue ends in `.fifo`.
    pub name: &'a str,
    /// Whether SQS uses a hash of the body when a message has no deduplication id.
    pub content_based_deduplication: bool,
    /// The visibility timeout, in whole seconds.
    pub visibility: Duration,
    /// The dead-letter queue's ARN, and the number of deliveries before a message moves there.
    pub dead_letters: Option<(&'a str, u32)>,
}

/// A created queue.
#[derive(Clone, Debug)]
pub struct Queue {
    /// The URL.
    pub url: String,
    /// The ARN.
    pub arn: String,
}

/// The resource that could not be created or updated, and the cause.
#[derive(Debug, thiserror::Error)]
#[error("cannot provision {kind} {name}")]
pub struct ProvisionError {
    kind: &'static str,
    name: String,
    #[source]
    cause: Box<dyn std::error::Error + Send + Sync>,
}

/// The resource being created, for the error that names it.
#[derive(Clone, Copy)]
struct Thing<'a> {
    kind: &'static str,
    name: &'a str,
}

impl Thing<'_> {
    fn failed(self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ProvisionError {
        ProvisionError { kind: self.kind, name: self.name.to_owned(), cause: cause.into() }
    }
}

/// Creates a table and waits until it is active.
///
/// # Errors
///
/// [`ProvisionError`] with the table's name and the cause.
pub async fn table(app: &App, spec: TableSpec<'_>) -> Result<(), ProvisionError> {
    let TableSpec { name, partition_key, sort_key, expires } = spec;
    let thing = Thing { kind: "table", name };
    let mut create =
        app.dynamodb().create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
    for (attribute, kind) in [(Some(partition_key), KeyType::Hash), (sort_key, KeyType::Range)] {
        let Some(attribute) = attribute else { continue };
        let key = KeySchemaElement::builder().attribute_name(attribute).key_type(kind).build();
        let definition = AttributeDefinition::builder()
            .attribute_name(attribute)
            .attribute_type(ScalarAttributeType::S)
            .build();
        create = create
            .key_schema(key.map_err(|error| thing.failed(error))?)
            .attribute_definitions(definition.map_err(|error| thing.failed(error))?);
    }
    match create.send().await.map_err(aws_sdk_dynamodb::error::SdkError::into_service_error) {
        Ok(_) => {}
        // An existing table still gets its time to live: an earlier run may have crashed before that step.
        Err(error) if error.is_resource_in_use_exception() => {}
        Err(error) => return Err(thing.failed(error)),
    }
    until_active(app, name).await?;
    let Some(expires) = expires else { return Ok(()) };
    let current = app.dynamodb().describe_time_to_live().table_name(name).send().await;
    let current = current.map_err(|error| thing.failed(error))?;
    let attribute = current.time_to_live_description().and_then(|ttl| ttl.attribute_name());
    if attribute == Some(expires) {
        return Ok(());
    }
    let ttl = TimeToLiveSpecification::builder().attribute_name(expires).enabled(true).build();
    let update = app.dynamodb().update_time_to_live().table_name(name);
    let update = update.time_to_live_specification(ttl.map_err(|error| thing.failed(error))?);
    update.send().await.map_err(|error| thing.failed(error))?;
    Ok(())
}

async fn until_active(app: &App, name: &str) -> Result<(), ProvisionError> {
    let thing = Thing { kind: "table", name };
    let wait = async {
        loop {
            let table = app.dynamodb().describe_table().table_name(name).send().await;
            let table = table.map_err(|error| thing.failed(error))?;
            let status = table.table().and_then(|table| table.table_status());
            if status == Some(&TableStatus::Active) {
                return Ok(());
            }
            tokio::time::sleep(TABLE_ASKED_EVERY).await;
        }
    };
    tokio::time::timeout(TABLE_READY_WITHIN, wait).await.map_err(|error| thing.failed(error))?
}

/// Creates a bucket, with its CORS rules and notifications on [`Storage::External`].
///
/// # Errors
///
/// [`ProvisionError`] with the bucket's name and the cause.
pub async fn bucket(
    app: &App,
    spec: BucketSpec<'_>,
    storage: Storage,
) -> Result<(), ProvisionError> {
    let thing = Thing { kind: "bucket", name: spec.name };
    let created = app.s3().create_bucket().bucket(spec.name).send().await;
    match created.map_err(aws_sdk_s3::error::SdkError::into_service_error) {
        Ok(_) => {}
        Err(error)
            if error.is_bucket_already_owned_by_you() || error.is_bucket_already_exists() => {}
        Err(error) => return Err(thing.failed(error)),
    }
    if storage == Storage::Embedded {
        return Ok(());
    }
    if !spec.origins.is_empty() {
        let rule = CorsRule::builder()
            .set_allowed_origins(Some(spec.origins.to_vec()))
            .allowed_methods("GET")
            .allowed_methods("PUT")
            .allowed_headers("*")
            .build()
            .map_err(|error| thing.failed(error))?;
        let rules = CorsConfiguration::builder()
            .cors_rules(rule)
            .build()
            .map_err(|error| thing.failed(error))?;
        let put = app.s3().put_bucket_cors().bucket(spec.name).cors_configuration(rules);
        put.send().await.map_err(|error| thing.failed(error))?;
    }
    if let Some((queue_arn, prefix)) = spec.notifies {
        let rule = FilterRule::builder().name(FilterRuleName::Prefix).value(prefix).build();
        let filter = NotificationConfigurationFilter::builder()
            .key(S3KeyFilter::builder().filter_rules(rule).build())
            .build();
        let to_queue = QueueConfiguration::builder()
            .queue_arn(queue_arn)
            .events(Event::from("s3:ObjectCreated:*"))
            .filter(filter)
            .build()
            .map_err(|error| thing.failed(error))?;
        let put = app
            .s3()
            .put_bucket_notification_configuration()
            .bucket(spec.name)
            .notification_configuration(
                NotificationConfiguration::builder().queue_configurations(to_queue).build(),
            );
        put.send().await.map_err(|error| thing.failed(error))?;
    }
    Ok(())
}

/// Creates a queue, or updates the visibility timeout and the redrive policy of an existing one.
///
/// # Errors
///
/// [`ProvisionError`] with the queue's name and the cause.
pub async fn queue(app: &App, spec: QueueSpec<'_>) -> Result<Queue, ProvisionError> {
    let thing = Thing { kind: "queue", name: spec.name };
    let mut changeable =
        vec![(QueueAttributeName::VisibilityTimeout, spec.visibility.as_secs().to_string())];
    if let Some((arn, receives)) = spec.dead_letters {
        let policy = format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":{receives}}}"#);
        changeable.push((QueueAttributeName::RedrivePolicy, policy));
    }
    let existing = app.sqs().get_queue_url().queue_name(spec.name).send().await;
    let url = match existing.map_err(aws_sdk_sqs::error::SdkError::into_service_error) {
        Ok(queue) => {
            let url = queue.queue_url.unwrap_or_default();
            let update = app.sqs().set_queue_attributes().queue_url(&url);
            let update = update.set_attributes(Some(changeable.into_iter().collect()));
            update.send().await.map_err(|error| thing.failed(error))?;
            url
        }
        Err(error) if error.is_queue_does_not_exist() => {
            if std::path::Path::new(spec.name).extension().is_some_and(|end| end == "fifo") {
                changeable.push((QueueAttributeName::FifoQueue, "true".to_owned()));
                changeable.push((
                    QueueAttributeName::ContentBasedDeduplication,
                    spec.content_based_deduplication.to_string(),
                ));
            }
            let create = app.sqs().create_queue().queue_name(spec.name);
            let create = create.set_attributes(Some(changeable.into_iter().collect()));
            create.send().await.map_err(|error| thing.failed(error))?.queue_url.unwrap_or_default()
        }
        Err(error) => return Err(thing.failed(error)),
    };
    let arn = app
        .sqs()
        .get_queue_attributes()
        .queue_url(&url)
        .attribute_names(QueueAttributeName::QueueArn)
        .send()
        .await
        .map_err(|error| thing.failed(error))?
        .attributes
        .and_then(|mut attributes| attributes.remove(&QueueAttributeName::QueueArn))
        .unwrap_or_default();
    Ok(Queue { url, arn })
}

/// Creates a secret unless one of this name exists, and returns its ARN.
///
/// # Errors
///
/// [`ProvisionError`] with the secret's name and the cause.
pub async fn secret(
    app: &App,
    name: &str,
    make: impl FnOnce() -> String,
) -> Result<String, ProvisionError> {
    let thing = Thing { kind: "secret", name };
    let existing = app.secrets().describe_secret().secret_id(name).send().await;
    match existing.map_err(aws_sdk_secretsmanager::error::SdkError::into_service_error) {
        Ok(secret) => Ok(secret.arn.unwrap_or_default()),
        Err(error) if error.is_resource_not_found_exception() => {
            let create = app.secrets().create_secret().name(name).secret_string(make());
            Ok(create.send().await.map_err(|error| thing.failed(error))?.arn.unwrap_or_default())
        }
        Err(error) => Err(thing.failed(error)),
    }
}

/// Replaces the value of an existing secret.
///
/// # Errors
///
/// [`ProvisionError`] with the secret's name and the cause.
pub async fn replace_secret(app: &App, name: &str, value: &str) -> Result<(), ProvisionError> {
    let put = app.secrets().put_secret_value().secret_id(name).secret_string(value);
    put.send().await.map_err(|error| Thing { kind: "secret", name }.failed(error))?;
    Ok(())
}

/// Registers a sender address with SES, unless it is registered already.
///
/// # Errors
///
/// [`ProvisionError`] with the address and the cause.
pub async fn mail_sender(app: &App, address: &str) -> Result<(), ProvisionError> {
    let created = app.ses().create_email_identity().email_identity(address).send().await;
    match created.map_err(aws_sdk_sesv2::error::SdkError::into_service_error) {
        Ok(_) => Ok(()),
        Err(error) if error.is_already_exists_exception() => Ok(()),
        Err(error) => Err(Thing { kind: "mail sender", name: address }.failed(error)),
    }
}

/// Creates a key ring with one root key and an index key, in the format stored in Secrets Manager.
pub fn key_ring(app: &App) -> String {
    let key = || data_encoding::BASE64.encode(&app.random::<32>());
    format!(r#"{{"current":"k1","keys":{{"k1":"{}"}},"index":"{}"}}"#, key(), key())
}
