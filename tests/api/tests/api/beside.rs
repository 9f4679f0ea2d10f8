//! A second gateway to a stack's functions with other settings, for example a broken part or no worker.

use local::cloud::serve::PortLimits;
use local::gateway::{Behind, BoundGateway, Routes};
use local::stack::Stack;
use platform::App;
use platform::base::config::Config;
use platform::start::leak;
use testkit::SetupError;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// A gateway that runs beside the stack's own.
pub(crate) struct Beside {
    /// Its base URL.
    pub(crate) base: String,
    /// The application state that its functions use.
    pub(crate) app: &'static App,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Beside {
    pub(crate) async fn start(
        stack: &Stack,
        set: impl FnOnce(&mut Config),
    ) -> Result<Self, SetupError> {
        let mut config = stack.app().config().clone();
        set(&mut config);
        let app = leak(App::new(config).await?);
        let gateway = BoundGateway::bind(0).await?;
        let base = format!("http://localhost:{}", gateway.port());
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let routes = Routes::new(&stack.template().functions);
        gateway.serve(
            Behind { app, routes, mails: stack.outbox(), limits: PortLimits::default() },
            &mut tasks,
            &stopped,
        );
        Ok(Self { base, app, stop, tasks })
    }

    pub(crate) async fn stop(mut self) {
        let _nobody_listens = self.stop.send(true);
        self.tasks.shutdown().await;
    }
}
