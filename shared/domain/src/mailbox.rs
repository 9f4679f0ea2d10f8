//! The effect of a mailbox proof on an account: which credentials stay and which are removed.
//!
//! An attacker can prepare an account for an e-mail address that is not theirs. So a proof removes everything that
//! stood in the account before the mailbox was first proven. Only the followed mail decides what replaces it.

/// A flow whose mail proves that a person reads their mailbox.
///
/// Site administrators are not in this list: their invitation is handed over directly and replaces every credential. A
/// district's identity provider and directory are not in it either: no e-mail address leads to an account of theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailboxDoor {
    /// The link that confirms a new studio's e-mail address.
    SignUp,
    /// The link that resets a password.
    PasswordReset,
    /// The sign-in link.
    SignInLink,
    /// The sign-in code.
    SignInCode,
    /// The link of an invitation to a school or a studio.
    Invitation,
    /// The link to a new e-mail address, followed in a session of the account.
    EmailChange,
}

impl MailboxDoor {
    /// Every flow.
    pub const ALL: [Self; 6] = [
        Self::SignUp,
        Self::PasswordReset,
        Self::SignInLink,
        Self::SignInCode,
        Self::Invitation,
        Self::EmailChange,
    ];
}

/// A credential or a possession of an account.
///
/// The device cookie is not one: it gives no access and only groups wrong passwords for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountCredential {
    /// The password.
    Password,
    /// The secret of an authenticator app.
    Totp,
    /// The passkeys.
    Passkeys,
    /// The recovery codes on paper.
    RecoveryCodes,
    /// The API keys of programs, with the tokens issued for them.
    ApiKeys,
    /// The sessions, and sign-ins that wait for their second factor.
    Sessions,
    /// The studio that the person created by signing up.
    OwnedStudio,
}

impl AccountCredential {
    /// Every credential.
    pub const ALL: [Self; 7] = [
        Self::Password,
        Self::Totp,
        Self::Passkeys,
        Self::RecoveryCodes,
        Self::ApiKeys,
        Self::Sessions,
        Self::OwnedStudio,
    ];

    /// Returns the name in the audit log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Totp => "totp",
            Self::Passkeys => "passkeys",
            Self::RecoveryCodes => "recovery codes",
            Self::ApiKeys => "API keys",
            Self::Sessions => "sessions",
            Self::OwnedStudio => "studio",
        }
    }
}

/// The effect of a mailbox proof on one credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialFate {
    /// It stays as it is.
    Kept,
    /// The credential gives no access any more.
    Ended,
    /// The credential ends; the one chosen in the flow of the followed mail replaces it.
    Replaced,
}

impl MailboxDoor {
    /// Returns the effect on a credential. `was_proven` says whether the mailbox was proven before.
    ///
    /// A password reset ends API keys and sessions. It keeps the second factor of a proven account, because a mailbox
    /// alone must not open an account that has one. A sign-up for a proven address changes nothing.
    pub const fn fate_of(self, credential: AccountCredential, was_proven: bool) -> CredentialFate {
        let is_kept = match (self, credential) {
            (Self::SignUp, AccountCredential::Password | AccountCredential::OwnedStudio)
            | (Self::Invitation, AccountCredential::Password)
                if !was_proven =>
            {
                return CredentialFate::Replaced;
            }
            (Self::PasswordReset, AccountCredential::Password) => return CredentialFate::Replaced,
            (Self::PasswordReset, AccountCredential::ApiKeys | AccountCredential::Sessions)
            | (Self::EmailChange, AccountCredential::Sessions) => false,
            (
                Self::SignUp
                | Self::PasswordReset
                | Self::SignInLink
                | Self::SignInCode
                | Self::Invitation
                | Self::EmailChange,
                AccountCredential::Password
                | AccountCredential::Totp
                | AccountCredential::Passkeys
                | AccountCredential::RecoveryCodes
                | AccountCredential::ApiKeys
                | AccountCredential::Sessions
                | AccountCredential::OwnedStudio,
            ) => was_proven,
        };
        if is_kept { CredentialFate::Kept } else { CredentialFate::Ended }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_before_the_proof_is_kept() {
        for door in MailboxDoor::ALL {
            for credential in AccountCredential::ALL {
                let fate = door.fate_of(credential, false);
                assert_ne!(fate, CredentialFate::Kept, "{door:?} {credential:?}");
            }
        }
    }

    #[test]
    fn a_proven_account_keeps_its_second_factor_and_studio() {
        use AccountCredential::{OwnedStudio, Passkeys, RecoveryCodes, Totp};
        for door in MailboxDoor::ALL {
            for credential in [Totp, Passkeys, RecoveryCodes, OwnedStudio] {
                assert_eq!(door.fate_of(credential, true), CredentialFate::Kept, "{door:?}");
            }
        }
    }

    #[test]
    fn a_reset_ends_programs_keys_as_it_ends_sessions() {
        for credential in [AccountCredential::ApiKeys, AccountCredential::Sessions] {
            let fate = MailboxDoor::PasswordReset.fate_of(credential, true);
            assert_eq!(fate, CredentialFate::Ended);
        }
    }
}
