//! What the proof of a mailbox does to an account: which credentials stay, and which end.
//!
//! An attacker can prepare an account for an address that is not theirs. So nothing that stood in an account
//! before its mailbox was proven survives the proof, and the followed mail alone decides what takes its place.

/// A door whose mail proves that a person reads their mailbox.
///
/// Operators are no such door: their invitation is handed over, and sets every credential of theirs anew. Nor are a
/// district's provider and directory: no address leads to an account of theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailboxDoor {
    /// The link that confirms a new studio's address.
    SignUp,
    /// The link that lets a person choose another password.
    PasswordReset,
    /// The link that signs in.
    SignInLink,
    /// The code that signs in.
    SignInCode,
    /// The link of an invitation to a school or a studio.
    Invitation,
    /// The link to a new address, followed in a session of the account.
    EmailChange,
}

impl MailboxDoor {
    /// Every door.
    pub const ALL: [Self; 6] = [
        Self::SignUp,
        Self::PasswordReset,
        Self::SignInLink,
        Self::SignInCode,
        Self::Invitation,
        Self::EmailChange,
    ];
}

/// What opens an account, or stands in it because its holder put it there.
///
/// A device cookie is none: it opens nothing, and only tells whose wrong passwords are counted together.
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
    /// The keys of programs, with the tokens that follow from them.
    ApiKeys,
    /// The sessions, and sign-ins between their two stages.
    Sessions,
    /// The studio that the person made by signing up.
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

    /// What the audit log calls it.
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

/// What becomes of a credential when a mailbox is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialFate {
    /// It stays as it is.
    Kept,
    /// It opens nothing any more.
    Ended,
    /// It ends, and the one that was chosen in the followed mail's own flow takes its place.
    Replaced,
}

impl MailboxDoor {
    /// What becomes of a credential; `was_proven` says whether the account's mailbox was proven before.
    ///
    /// A reset ends programs' keys as it ends sessions, and keeps the second factor of an account that was proven: a
    /// mailbox alone opens no account that has one. A sign-up for a proven address changes nothing.
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
