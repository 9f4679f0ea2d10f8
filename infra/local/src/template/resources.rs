//! The resource types that the runner supports, and how each is read from the template.

use super::TemplateError;
use super::node::Node;
use crate::schedules::Rate;
use std::time::Duration;

/// A function: a module of `functions/`.
#[derive(Clone, Debug)]
pub struct Function {
    /// The name: the logical id `PhotoIntakeFunction` becomes `photo-intake`.
    pub name: String,
    /// The logical id.
    pub logical_id: String,
    /// Memory in MB.
    pub memory_mb: u32,
    /// The maximum time of one invocation.
    pub timeout: Duration,
    /// The routes to this function.
    pub routes: Vec<RouteKey>,
    /// The queues that feed this function.
    pub queues: Vec<QueueSource>,
    /// The schedules of this function.
    pub schedules: Vec<Schedule>,
    /// The environment, with unresolved references to resources.
    pub environment: Vec<(String, Node)>,
}

/// A route in the notation of API Gateway's HTTP API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteKey {
    /// `GET`, `POST`… or `ANY`.
    pub method: String,
    /// `/v1/schools/{school}`, `/assets/{file+}`, or `$default`.
    pub path: String,
}

/// A queue that feeds a function.
#[derive(Clone, Debug)]
pub struct QueueSource {
    /// The queue's logical id.
    pub queue: String,
    /// The maximum number of messages per invocation.
    pub batch_size: u16,
}

/// A schedule that calls a function.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// The event's name in the template.
    pub name: String,
    /// The interval.
    pub every: Rate,
    /// The input of the function.
    pub input: Option<String>,
}

/// A queue.
#[derive(Clone, Debug)]
pub struct Queue {
    /// The logical id.
    pub logical_id: String,
    /// The local name: `IntakeQueue` becomes `intake`, a FIFO `GalleryQueue` becomes `gallery.fifo`.
    pub name: String,
    /// Whether it is a FIFO queue: messages of one group keep their order.
    pub fifo: bool,
    /// Whether the hash of the body replaces a missing deduplication id.
    pub content_based_deduplication: bool,
    /// The visibility timeout.
    pub visibility: Duration,
    /// The logical id of the dead-letter queue, for messages received `max_receives` times.
    pub dead_letters: Option<String>,
    /// How often a message is delivered before it goes to the dead-letter queue.
    pub max_receives: u32,
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// The logical id.
    pub logical_id: String,
    /// The local name: `RecordsTable` becomes `records`.
    pub name: String,
    /// The partition key.
    pub partition_key: String,
    /// The sort key.
    pub sort_key: Option<String>,
    /// The attribute that holds an item's expiry time.
    pub expires: Option<String>,
}

/// A bucket.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// The logical id.
    pub logical_id: String,
    /// The local name: `PhotosBucket` becomes `photos`.
    pub name: String,
    /// Whether pages may call it (it has CORS rules).
    pub cors: bool,
    /// The logical id of the queue that is notified of new objects.
    pub notifies: Option<String>,
    /// The key prefix of the objects that are announced.
    pub notifies_of: String,
}

/// A secret.
#[derive(Clone, Debug)]
pub struct Secret {
    /// The logical id.
    pub logical_id: String,
    /// The local name: `KeyRingSecret` becomes `key-ring`.
    pub name: String,
}

/// Lambda's default timeout.
///
/// Source: AWS Lambda Developer Guide, "Configure Lambda function timeout".
const DEFAULT_TIMEOUT_SECONDS: u64 = 3;
/// Lambda's default memory in MB.
const DEFAULT_MEMORY_MB: u32 = 128;
/// The default visibility timeout of SQS.
const DEFAULT_VISIBILITY_SECONDS: u64 = 30;
/// The default `BatchSize` of an SQS event source.
const DEFAULT_BATCH_SIZE: u16 = 10;
/// The default number of deliveries where the template names a dead-letter queue without a number.
const DEFAULT_MAX_RECEIVES: u32 = 5;

impl Function {
    pub(super) fn read(
        id: &str,
        properties: &Node,
        globals: Option<&Node>,
    ) -> Result<Self, TemplateError> {
        let property =
            |name| properties.get(name).or_else(|| globals.and_then(|globals| globals.get(name)));
        let mut function = Self {
            name: kebab(id.strip_suffix("Function").unwrap_or(id)),
            logical_id: id.to_owned(),
            memory_mb: property("MemorySize").and_then(Node::number).unwrap_or(DEFAULT_MEMORY_MB),
            timeout: Duration::from_secs(
                property("Timeout").and_then(Node::number).unwrap_or(DEFAULT_TIMEOUT_SECONDS),
            ),
            routes: Vec::new(),
            queues: Vec::new(),
            schedules: Vec::new(),
            environment: Vec::new(),
        };
        let shared = globals.and_then(|globals| globals.at(&["Environment", "Variables"]));
        let own = properties.at(&["Environment", "Variables"]);
        // The function's own variables come last, so they win when the environment becomes a map.
        for variables in [shared, own].into_iter().flatten() {
            function.environment.extend_from_slice(variables.entries());
        }
        for (name, event) in properties.get("Events").map(Node::entries).unwrap_or_default() {
            function.read_event(name, event)?;
        }
        Ok(function)
    }

