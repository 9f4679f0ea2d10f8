//! A whole Picture Day on one machine: the cloud, the template's resources, the gateway, the workers, the schedules.

mod provision;

use crate::cloud::serve::PortLimits;
use crate::cloud::ses::{self, Mail};
use crate::cloud::{self, AccessKey, CloudError, LocalCloud, Notification, folder};
use crate::gateway::{Behind, BoundGateway, Routes};
use crate::queues::{self, Disturbance};
use crate::schedules;
use crate::template::{self, Names, Template, TemplateError};
use domain::second_factor::StaffRule;
use functions::handlers;
use platform::App;
use platform::base::config::{Config, Endpoints, Limits};
use platform::inspect::units::Units;
use platform::provision::ProvisionError;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The sender of the mails.
pub const MAIL_FROM: &str = "Picture Day <no-reply@picture-day.example>";
/// How often expired items are deleted from the tables.
const EXPIRED_SWEPT_EVERY: Duration = Duration::from_secs(30);

/// Where a stack stores its data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Storage {
    /// In the embedded cloud.
    #[default]
    Embedded,
    /// At an endpoint that behaves like AWS.
    ///
    /// Many stacks share it, so all names of a stack have their own prefix. Credentials come from the environment.
    /// The runner still stores mail itself.
    External {
        /// The endpoint's URL.
        endpoint: String,
    },
}

impl Storage {
    /// Selects the endpoint in `AWS_ENDPOINT_URL`, or the embedded cloud, so that the same tests run against both.
    pub fn from_env() -> Self {
        Config::from_env()
            .endpoints
            .dynamodb
            .map_or(Self::Embedded, |endpoint| Self::External { endpoint })
    }
}

/// The start options of a stack.
#[derive(Clone, Debug)]
pub struct StackOptions {
    /// The folder for all durable data.
    pub data: PathBuf,
    /// Tables in memory instead of a file (tests that do not restart).
    pub memory_tables: bool,
    /// The gateway's port; 0 takes a free one.
    pub port: u16,
    /// Where the data is stored.
    pub storage: Storage,
    /// The rate limits and time limits.
    pub limits: Limits,
    /// The limits of each port before authentication.
    pub port_limits: PortLimits,
    /// The URL of the breached-password service; without it, only the local rules apply.
    pub breach_range_url: Option<String>,
    /// The origins of other sites whose pages may use the API.
    pub allowed_origins: Vec<String>,
    /// The origin secret of an edge in front of the gateway, in the format of Secrets Manager; `None` means no edge.
    pub origin_secret: Option<String>,
    /// The URL of a stand-in for all identity providers, for tests.
    pub identity_providers: Option<String>,
    /// Whether photographers and schools' staff must have a second factor.
    pub staff_second_factor: StaffRule,
    /// Disturbances in tests: killed workers and repeated deliveries.
    pub disturbance: Option<Disturbance>,
    /// The benchmark's counter of table reads and writes by the endpoints; the workers are not counted.
    pub units: Option<Units>,
}

impl StackOptions {
    /// Returns options for one test: a free port, tables in memory, and the storage that the environment selects.
    pub fn for_test(data: PathBuf) -> Self {
        Self {
            data,
            memory_tables: true,
            port: 0,
            storage: Storage::from_env(),
            limits: limits_of_one_machine(),
            port_limits: PortLimits::default(),
            breach_range_url: None,
            allowed_origins: Vec::new(),
            origin_secret: None,
            identity_providers: None,
            staff_second_factor: StaffRule::Optional,
            disturbance: None,
            units: None,
        }
    }
}

/// Returns limits for one machine, where all clients share one IP address: limits per address are off.
pub fn limits_of_one_machine() -> Limits {
    Limits {
        requests_a_minute: u32::MAX,
        requests_an_hour: u32::MAX,
        attempts_of_an_address: u32::MAX,
        ..Limits::default()
    }
}

