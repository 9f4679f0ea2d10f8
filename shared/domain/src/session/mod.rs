//! A session: its assurance level, its lifetime and the renewal of its cookie.

mod rotation;
#[cfg(test)]
mod rotation_model;

pub use rotation::{Generations, Pace, Step};

use serde::{Deserialize, Serialize};

use crate::person::Portal;

/// The assurance level: how many independent factors a person has proved.
///
/// Source: NIST SP 800-63B, authenticator assurance levels 1 and 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assurance {
    /// One factor.
    Aal1,
    /// Two factors, or one device that holds two.
    Aal2,
}

impl Assurance {
    /// Returns the name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aal1 => "aal1",
            Self::Aal2 => "aal2",
        }
    }
}

/// The way a person has authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// A password.
    Password,
    /// A mailed code.
    MailedCode,
    /// A mailed link.
    MailedLink,
    /// A first factor, then a code of an authenticator app.
    Totp,
    /// A first factor, then a recovery code.
    RecoveryCode,
    /// A passkey with user verification by the device.
    Passkey,
    /// A district's identity provider, which reports whether it required a second factor.
    IdentityProvider {
        /// Whether it required a second factor.
        second_factor: bool,
    },
}

impl Proof {
    /// Returns the assurance level of this proof.
    pub const fn assurance(self) -> Assurance {
        match self {
            Self::Password
            | Self::MailedCode
            | Self::MailedLink
            | Self::IdentityProvider { second_factor: false } => Assurance::Aal1,
            Self::Totp
            | Self::RecoveryCode
            | Self::Passkey
            | Self::IdentityProvider { second_factor: true } => Assurance::Aal2,
        }
    }
}

/// The lifetime of a session, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// Seconds without a request until the session expires.
    pub idle: i64,
    /// Seconds after sign-in until the session expires, even with requests.
    pub absolute: i64,
}

impl Lifetime {
    /// Returns the default lifetime at a portal, unless the operator configures another.
    ///
    /// Source: control B12: idle 30 minutes (site administrators 15, parents 24 hours), absolute 12 hours (parents 30
    /// days).
    pub const fn usual(portal: Portal) -> Self {
        match portal {
            Portal::Photographer | Portal::School => Self { idle: 30 * 60, absolute: 12 * 3600 },
            Portal::Admin => Self { idle: 15 * 60, absolute: 12 * 3600 },
            Portal::Parent => Self { idle: 24 * 3600, absolute: 30 * 24 * 3600 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_factors_make_us_sure() {
        assert_eq!(Proof::Password.assurance(), Assurance::Aal1);
        assert_eq!(Proof::MailedLink.assurance(), Assurance::Aal1);
        assert_eq!(Proof::Totp.assurance(), Assurance::Aal2);
        assert_eq!(Proof::IdentityProvider { second_factor: false }.assurance(), Assurance::Aal1);
        assert!(Assurance::Aal1 < Assurance::Aal2);
    }

    #[test]
    fn names_stay_and_a_session_lives_as_long_as_its_portal_says() {
        assert_eq!([Assurance::Aal1, Assurance::Aal2].map(Assurance::name), ["aal1", "aal2"]);
        for second in [Proof::RecoveryCode, Proof::Passkey] {
            assert_eq!(second.assurance(), Assurance::Aal2);
        }
        let federated = Proof::IdentityProvider { second_factor: true };
        assert_eq!(federated.assurance(), Assurance::Aal2);
        assert_eq!(Proof::MailedCode.assurance(), Assurance::Aal1);
        // Control B12: idle in minutes, absolute in hours.
        let lives = Portal::ALL.map(|portal| {
            let Lifetime { idle, absolute } = Lifetime::usual(portal);
            (idle / 60, absolute / 3600)
        });
        assert_eq!(lives, [(30, 12), (30, 12), (1440, 720), (15, 12)]);
        assert_eq!((Pace::USUAL.renew_after, Pace::USUAL.grace), (1_800, 60));
    }
}
