//! Stacks that stand behind an edge, or beside other sites.

use platform::config::Limits;
use serde_json::Value;

use crate::{SetupError, TestStack};

impl TestStack {
    /// Starts a stack that lets the pages of another site use its API.
    ///
    /// # Errors
    ///
    /// When a port or the folder cannot be used.
    pub async fn start_naming(origin: &str) -> Result<Self, SetupError> {
        Self::start_as(|options| options.allowed_origins = vec![origin.to_owned()]).await
    }

    /// Starts a stack that stands behind an edge, which proves itself with a secret.
    ///
    /// # Errors
    ///
    /// When a port or the folder cannot be used.
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

    /// Puts another secret in the place of the edge's.
    ///
    /// # Errors
    ///
    /// When the stack has no edge, or Secrets Manager refuses.
    pub async fn rotate_the_edges_secret(&self, secret: &Value) -> Result<(), SetupError> {
        let app = self.stack.app();
        let name = app.config().origin_secret.as_deref().ok_or("this stack has no edge")?;
        Ok(platform::provision::replace_secret(app, name, &secret.to_string()).await?)
    }
}
