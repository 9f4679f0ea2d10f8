//! The proof a caller has given before an attempt, which selects the attempt's counter.

use domain::ids::{Id, Kind, PersonId, SessionId};
use domain::session::Proof;

use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::device::Shown;
use crate::store::error::StoreError;

/// The proof a caller has given. Each kind is counted separately.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Standing<'a> {
    /// No proof: the caller only named the account.
    Nothing(&'a str),
    /// No proof; the caller's network is counted.
    Network(&'a [u8]),
    /// The account's owner has signed in in this browser before.
    Device(&'a str, &'a [u8; 16]),
    /// A first factor of this account, in a browser where the second one was never given.
    FirstFactor(&'a str, Proof),
    /// The caller is in this session.
    Session(&'a str, &'a SessionId),
}

impl<'a> Standing<'a> {
    /// Returns the proof of a caller who is not signed in.
    ///
    /// `Device` when the account's owner has signed in in this browser, otherwise `without`.
    pub(crate) async fn by<K: Kind>(
        app: &App,
        caller: &'a Caller,
        account: Option<&'a Id<K>>,
        without: Self,
    ) -> Result<Self, StoreError> {
        match account {
            Some(account) => {
                Self::on_device(app, caller, account, Shown::FirstFactor, without).await
            }
            None => Ok(without),
        }
    }

    /// Returns `FirstFactor`, or `Device` in a browser in which the person has given the second factor too.
    pub(crate) async fn first_factor(
        app: &App,
        caller: &'a Caller,
        person: &'a PersonId,
        proof: Proof,
    ) -> Result<Self, StoreError> {
        // The first factor alone is enough to get any number of new device cookies, so those do not count separately.
        let without = Self::FirstFactor(person.as_str(), proof);
        Self::on_device(app, caller, person, Shown::SecondFactor, without).await
    }

    /// Returns `Device` when the account's owner has given at least `least` in this browser, otherwise `without`.
    async fn on_device<K: Kind>(
        app: &App,
        caller: &'a Caller,
        account: &'a Id<K>,
        least: Shown,
        without: Self,
    ) -> Result<Self, StoreError> {
        let shown = caller.device_shown(app, account).await?;
        Ok(match &caller.device {
            Some(device) if shown >= Some(least) => Self::Device(account.as_str(), device.nonce()),
            Some(_) | None => without,
        })
    }

    /// Is it the owner's own browser?
    pub(crate) const fn is_device(&self) -> bool {
        matches!(self, Self::Device(..))
    }

    /// Returns the parts that identify this proof in a counter's key.
    pub(super) fn parts(&self) -> [&[u8]; 3] {
        match self {
            Self::Nothing(whose) => [b"nothing", whose.as_bytes(), b""],
            Self::Network(network) => [b"network", b"", network],
            Self::Device(whose, nonce) => [b"device", whose.as_bytes(), *nonce],
            Self::FirstFactor(whose, proof) => [b"first factor", whose.as_bytes(), name_of(*proof)],
            Self::Session(whose, session) => {
                [b"session", whose.as_bytes(), session.as_str().as_bytes()]
            }
        }
    }
}

/// Returns the name of a first factor in a counter's key. A code and a link both prove the mailbox.
const fn name_of(first_factor: Proof) -> &'static [u8] {
    match first_factor {
        Proof::Password => b"password",
        Proof::MailedCode | Proof::MailedLink => b"mailbox",
        Proof::Totp
        | Proof::RecoveryCode
        | Proof::Passkey
        | Proof::IdentityProvider { second_factor: _ } => b"other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Any two different proofs have different counters.
    #[test]
    fn no_two_proofs_share_a_counter() {
        let [one, other] = [[1; 16], [2; 16]];
        let people = [one, other].map(PersonId::from_random);
        let sessions = [one, other].map(SessionId::from_random);
        let mut all = vec![Standing::Network(b"a"), Standing::Network(b"b")];
        for person in people.iter().map(Id::as_str) {
            all.push(Standing::Nothing(person));
            all.extend([&one, &other].map(|nonce| Standing::Device(person, nonce)));
            all.extend(sessions.iter().map(|session| Standing::Session(person, session)));
            let proofs = [Proof::Password, Proof::MailedCode];
            all.extend(proofs.map(|proof| Standing::FirstFactor(person, proof)));
        }
        let keys: std::collections::BTreeSet<_> = all.iter().map(Standing::parts).collect();
        assert_eq!(keys.len(), all.len());
    }
}
