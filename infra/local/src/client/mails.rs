//! Reading of e-mails by a client, on this machine.

use std::time::Duration;

use super::{Client, ClientError};

impl Client {
    /// Returns the token of the newest mail to an address, and waits for it.
    ///
    /// # Errors
    ///
    /// When no mail arrives within ten seconds.
    pub async fn mailed_token(&self, address: &str) -> Result<String, ClientError> {
        self.mailed(address, "token=").await
    }

    /// Returns the text that follows `behind`, up to the next space, in the newest mail to an address that contains
    /// it.
    ///
    /// # Errors
    ///
    /// When no such mail arrives within ten seconds.
    pub async fn mailed(&self, address: &str, behind: &str) -> Result<String, ClientError> {
        for _ in 0..200 {
            let mails = self.read("/_local/mail").await?;
            let mails = mails.body.as_array().cloned().unwrap_or_default();
            let mut theirs = mails.iter().rev().filter(|mail| mail["to"] == address);
            let token = theirs.find_map(|mail| mail["text"].as_str()?.split_once(behind));
            if let Some((_, rest)) = token {
                return Ok(rest.split_whitespace().next().unwrap_or_default().to_owned());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(ClientError::TooLate("a mail"))
    }
}
