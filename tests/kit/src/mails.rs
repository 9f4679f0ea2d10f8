//! The mails that a running stack has sent.

use std::time::Duration;

use local::client::{Client, ClientError};
use serde_json::{Value, json};

use crate::{SetupError, TestStack, text};

impl TestStack {
    /// Returns the token of the `number`-th link mailed after a request with a share code.
    ///
    /// # Errors
    ///
    /// Fails if the mail does not arrive within ten seconds.
    pub async fn letter(&self, address: &str, number: usize) -> Result<String, SetupError> {
        let mail = self.mail(address, "The school photos you asked for", number).await?;
        let (_, token) = mail.split_once("/parent/open?token=").ok_or("a link")?;
        Ok(token.split_whitespace().next().unwrap_or_default().to_owned())
    }

    /// Opens the `number`-th link mailed after a request with a share code, and signs in with it.
    ///
    /// # Errors
    ///
    /// Fails if the mail does not arrive within ten seconds, or if the link is refused.
    pub async fn opened_letter(&self, address: &str, number: usize) -> Result<Client, SetupError> {
        let token = self.letter(address, number).await?;
        let mut client = self.stranger();
        client.sign_in("/v1/sign-in/link", &json!({ "token": token })).await?;
        Ok(client)
    }

    /// Returns the text of an e-mail address's `number`-th mail with a subject, once it has arrived.
    ///
    /// # Errors
    ///
    /// Fails if it does not arrive within ten seconds.
    pub async fn mail(
        &self,
        address: &str,
        subject: &str,
        number: usize,
    ) -> Result<String, SetupError> {
        for _ in 0..200 {
            let mails = self.stranger().read("/_local/mail").await?;
            let mails = mails.body.as_array().cloned().unwrap_or_default();
            let is_it = |mail: &&Value| mail["to"] == address && mail["subject"] == subject;
            if let Some(mail) = mails.iter().filter(is_it).nth(number - 1) {
                return Ok(text(mail, "text"));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(ClientError::TooLate("a mail").into())
    }

    /// Counts an e-mail address's mails with a subject, once there is at least one.
    ///
    /// # Errors
    ///
    /// Fails if there is none within ten seconds.
    pub async fn mails_to(&self, address: &str, subject: &str) -> Result<usize, SetupError> {
        for _ in 0..200 {
            let mails = self.stranger().read("/_local/mail").await?;
            let mails = mails.body.as_array().cloned().unwrap_or_default();
            let is_it = |mail: &&Value| mail["to"] == address && mail["subject"] == subject;
            let count = mails.iter().filter(is_it).count();
            if count > 0 {
                return Ok(count);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(ClientError::TooLate("a mail").into())
    }
}
