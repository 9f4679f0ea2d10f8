//! E-mails as queue messages: queued, read back, and sent through SES.

use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use domain::email::EmailAddress;
use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};

use super::asked::Asked;
use super::letter::Letter;
use super::stamp::Stamp;
use super::told::Told;
use super::undelivered;
use crate::base::app::App;
use crate::base::config::required;
use crate::http::error::ApiError;
use crate::store::error::{StoreError, service};
use crate::store::queue::{Queue, open, send};
use aws_lambda_events::sqs::SqsMessage;

/// An e-mail to be sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Mail {
    /// An e-mail to an address that the requester has not proven.
    Asked(Asked),
    /// An e-mail to the person of an account.
    Told(Told),
}

impl Mail {
    /// Puts the e-mail in the queue. [`post`] and [`Told::send`] call it, each with its own rule.
    async fn queue(self, app: &App) -> Result<(), ApiError> {
        Ok(send(app, Queue::Mail, &self, None).await?)
    }

    /// Sends the e-mail through SES. A person who no longer exists receives none.
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

impl Told {
    /// Puts the e-mail in the queue.
    ///
    /// # Errors
    ///
    /// When the queue fails.
    pub(crate) async fn send(self, app: &App) -> Result<(), ApiError> {
        Mail::Told(self).queue(app).await
    }
}

/// Puts an e-mail in the queue, if there is one and a stamp for it.
///
/// Otherwise it queues [`Asked::Nothing`]: neither the answer nor the work reveals whether an e-mail is sent.
///
/// # Errors
///
/// When the queue fails.
pub(crate) async fn post(
    app: &App,
    stamp: Option<Stamp>,
    mail: Option<Asked>,
) -> Result<(), ApiError> {
    let mail = stamp.and(mail).unwrap_or(Asked::Nothing);
    Mail::Asked(mail).queue(app).await
}

/// Decrypts an e-mail's queue message.
///
/// # Errors
///
/// When this system did not encrypt it.
pub async fn accept_mail(app: &'static App, message: &SqsMessage) -> Result<Mail, StoreError> {
    open(app, Queue::Mail, "mailer", message).await
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