    fn read_event(&mut self, name: &str, event: &Node) -> Result<(), TemplateError> {
        let text = |key| event.at(&["Properties", key]).and_then(Node::text);
        match event.get("Type").and_then(Node::text).unwrap_or_default() {
            "HttpApi" => self.routes.push(RouteKey {
                method: text("Method").unwrap_or("ANY").to_ascii_uppercase(),
                path: text("Path").unwrap_or("$default").to_owned(),
            }),
            "SQS" => {
                let queue = event.at(&["Properties", "Queue"]).and_then(Node::target);
                self.queues.push(QueueSource {
                    queue: queue.ok_or_else(|| self.wrong(name, "no Queue"))?.to_owned(),
                    batch_size: event
                        .at(&["Properties", "BatchSize"])
                        .and_then(Node::number)
                        .unwrap_or(DEFAULT_BATCH_SIZE),
                });
            }
            "Schedule" | "ScheduleV2" => {
                let expression = text("Schedule").or_else(|| text("ScheduleExpression"));
                let every = Rate::parse(expression.unwrap_or_default())
                    .map_err(|error| self.wrong(name, &error.to_string()))?;
                self.schedules.push(Schedule {
                    name: name.to_owned(),
                    every,
                    input: text("Input").map(str::to_owned),
                });
            }
            _ => {}
        }
        Ok(())
    }

    fn wrong(&self, event: &str, problem: &str) -> TemplateError {
        TemplateError::Resource {
            resource: self.logical_id.clone(),
            problem: format!("event {event}: {problem}"),
        }
    }
}

impl Queue {
    pub(super) fn read(id: &str, properties: &Node) -> Result<Self, TemplateError> {
        let is_true = |name| properties.get(name).and_then(Node::text) == Some("true");
        let fifo = is_true("FifoQueue");
        let kind = kebab(id.strip_suffix("Queue").unwrap_or(id));
        let redrive = properties.get("RedrivePolicy");
        let dead_letters = match redrive {
            None => None,
            Some(policy) => {
                let target = policy.get("deadLetterTargetArn").and_then(Node::target);
                Some(target.map(str::to_owned).ok_or_else(|| TemplateError::Resource {
                    resource: id.to_owned(),
                    problem: "RedrivePolicy without a deadLetterTargetArn of this template".into(),
                })?)
            }
        };
        Ok(Self {
            logical_id: id.to_owned(),
            name: if fifo { format!("{kind}.fifo") } else { kind },
            fifo,
            content_based_deduplication: is_true("ContentBasedDeduplication"),
            visibility: Duration::from_secs(
                properties
                    .get("VisibilityTimeout")
                    .and_then(Node::number)
                    .unwrap_or(DEFAULT_VISIBILITY_SECONDS),
            ),
            dead_letters,
            max_receives: redrive
                .and_then(|policy| policy.get("maxReceiveCount"))
                .and_then(Node::number)
                .unwrap_or(DEFAULT_MAX_RECEIVES),
        })
    }
}

impl Table {
    pub(super) fn read(id: &str, properties: &Node) -> Result<Self, TemplateError> {
        let key = |kind: &str| {
            let schema = properties.get("KeySchema").map(Node::items).unwrap_or_default();
            let part =
                schema.iter().find(|part| part.get("KeyType").and_then(Node::text) == Some(kind));
            part.and_then(|part| part.get("AttributeName")).and_then(Node::text).map(str::to_owned)
        };
        let ttl = properties.get("TimeToLiveSpecification");
        Ok(Self {
            logical_id: id.to_owned(),
            name: kebab(id.strip_suffix("Table").unwrap_or(id)),
            partition_key: key("HASH").ok_or_else(|| TemplateError::Resource {
                resource: id.to_owned(),
                problem: "no HASH key".into(),
            })?,
            sort_key: key("RANGE"),
            expires: ttl
                .and_then(|ttl| ttl.get("AttributeName"))
                .and_then(Node::text)
                .map(str::to_owned),
        })
    }
}

impl Bucket {
    pub(super) fn read(id: &str, properties: &Node) -> Self {
        let to_queues = properties.at(&["NotificationConfiguration", "QueueConfigurations"]);
        let to_queue = to_queues.and_then(|list| list.items().first());
        let rules = to_queue.and_then(|to| to.at(&["Filter", "S3Key", "Rules"]));
        let prefix = rules.map(Node::items).unwrap_or_default().iter().find(|rule| {
            rule.get("Name").and_then(Node::text).is_some_and(|name| name == "prefix")
        });
        Self {
            logical_id: id.to_owned(),
            name: kebab(id.strip_suffix("Bucket").unwrap_or(id)),
            cors: properties.get("CorsConfiguration").is_some(),
            notifies: to_queue
                .and_then(|to| to.get("Queue"))
                .and_then(Node::target)
                .map(str::to_owned),
            notifies_of: prefix
                .and_then(|rule| rule.get("Value"))
                .and_then(Node::text)
                .unwrap_or_default()
                .to_owned(),
        }
    }
}

impl Secret {
    pub(super) fn read(id: &str) -> Self {
        Self { logical_id: id.to_owned(), name: kebab(id.strip_suffix("Secret").unwrap_or(id)) }
    }
}

/// Converts `PhotoIntake` to `photo-intake`.
fn kebab(pascal: &str) -> String {
    let mut kebab = String::with_capacity(pascal.len() + 4);
    for letter in pascal.chars() {
        if letter.is_ascii_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}