/// A running stack. Stop it with [`Stack::stop`]; dropping it aborts its work, like a crash.
pub struct Stack {
    app: &'static App,
    url: String,
    template: Template,
    names: Names,
    mail: ses::Server,
    cloud: Option<LocalCloud>,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

/// Why a stack did not start.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    /// The port is taken, or the folder cannot be used.
    #[error("cannot use the port or the folder")]
    Io(#[from] io::Error),
    /// The template cannot be run on one machine.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The embedded cloud did not start.
    #[error(transparent)]
    Cloud(#[from] CloudError),
    /// A resource of the template could not be created.
    #[error(transparent)]
    Provision(#[from] ProvisionError),
    /// The clients could not be created.
    #[error(transparent)]
    App(#[from] platform::StartError),
}

impl Stack {
    /// Starts everything; work that was queued at the last stop continues.
    ///
    /// # Errors
    ///
    /// When the port is taken, the folder is in use, or a resource of the template cannot be created here.
    pub async fn start(options: StackOptions) -> Result<Self, StackError> {
        let gateway = BoundGateway::bind(options.port).await?;
        let port = gateway.port();
        let url = format!("http://localhost:{port}");
        let origins = vec![url.clone(), format!("http://127.0.0.1:{port}")];
        let parameters = [("Stage", "local"), ("PublicUrl", &url), ("MailFrom", MAIL_FROM)];
        let template = Template::parse(template::TEXT, &parameters)?;

        let is_embedded = options.storage == Storage::Embedded;
        folder::open(&options.data)?;
        let key = AccessKey::of(&options.data)?;
        let limits = options.port_limits.clone();
        let mail =
            ses::Server::start(&options.data, MAIL_FROM, is_embedded.then_some(&key), limits)
                .await?;
        let cloud = match &options.storage {
            Storage::External { .. } => None,
            Storage::Embedded => Some(
                LocalCloud::start(cloud::Options {
                    dir: options.data.clone(),
                    memory_tables: options.memory_tables,
                    origins: origins.clone(),
                    limits: options.port_limits.clone(),
                    notifications: notifications(&template),
                    expire_every: EXPIRED_SWEPT_EVERY,
                })
                .await?,
            ),
        };
        let config = Config {
            stage: "local".to_owned(),
            public_url: url.clone(),
            allowed_origins: options.allowed_origins.clone(),
            region: cloud::REGION.to_owned(),
            endpoints: Endpoints {
                identity: options.identity_providers.clone(),
                ..endpoints(&options.storage, cloud.as_ref(), &mail)
            },
            credentials: is_embedded.then(|| key.pair()),
            mail_from: Some(MAIL_FROM.to_owned()),
            limits: options.limits.clone(),
            breach_range_url: options.breach_range_url.clone(),
            staff_second_factor: options.staff_second_factor,
            ..Config::default()
        };
        let builder = App::new(config.clone()).await?;
        let made = provision::make(&builder, &template, &options, &origins).await?;
        let config = made.config(config);
        let at_work = platform::start::leak(App::new(config.clone()).await?);
        let app = match &options.units {
            Some(units) => platform::start::leak(App::new(config).await?.counting(units)),
            None => at_work,
        };

        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let routes = Routes::new(&template.functions);
        let mails = mail.outbox.clone();
        let behind = Behind { app, routes, mails, limits: options.port_limits.clone() };
        gateway.serve(behind, &mut tasks, &stopped);
        for mut source in made.sources(&template) {
            source.disturbance = options.disturbance;
            tasks.spawn(queues::work(at_work, source, stopped.clone()));
        }
        start_schedules(at_work, &template, &mut tasks, &stopped);
        Ok(Self { app, url, template, names: made.names, mail, cloud, stop, tasks })
    }

    /// Returns the URL for users: `http://localhost:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the mails, for a second gateway to the same functions.
    pub fn outbox(&self) -> ses::Outbox {
        self.mail.outbox.clone()
    }

    /// Returns the handlers' application state.
    pub fn app(&self) -> &'static App {
        self.app
    }

    /// Returns the parsed template.
    pub fn template(&self) -> &Template {
        &self.template
    }

    /// Returns all sent mails, newest last.
    pub fn mails(&self) -> Vec<Mail> {
        self.mail.outbox.all()
    }

    /// Returns a function's environment: the template's variables and the cloud's endpoints, nothing more.
    ///
    /// `None` if the template has no such function.
    pub fn environment(&self, function: &str) -> Option<BTreeMap<String, String>> {
        let function = self.template.function(function)?;
        let mut environment = self.template.environment(function, &self.names);
        let is_given = |name: &str| name.starts_with("AWS_");
        let everywhere = self.app.config().to_env().into_iter();
        let everywhere = everywhere.filter(|(name, _)| is_given(name));
        environment.extend(everywhere.map(|(name, value)| (name.to_owned(), value)));
        Some(environment)
    }

    /// Stops accepting requests, finishes the work in progress, and closes the files.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
        self.mail.stop().await;
        if let Some(cloud) = self.cloud {
            cloud.stop().await;
        }
    }
}

/// Returns which buckets notify which queues, with the names of the embedded cloud.
fn notifications(template: &Template) -> Vec<Notification> {
    let notification = |bucket: &template::Bucket| {
        let queue = template.queue(bucket.notifies.as_deref()?)?;
        let (bucket, prefix) = (bucket.name.clone(), bucket.notifies_of.clone());
        Some(Notification { bucket, prefix, queue: queue.name.clone() })
    };
    template.buckets.iter().filter_map(notification).collect()
}

fn endpoints(storage: &Storage, cloud: Option<&LocalCloud>, mail: &ses::Server) -> Endpoints {
    let ses = Some(format!("http://{}", mail.at));
    if let Storage::External { endpoint } = storage {
        let everywhere = Some(endpoint.trim_end_matches('/').to_owned());
        return Endpoints {
            dynamodb: everywhere.clone(),
            s3: everywhere.clone(),
            sqs: everywhere.clone(),
            secrets: everywhere,
            ses,
            identity: None,
        };
    }
    let at = |address: fn(&LocalCloud) -> std::net::SocketAddr| {
        cloud.map(|cloud| format!("http://{}", address(cloud)))
    };
    Endpoints {
        dynamodb: at(|cloud| cloud.dynamodb),
        s3: at(|cloud| cloud.s3),
        sqs: at(|cloud| cloud.sqs),
        secrets: at(|cloud| cloud.secrets),
        ses,
        identity: None,
    }
}

/// Calls scheduled workers with an empty batch: they need no payload, the call itself is the message.
fn start_schedules(
    app: &'static App,
    template: &Template,
    tasks: &mut JoinSet<()>,
    stop: &watch::Receiver<bool>,
) {
    for function in &template.functions {
        let Some(handler) = handlers::queue(&function.name) else { continue };
        for schedule in &function.schedules {
            let name = function.name.clone();
            let call = move || {
                let name = name.clone();
                async move {
                    let called = tokio::spawn(handler(app, platform::worker::Batch::default()));
                    if let Err(error) = called.await {
                        tracing::error!(%error, function = name, "a scheduled call failed");
                    }
                }
            };
            tasks.spawn(schedules::every(schedule.every.as_duration(), stop.clone(), call));
        }
    }
}
