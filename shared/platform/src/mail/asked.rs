//! Mails that somebody asks for who has not proven that the address is theirs. Each needs a [`Stamp`](super::stamp::Stamp).

use domain::email::EmailAddress;
use domain::ids::{PersonId, StudioId};
use domain::person::Portal;
use serde::{Deserialize, Serialize};

use super::letter::Letter;
use super::sealed_address::{self, SealedAddress};
use crate::base::app::App;
use crate::people::persons;
use crate::store::error::StoreError;

/// A mail to an address that is not proven.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "mail", rename_all = "snake_case")]
pub enum Asked {
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
    /// The link that answers the code of a letter: to an address that may be nobody's yet.
    ParentLink {
        /// The address.
        sealed_to: SealedAddress,
        /// The link's token.
        token: String,
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
    /// The password door was locked after too many attempts.
    SignInLocked {
        /// To whom.
        person: PersonId,
        /// At which door.
        portal: Portal,
    },
    /// Nothing: sent where a mail would tell what a stranger may not learn, so that the work is the same.
    Nothing,
}

impl Asked {
    /// Where it goes; `None` for nobody, or nobody any more.
    pub(super) async fn address(&self, app: &App) -> Result<Option<EmailAddress>, StoreError> {
        let id = match self {
            Self::Nothing => return Ok(None),
            Self::Invitation { studio, sealed_to, .. } => {
                return sealed_address::open_of_studio(app, studio, sealed_to).await.map(Some);
            }
            Self::ConfirmAddress { sealed_to, .. } | Self::ParentLink { sealed_to, .. } => {
                return sealed_to.open(app).await.map(Some);
            }
            Self::AccountExists { person }
            | Self::SignInCode { person, .. }
            | Self::SignInLink { person, .. }
            | Self::ResetPassword { person, .. }
            | Self::ConfirmNewAddress { person, .. }
            | Self::SignInLocked { person, .. } => person,
        };
        let Some(person) = persons::find(app, id).await? else {
            return Ok(None);
        };
        match self {
            Self::ConfirmNewAddress { sealed_to, .. } => {
                person.open_new_email(app, sealed_to).await.map(Some)
            }
            Self::ConfirmAddress { .. }
            | Self::AccountExists { .. }
            | Self::ParentLink { .. }
            | Self::SignInCode { .. }
            | Self::SignInLink { .. }
            | Self::ResetPassword { .. }
            | Self::Invitation { .. }
            | Self::SignInLocked { .. }
            | Self::Nothing => person.email(app).await.map(Some),
        }
    }

    pub(super) fn letter(&self, public_url: &str) -> Option<Letter> {
        match self {
            Self::ConfirmAddress { token, .. } => Some(Letter {
                subject: "Confirm your e-mail address",
                before: "Welcome to Picture Day. Open this link to confirm your address, name your studio and choose a password:",
                link: Some(format!("{public_url}/photographer/verify?token={token}")),
                after: "The link works for 24 hours. If you did not sign up just now, ignore this mail: without the link there is no account.",
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
            Self::SignInCode { .. }
            | Self::SignInLink { .. }
            | Self::ResetPassword { .. }
            | Self::ConfirmNewAddress { .. } => self.letter_of_a_door(public_url),
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
            Self::ConfirmAddress { .. }
            | Self::AccountExists { .. }
            | Self::ParentLink { .. }
            | Self::SignInLocked { .. }
            | Self::Invitation { .. }
            | Self::Nothing => None,
        }
    }
}
