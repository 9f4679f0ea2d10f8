//! Site administrators for tests.

use local::client::Client;
use local::demonstration::operator::invitation;
use serde_json::{Value, json};

use crate::{PASSWORD, SetupError, TestStack};

/// A site administrator and their credentials.
pub struct OperatorAccount {
    /// A signed-in client.
    pub client: Client,
    /// The e-mail address; the password is [`PASSWORD`].
    pub email: String,
    /// The secret of the authenticator app.
    pub secret: String,
    /// The ten recovery codes.
    pub recovery_codes: Vec<String>,
}

impl TestStack {
    /// Creates a site administrator: invited as on AWS, enrolled and signed in.
    ///
    /// # Errors
    ///
    /// Fails if a step is refused.
    pub async fn operator(&self, name: &str) -> Result<OperatorAccount, SetupError> {
        let email = format!("{name}@operators.example");
        let token = self.operator_invitation(&email).await?;
        let mut client = self.stranger();
        let asked = json!({ "token": token });
        let shown = client.create("/v1/admin/enrolments/secret", &asked, "secret").await?;
        let secret = shown.text("/secret");
        let code = self.app_shows(&secret);
        let enrolment = json!({ "token": token, "password": PASSWORD, "code": code });
        let enrolled = client.enter("/v1/admin/enrolments", &enrolment).await?;
        let recovery_codes = enrolled.body["recovery_codes"].as_array().cloned();
        let recovery_codes = recovery_codes.unwrap_or_default();
        let text = |code: &Value| code.as_str().unwrap_or_default().to_owned();
        let recovery_codes = recovery_codes.iter().map(text).collect();
        Ok(OperatorAccount { client, email, secret, recovery_codes })
    }

    /// Returns the token of an invitation, as an invoker of the function gets it.
    ///
    /// # Errors
    ///
    /// Fails if the invitation is refused.
    pub async fn operator_invitation(&self, email: &str) -> Result<String, SetupError> {
        let link = invitation(self.stack.app(), email).await?;
        Ok(link.split_once("token=").map(|(_, token)| token.to_owned()).unwrap_or_default())
    }
}
