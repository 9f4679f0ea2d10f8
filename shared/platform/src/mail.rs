//! Mails: what is sent, in which words. A message names people by id, where there is a person; addresses are opened when
//! it is sent.

mod undelivered;

use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use domain::email::EmailAddress;
use domain::ids::{PersonId, StudioId};
use domain::person::Portal;
use domain::second_factor::Method;
use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::config::required;
use crate::http::error::ApiError;
use crate::notices::Notice;
use crate::queue::{Queue, send};
use crate::table::sign_ups::SealedAddress;
use crate::table::{StoreError, invitations, people, service};

/// A mail to be sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "mail", rename_all = "snake_case")]
pub enum Mail {
    /// Confirm the address of a sign-up: no person has it yet.
    ConfirmAddress {
        /// The address.
        sealed_to: SealedAddress,
        /// The link's token.
        token: String,
    },
    /// Somebody signed up with an address that has an account.
    AccountExists {
        /// To whom.
        person: PersonId,
    },
    /// The link that answers the code of a letter: to an address that may be nobody's yet. The queue's seal is the
    /// only one it has: before the click there is no key of a person to seal it under.
    ParentLink {
        /// The address.
        to: EmailAddress,
        /// The link's token.
        token: String,
    },
    /// A session was used by two parties and has been ended.
    SessionStolen {
        /// To whom.
        person: PersonId,
        /// At which door.
        portal: Portal,
    },
    /// The password door was locked after too many attempts.
    SignInLocked {
        /// To whom.
        person: PersonId,
        /// At which door.
        portal: Portal,
    },
    /// Somebody signed in in a browser that was not known.
    NewDevice {
        /// To whom.
        person: PersonId,
        /// At which door.
        portal: Portal,
    },
    /// A code to sign in with.
    SignInCode {
        /// To whom.
        person: PersonId,
        /// The six digits.
        code: String,
    },
    /// A link for a parent, or for somebody of a school, who has been here before.
    SignInLink {
        /// To whom.
        person: PersonId,
        /// The link's token.
        token: String,
        /// Whose page it opens.
        portal: Portal,
    },
    /// A link to choose another password.
    ResetPassword {
        /// To whom.
        person: PersonId,
        /// The link's token.
        token: String,
        /// Whose page it opens.
        portal: Portal,
    },
    /// Confirm the address somebody wants to change to: sent to that one.
    ConfirmNewAddress {
        /// Whose it will be.
        person: PersonId,
        /// The address, sealed under the person's key.
        sealed_to: Vec<u8>,
        /// The link's token.
        token: String,
        /// Whose page it opens.
        portal: Portal,
    },
    /// How the person signs in was changed.
    Notice {
        /// To whom.
        person: PersonId,
        /// What was changed.
        notice: Notice,
        /// An address that is theirs no more, sealed under the person's key.
        sealed_to: Option<Vec<u8>>,
    },
    /// A second factor was set up.
    SecondFactorAdded {
        /// To whom.
        person: PersonId,
        /// Which.
        method: Method,
        /// At which door.
        portal: Portal,
    },
    /// A second factor was taken away.
    SecondFactorRemoved {
        /// To whom.
        person: PersonId,
        /// Which.
        method: Method,
        /// At which door.
        portal: Portal,
    },
    /// An invitation to work at a school or a studio: to an address that may be nobody's yet.
    Invitation {
        /// Whose key opens the address.
        studio: StudioId,
        /// The address, sealed under the studio's key.
        sealed_to: Vec<u8>,
        /// The link's token.
        token: String,
        /// Whose page it opens: a school's or a photographer's.
        is_to_school: bool,
    },
    /// Nothing: sent where a mail would tell what a stranger may not learn, so that the work is the same.
    Nothing,
}

/// A mail in words.
struct Letter {
    subject: &'static str,
    before: &'static str,
    link: Option<String>,
    after: &'static str,
}

