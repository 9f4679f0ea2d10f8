//! E-mails that tell a person what was done at their account.
//!
//! The caller who did it was authenticated, so no caller can have them sent to a stranger.

use domain::email::EmailAddress;
use domain::ids::PersonId;
use domain::person::Portal;
use domain::second_factor::Method;
use serde::{Deserialize, Serialize};

use super::letter::Letter;
use crate::base::app::App;
use crate::mail::notice::Notice;
use crate::people::persons;
use crate::store::error::StoreError;

/// An e-mail to the person of an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "mail", rename_all = "snake_case")]
pub enum Told {
    /// A session was used by two parties and was revoked.
    SessionStolen {
        /// The recipient.
        person: PersonId,
        /// The portal of the session.
        portal: Portal,
    },
    /// A sign-in came from an unknown browser.
    NewDevice {
        /// The recipient.
        person: PersonId,
        /// The portal of the sign-in.
        portal: Portal,
    },
    /// The way the person signs in was changed.
    Notice {
        /// The recipient.
        person: PersonId,
        /// The change.
        notice: Notice,
        /// The person's old address, encrypted with the person's key; `None` sends to the current one.
        sealed_to: Option<Vec<u8>>,
    },
    /// A second factor was set up.
    SecondFactorAdded {
        /// The recipient.
        person: PersonId,
        /// The method.
        method: Method,
        /// The portal where it was set up.
        portal: Portal,
    },
    /// A second factor was removed.
    SecondFactorRemoved {
        /// The recipient.
        person: PersonId,
        /// The method.
        method: Method,
        /// The portal where it was removed.
        portal: Portal,
    },
}

impl Told {
    /// Returns the recipient's address; `None` when the person no longer exists.
    pub(super) async fn address(&self, app: &App) -> Result<Option<EmailAddress>, StoreError> {
        let (id, sealed_to) = match self {
            Self::Notice { person, sealed_to, .. } => (person, sealed_to.as_deref()),
            Self::SessionStolen { person, .. }
            | Self::NewDevice { person, .. }
            | Self::SecondFactorAdded { person, .. }
            | Self::SecondFactorRemoved { person, .. } => (person, None),
        };
        let Some(person) = persons::find(app, id).await? else {
            return Ok(None);
        };
        match sealed_to {
            Some(sealed) => person.open_new_email(app, sealed).await.map(Some),
            None => person.email(app).await.map(Some),
        }
    }

    pub(super) fn letter(&self, public_url: &str) -> Letter {
        match self {
            Self::NewDevice { portal, .. } => Letter {
                subject: "A sign-in from a new device",
                before: "Somebody has signed in to your account from a browser we have not seen before. If that was you, there is nothing to do. If not, end that session here, and change your password:",
                link: Some(format!("{public_url}/{}/sessions", portal.name())),
                after: "You get this mail once for every new browser.",
            },
            Self::SessionStolen { portal, .. } => Letter {
                subject: "We ended one of your sessions",
                before: "The same sign-in was used from two places at once. That can mean that somebody copied it, so we ended it. Look at your open sessions, and end those you do not know:",
                link: Some(format!("{public_url}/{}/sessions", portal.name())),
                after: "If anything looks strange to you, change your password and tell us.",
            },
            Self::Notice { notice, .. } => {
                let [subject, before, after] = notice.words();
                Letter { subject, before, link: Some(public_url.to_owned()), after }
            }
            Self::SecondFactorAdded { method, portal, .. } => Letter {
                subject: match method {
                    Method::Passkey => "A passkey was added to your account",
                    Method::Totp | Method::RecoveryCode => {
                        "An authenticator app was added to your account"
                    }
                },
                before: "From now on it is asked for when you sign in, and everywhere else you have been signed out. If that was you, there is nothing to do. If not, sign in, take it away here, and change your password:",
                link: Some(format!("{public_url}/{}/security", portal.name())),
                after: "Keep the recovery codes on paper: they open the account if the device is lost.",
            },
            Self::SecondFactorRemoved { method, portal, .. } => Letter {
                subject: match method {
                    Method::Passkey => "A passkey was taken away from your account",
                    Method::Totp | Method::RecoveryCode => {
                        "The authenticator app was taken away from your account"
                    }
                },
                before: "It opens nothing any more, and everywhere else you have been signed out. If that was you, there is nothing to do. If not, change your password and look at what is left here:",
                link: Some(format!("{public_url}/{}/security", portal.name())),
                after: "If anything looks strange to you, tell us.",
            },
        }
    }
}
