//! Mails: what is sent, in which words. A message names people by id, where there is a person; addresses are opened when
//! it is sent.
//!
//! There are two kinds. What a person is told of their own account is sent as it happens ([`Told`]). What anybody may
//! have sent to an address needs a [`Stamp`], and stamps are counted for each mailbox over all doors ([`Asked`]): no
//! other way leads into the queue.

mod asked;
mod sealed_address;
mod stamp;
mod told;
mod undelivered;

use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use domain::email::EmailAddress;
use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};

pub use asked::Asked;
pub(crate) use asked::post;
pub use sealed_address::SealedAddress;
pub(crate) use stamp::{Holds, Mailbox, Stamp};
pub use told::Told;

use crate::app::App;
use crate::config::required;
use crate::http::error::ApiError;
use crate::queue::{Queue, send};
use crate::table::{StoreError, service};

/// A mail to be sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Mail {
    /// To an address of which whoever asks has not proven that it is theirs.
    Asked(Asked),
    /// To the person of an account.
    Told(Told),
}

/// A mail in words.
struct Letter {
    subject: &'static str,
    before: &'static str,
    link: Option<String>,
    after: &'static str,
}

impl Mail {
    /// Puts the mail in the queue: for the two kinds, each by its own rule.
    async fn queue(self, app: &App) -> Result<(), ApiError> {
        Ok(send(app, Queue::Mail, &self, None).await?)
    }

    /// Sends the mail through SES. A person who is gone gets none.
    ///
    /// # Errors
    ///
    /// When the store or the mail service fails.
    pub async fn deliver(&self, app: &App) -> Result<(), ApiError> {
        let Some(letter) = self.letter(&app.config().public_url) else {
            return Ok(());
        };
        let Some(address) = self.address(app).await? else {
            return Ok(());
        };
        let from = required(app.config().mail_from.as_ref(), "MAIL_FROM")?;
        let content = |text: String| Content::builder().data(text).charset("UTF-8").build();
        let message = || -> Result<Message, aws_sdk_sesv2::error::BuildError> {
            let body =
                Body::builder().text(content(letter.text())?).html(content(letter.html())?).build();
            let subject = content(letter.subject.to_owned())?;
            Ok(Message::builder().subject(subject).body(body).build())
        };
        let message = message().map_err(service("mail"))?;
        let sending = app
            .ses()
            .send_email()
            .from_email_address(from)
            .destination(Destination::builder().to_addresses(address.mailbox()).build())
            .content(EmailContent::builder().simple(message).build())
            .send();
        sending.boxed().await.map_err(undelivered::cause)?;
        Ok(())
    }

    async fn address(&self, app: &App) -> Result<Option<EmailAddress>, StoreError> {
        match self {
            Self::Asked(mail) => mail.address(app).await,
            Self::Told(mail) => mail.address(app).await,
        }
    }

    fn letter(&self, public_url: &str) -> Option<Letter> {
        match self {
            Self::Asked(mail) => mail.letter(public_url),
            Self::Told(mail) => Some(mail.letter(public_url)),
        }
    }
}

impl Letter {
    fn text(&self) -> String {
        let link = self.link.as_deref().unwrap_or_default();
        format!("{}\n\n{link}\n\n{}\n", self.before, self.after)
    }

    /// The link is made of our own address and a base64url token, and a code of digits: nothing in them needs
    /// escaping.
    fn html(&self) -> String {
        let link = self.link.as_deref().unwrap_or_default();
        let middle = if link.starts_with("http") {
            format!("<a href=\"{link}\">{link}</a>")
        } else {
            format!("<strong>{link}</strong>")
        };
        format!(
            "<!doctype html><html lang=\"en\"><body><p>{}</p><p>{middle}</p><p>{}</p></body></html>",
            self.before, self.after
        )
    }
}

#[cfg(test)]
mod tests {
    use domain::ids::PersonId;
    use domain::person::Portal;

    use super::*;

    #[test]
    fn a_message_is_read_as_the_kind_that_was_sent() {
        let person = PersonId::from_random([1; 16]);
        let asked = Asked::SignInLocked { person: person.clone(), portal: Portal::Parent };
        let told = Told::NewDevice { person, portal: Portal::Parent };
        for (mail, name) in [
            (Mail::Asked(asked), "sign_in_locked"),
            (Mail::Asked(Asked::Nothing), "nothing"),
            (Mail::Told(told), "new_device"),
        ] {
            let sent = serde_json::to_value(&mail).unwrap();
            assert_eq!(sent["mail"], name);
            let read: Mail = serde_json::from_value(sent.clone()).unwrap();
            assert_eq!(serde_json::to_value(&read).unwrap(), sent);
            assert_eq!(matches!(read, Mail::Told(_)), matches!(mail, Mail::Told(_)));
        }
    }
}
