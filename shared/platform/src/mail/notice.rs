//! The texts of notices: a person is told of every change to how they sign in.

use serde::{Deserialize, Serialize};

/// The event that a notice reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The password was changed.
    PasswordChanged,
    /// A new password was chosen by a mailed link.
    PasswordReset,
    /// The e-mail address was changed; sent to the old one.
    EmailChanged,
    /// A recovery code was used, or new ones were made.
    RecoveryCodesChanged,
    /// Support may change the account's data for at most half an hour.
    SupportMayWrite,
    /// An administrator of the person's school may make changes there in their name, for at most half an hour.
    AdministratorMayWrite,
}

impl Notice {
    /// Returns the subject, what happened, and what to do if another person did it.
    pub(crate) const fn words(self) -> [&'static str; 3] {
        match self {
            Self::PasswordChanged => [
                "Your password was changed",
                "The password of your account was changed, and every other sign-in was ended. If that was you, there is nothing to do. If not, choose a new password at once:",
                "Choose a long password that you use nowhere else, and protect your mailbox: whoever reads your mail can do what you can.",
            ],
            Self::PasswordReset => [
                "Your password was changed",
                "Another password was chosen for your account by a mailed link. Every sign-in was ended, and so was every key of a program of yours. If that was you, sign in with the new password, and make new keys for your programs. If not, choose a new password at once:",
                "Choose a long password that you use nowhere else, and protect your mailbox: whoever reads your mail can do what you can.",
            ],
            Self::EmailChanged => [
                "Your e-mail address was changed",
                "Your account has another e-mail address from now on, and mails no longer come here. If that was you, there is nothing to do. If not, tell us at once:",
                "This is the last mail to this address.",
            ],
            Self::SupportMayWrite => [
                "Support is working at your account",
                "Somebody of our support has opened your account and may change things there for at most half an hour, to help with a case. They cannot see or change your password, your second factor or your address, and agree to nothing in your name. Did you not ask for help? Then tell us:",
                "Everything they do is written to the record with their name and yours.",
            ],
            Self::AdministratorMayWrite => [
                "An administrator of your school is working at your account",
                "An administrator of your school sees the school as you do and may change things there for at most half an hour. They see nothing of yours outside this school, cannot see or change your password, your second factor or your address, and agree to nothing in your name. Did you not expect this? Then ask your school, or tell us:",
                "Everything they do is written to the record with their name and yours.",
            ],
            Self::RecoveryCodesChanged => [
                "Your recovery codes were changed",
                "A recovery code of your account was used, or new ones were made. If that was you, there is nothing to do. If not, choose a new password at once and look at your sessions:",
                "We never ask for your codes, by mail or by telephone.",
            ],
        }
    }
}
