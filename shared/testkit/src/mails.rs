//! The mails a running stack has sent.

use std::time::Duration;

use local::client::ClientError;
use serde_json::Value;

use crate::{SetupError, TestStack, text};

impl TestStack {
    /// The text of the `number`-th mail with a subject that an address gets, once it is there.
    ///
    /// # Errors
    ///
    /// When it does not come within ten seconds.
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

    /// How many mails with a subject an address has, once there is one.
    ///
    /// # Errors
    ///
    /// When there is none within ten seconds.
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
