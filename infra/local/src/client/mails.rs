//! What a client reads in its mail, on this machine.

use std::time::Duration;

use super::{Client, ClientError};

impl Client {
    /// The token of the newest mail to an address, once it is there.
    ///
    /// # Errors
    ///
    /// When no mail comes within ten seconds.
    pub async fn mailed_token(&self, address: &str) -> Result<String, ClientError> {
        self.mailed(address, "token=").await
    }

    /// What stands behind some words in the newest mail to an address that has them, up to the next blank.
    ///
    /// # Errors
    ///
    /// When no such mail comes within ten seconds.
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