impl Mail {
    /// Puts the mail in the queue.
    ///
    /// # Errors
    ///
    /// When the queue fails.
    pub async fn send(self, app: &App) -> Result<(), ApiError> {
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

    /// Where it goes; `None` for nobody, or nobody any more.
    async fn address(&self, app: &App) -> Result<Option<EmailAddress>, StoreError> {
        if let Self::Invitation { studio, sealed_to, .. } = self {
            return invitations::mailed_to(app, studio, sealed_to).await.map(Some);
        }
        if let Self::ConfirmAddress { sealed_to, .. } = self {
            return sealed_to.open(app).await.map(Some);
        }
        if let Self::ParentLink { to, .. } = self {
            return Ok(Some(to.clone()));
        }
        let Some(id) = self.to() else {
            return Ok(None);
        };
        let Some(person) = people::find(app, id).await? else {
            return Ok(None);
        };
        match self.sealed_to() {
            Some(sealed) => person.open_new_email(app, sealed).await.map(Some),
            None => person.email(app).await.map(Some),
        }
    }

    fn to(&self) -> Option<&PersonId> {
        match self {
            Self::AccountExists { person }
            | Self::SessionStolen { person, .. }
            | Self::SignInLocked { person, .. }
            | Self::NewDevice { person, .. }
            | Self::SignInCode { person, .. }
            | Self::SignInLink { person, .. }
            | Self::ResetPassword { person, .. }
            | Self::ConfirmNewAddress { person, .. }
            | Self::Notice { person, .. }
            | Self::SecondFactorAdded { person, .. }
            | Self::SecondFactorRemoved { person, .. } => Some(person),
            Self::ConfirmAddress { .. }
            | Self::ParentLink { .. }
            | Self::Invitation { .. }
            | Self::Nothing => None,
        }
    }

    /// The address it goes to, where that is not the person's own.
    fn sealed_to(&self) -> Option<&[u8]> {
        match self {
            Self::ConfirmNewAddress { sealed_to, .. } => Some(sealed_to),
            Self::Notice { sealed_to, .. } => sealed_to.as_deref(),
            Self::ConfirmAddress { .. }
            | Self::AccountExists { .. }
            | Self::SessionStolen { .. }
            | Self::SignInLocked { .. }
            | Self::NewDevice { .. }
            | Self::SignInCode { .. }
            | Self::SignInLink { .. }
            | Self::ResetPassword { .. }
            | Self::SecondFactorAdded { .. }
            | Self::SecondFactorRemoved { .. }
            | Self::ParentLink { .. }
            | Self::Invitation { .. }
            | Self::Nothing => None,
        }
    }

    fn letter(&self, public_url: &str) -> Option<Letter> {
        match self {
            Self::ConfirmAddress { token, .. } => Some(Letter {
                subject: "Confirm your e-mail address",
                before: "Welcome to Picture Day. Open this link and press the button to confirm your address:",
                link: Some(format!("{public_url}/photographer/verify?token={token}")),
                after: "The link works for 24 hours, and confirms the studio and the password of this sign-up only. If you did not sign up just now, ignore this mail: without the link there is no account.",
            }),
            Self::AccountExists { .. } => Some(Letter {
                subject: "You already have an account",
                before: "Somebody, probably you, signed up with this address. It has an account already. Sign in here:",
                link: Some(format!("{public_url}/photographer/sign-in")),
                after: "If it was not you, ignore this mail: nothing was changed.",
            }),
            Self::ParentLink { token, .. } => Some(Letter {
                subject: "The school photos you asked for",
                before: "Open this link and press the button to see the photos:",
                link: Some(format!("{public_url}/parent/open?token={token}")),
                after: "The link works once, for an hour. Do not pass it on. If you did not ask for it, ignore this mail.",
            }),
            Self::SignInLocked { portal, .. } => Some(Letter {
                subject: "Too many wrong passwords",
                before: "Somebody has typed a wrong password for your account several times, so signing in by password is closed for a while. Was it you? Then wait a quarter of an hour, or use a link by mail:",
                link: Some(format!("{public_url}/{}", portal.name())),
                after: "If it was not you: nobody got in. Choose a long password that you use nowhere else.",
            }),
            Self::NewDevice { portal, .. } => Some(Letter {
                subject: "A sign-in from a new device",
                before: "Somebody has signed in to your account from a browser we have not seen before. If that was you, there is nothing to do. If not, end that session here, and change your password:",
                link: Some(format!("{public_url}/{}/sessions", portal.name())),
                after: "You get this mail once for every new browser.",
            }),
            Self::SessionStolen { portal, .. } => Some(Letter {
                subject: "We ended one of your sessions",
                before: "The same sign-in was used from two places at once. That can mean that somebody copied it, so we ended it. Look at your open sessions, and end those you do not know:",
                link: Some(format!("{public_url}/{}/sessions", portal.name())),
                after: "If anything looks strange to you, change your password and tell us.",
            }),
            Self::SignInCode { .. }
            | Self::SignInLink { .. }
            | Self::ResetPassword { .. }
            | Self::ConfirmNewAddress { .. }
            | Self::Notice { .. } => self.letter_of_a_door(public_url),
            Self::SecondFactorAdded { method, portal, .. } => Some(Letter {
                subject: match method {
                    Method::Passkey => "A passkey was added to your account",
                    Method::Totp | Method::RecoveryCode => {
                        "An authenticator app was added to your account"
                    }
                },
                before: "From now on it is asked for when you sign in, and everywhere else you have been signed out. If that was you, there is nothing to do. If not, sign in, take it away here, and change your password:",
                link: Some(format!("{public_url}/{}/security", portal.name())),
                after: "Keep the recovery codes on paper: they open the account if the device is lost.",
            }),
            Self::SecondFactorRemoved { method, portal, .. } => Some(Letter {
                subject: match method {
                    Method::Passkey => "A passkey was taken away from your account",
                    Method::Totp | Method::RecoveryCode => {
                        "The authenticator app was taken away from your account"
                    }
                },
                before: "It opens nothing any more, and everywhere else you have been signed out. If that was you, there is nothing to do. If not, change your password and look at what is left here:",
                link: Some(format!("{public_url}/{}/security", portal.name())),
                after: "If anything looks strange to you, tell us.",
            }),
            Self::Invitation { token, is_to_school, .. } => Some(Letter {
                subject: "You are invited to Picture Day",
                before: if *is_to_school {
                    "Your school, or its photographer, invites you to work with them on the school's photos. Open this link to accept:"
                } else {
                    "A photographer invites you to work in their studio. Open this link to accept:"
                },
                link: Some(format!(
                    "{public_url}/{}/invitation?token={token}",
                    if *is_to_school { "school" } else { "photographer" }
                )),
                after: "The link works once, for seven days, and only for this address. Do not pass it on. If you know nothing of this, ignore this mail: nothing happens.",
            }),
            Self::Nothing => None,
        }
    }

    /// The mails about how somebody signs in.
    fn letter_of_a_door(&self, public_url: &str) -> Option<Letter> {
        match self {
            Self::SignInCode { code, .. } => Some(Letter {
                subject: "Your code to sign in",
                before: "Type this code on the page where you asked for it:",
                link: Some(code.clone()),
                after: "It works once, for ten minutes, in that browser only. We never ask for it on the telephone. If you did not ask for it, ignore this mail.",
            }),
            Self::SignInLink { token, portal, .. } => Some(Letter {
                subject: "Your link to sign in",
                before: "Open this link and press the button to go on:",
                link: Some(format!("{public_url}/{}/open?token={token}", portal.name())),
                after: "The link works once, for ten minutes. Do not pass it on. If you did not ask for it, ignore this mail.",
            }),
            Self::ResetPassword { token, portal, .. } => Some(Letter {
                subject: "Choose a new password",
                before: "Somebody, probably you, has forgotten the password of your account. Open this link to choose another:",
                link: Some(format!("{public_url}/{}/new-password?token={token}", portal.name())),
                after: "The link works once, for 15 minutes, and ends every open session and every key of your programs. If it was not you, ignore this mail: nothing was changed.",
            }),
            Self::ConfirmNewAddress { token, portal, .. } => Some(Letter {
                subject: "Confirm your new e-mail address",
                before: "Open this link and press the button to use this address for your account:",
                link: Some(format!("{public_url}/{}/new-address?token={token}", portal.name())),
                after: "The link works once, for 24 hours, in a browser where you are signed in to that account; until then the old address stays. If you know nothing of this, ignore this mail.",
            }),
            Self::Notice { notice, .. } => {
                let [subject, before, after] = notice.words();
                Some(Letter { subject, before, link: Some(public_url.to_owned()), after })
            }
            Self::ConfirmAddress { .. }
            | Self::AccountExists { .. }
            | Self::ParentLink { .. }
            | Self::SignInLocked { .. }
            | Self::NewDevice { .. }
            | Self::SessionStolen { .. }
            | Self::SecondFactorAdded { .. }
            | Self::SecondFactorRemoved { .. }
            | Self::Invitation { .. }
            | Self::Nothing => None,
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
