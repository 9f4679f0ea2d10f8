//! Stacks behind an edge, or with another site that may use their API.

use platform::base::config::Limits;
use serde_json::Value;

use crate::{SetupError, TestStack};

impl TestStack {
    /// Starts a stack whose API the pages of another origin may use.
    ///
    /// # Errors
    ///
    /// Fails if a port or the folder cannot be used.
    pub async fn start_naming(origin: &str) -> Result<Self, SetupError> {
        Self::start_as(|options| options.allowed_origins = vec![origin.to_owned()]).await
    }

    /// Starts a stack behind an edge that proves itself with a secret.
    ///
    /// # Errors
    ///
    /// Fails if a port or the folder cannot be used.
    pub async fn start_behind_an_edge(
        secret: &Value,
        set: impl FnOnce(&mut Limits),
    ) -> Result<Self, SetupError> {
        Self::start_as(|options| {
            options.origin_secret = Some(secret.to_string());
            set(&mut options.limits);
        })
        .await
    }

    /// Replaces the edge's secret.
    ///
    /// # Errors
    ///
    /// Fails if the stack has no edge, or if Secrets Manager refuses the change.
    pub async fn rotate_the_edges_secret(&self, secret: &Value) -> Result<(), SetupError> {
        let app = self.stack.app();
        let name = app.config().origin_secret.as_deref().ok_or("this stack has no edge")?;
        Ok(platform::provision::replace_secret(app, name, &secret.to_string()).await?)
    }
}
