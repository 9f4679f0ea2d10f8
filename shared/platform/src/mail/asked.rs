//! E-mails requested by a caller who has not proven that the address is theirs.
//!
//! Each needs a [`Stamp`](super::stamp::Stamp).

use domain::email::EmailAddress;
use domain::ids::{PersonId, StudioId};
use domain::person::Portal;
use serde::{Deserialize, Serialize};

use super::letter::Letter;
use super::sealed_address::{self, SealedAddress};
use crate::base::app::App;
use crate::people::persons;
use crate::store::error::StoreError;

/// An e-mail to an address that the requester has not proven.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "mail", rename_all = "snake_case")]
pub enum Asked {
    /// Confirms the address of a sign-up: no person has it yet.
    ConfirmAddress {
        /// The address.
        sealed_to: SealedAddress,
        /// The link's token.
        token: String,
    },
    /// Reports a sign-up with an address that already has an account.
    AccountExists {
        /// The recipient.
        person: PersonId,
    },
    /// The link that answers the code of a letter. The address may not have a person yet.
    ParentLink {
        /// The address.
        sealed_to: SealedAddress,
        /// The link's token.
        token: String,
    },
    /// A code to sign in with.
    SignInCode {
        /// The recipient.
        person: PersonId,
        /// The six digits.
        code: String,
    },
    /// A sign-in link for a parent or a member of a school's staff who has an account.
    SignInLink {
        /// The recipient.
        person: PersonId,
        /// The link's token.
        token: String,
        /// The portal whose page it opens.
        portal: Portal,
    },
    /// A link to choose a new password.
    ResetPassword {
        /// The recipient.
        person: PersonId,
        /// The link's token.
        token: String,
        /// The portal whose page it opens.
        portal: Portal,
    },
    /// Confirms the new address that a person wants to change to; sent to the new address.
    ConfirmNewAddress {
        /// The person who will have the address.
        person: PersonId,
        /// The address, encrypted with the person's key.
        sealed_to: Vec<u8>,
        /// The link's token.
        token: String,
        /// The portal whose page it opens.
        portal: Portal,
    },
    /// An invitation to work at a school or a studio. The address may not have a person yet.
    Invitation {
        /// The studio whose key decrypts the address.
        studio: StudioId,
        /// The address, encrypted with the studio's key.
        sealed_to: Vec<u8>,
        /// The link's token.
        token: String,
        /// Does it open a school's page? Otherwise it opens a photographer's page.
        is_to_school: bool,
    },
    /// Reports that password sign-in is locked after too many attempts.
    SignInLocked {
        /// The recipient.
        person: PersonId,
        /// The portal of the attempts.
        portal: Portal,
    },
    /// No e-mail: queued where an e-mail would reveal something to a stranger, so that the work is the same.
    Nothing,
}

impl Asked {
    /// Returns the recipient's address; `None` when there is no recipient, or the person no longer exists.
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

    /// Returns the text of the e-mails about signing in.
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
