//! Second factors: a code of an authenticator app, a passkey, a recovery code.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::person::Portal;
use crate::session::Proof;

/// Seconds for which a second factor counts as fresh. A destructive action after that requires it again.
///
/// Source: control A13, `Aal2<10 min>`.
pub const FRESH_SECONDS: i64 = 10 * 60;

/// Number of recovery codes in one set. Source: control A12.
pub const RECOVERY_CODES: usize = 10;

/// Maximum number of passkeys per person: a phone, a laptop, a key for each desk, and some spare.
pub const MOST_PASSKEYS: usize = 10;

/// Whether the operator of this installation requires a second factor of photographers and school staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StaffRule {
    /// Only people who have a second factor must use it.
    #[default]
    Optional,
    /// People without a second factor must set one up before anything else.
    Required,
}

impl StaffRule {
    /// Parses `optional` or `required`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "optional" => Some(Self::Optional),
            "required" => Some(Self::Required),
            _ => None,
        }
    }

    /// Returns the name in the setting.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Optional => "optional",
            Self::Required => "required",
        }
    }
}

/// The second factor that a portal requires after the first factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    /// None, even if the person has one.
    Never,
    /// Required of people who have one.
    OfWhoeverHasOne,
    /// Always required; people without one must set one up first.
    Always,
}

/// Returns what a portal requires. This is the policy of all portals in one table.
///
/// Source: control A14: not required for parents; staff by the operator's rule; site administrators always.
pub const fn demand(portal: Portal, staff: StaffRule) -> Demand {
    match (portal, staff) {
        (Portal::Parent, StaffRule::Optional | StaffRule::Required) => Demand::Never,
        (Portal::Photographer | Portal::School, StaffRule::Optional) => Demand::OfWhoeverHasOne,
        (Portal::Photographer | Portal::School, StaffRule::Required)
        | (Portal::Admin, StaffRule::Optional | StaffRule::Required) => Demand::Always,
    }
}

/// Returns what is required after a proof.
///
/// A passkey counts as two factors. A district's identity provider has already applied the district's policy: that
/// policy is inherited, not doubled (control A14).
pub const fn demand_after(proof: Proof, portal: Portal, staff: StaffRule) -> Demand {
    match proof {
        Proof::Totp | Proof::RecoveryCode | Proof::Passkey | Proof::IdentityProvider { .. } => {
            Demand::Never
        }
        Proof::Password | Proof::MailedCode | Proof::MailedLink => demand(portal, staff),
    }
}

/// Why a person cannot set up a second factor here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOffered {
    /// Parents need no second factor.
    #[error("parents need no second factor")]
    ToParents,
    /// The district signs these people in and decides about second factors.
    #[error("the district decides about second factors")]
    ToFederatedStaff,
}

/// Checks whether a person signed in by this proof may set up a second factor here.
///
/// # Errors
///
/// Says why not. Source: control A14: no local enrolment for federated staff.
pub const fn may_set_up(proof: Proof, portal: Portal) -> Result<(), NotOffered> {
    match (proof, portal) {
        (Proof::IdentityProvider { .. }, _) => Err(NotOffered::ToFederatedStaff),
        (_, Portal::Parent) => Err(NotOffered::ToParents),
        (_, Portal::Photographer | Portal::School | Portal::Admin) => Ok(()),
    }
}

/// The method that proves a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Six digits of an authenticator app.
    Totp,
    /// A passkey.
    Passkey,
    /// One of the ten recovery codes on paper.
    RecoveryCode,
}

impl Method {
    /// Returns the name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::RecoveryCode => "recovery_code",
        }
    }
}

/// The six digits of an authenticator app, as typed.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpCode(String);

/// The text is not a code of the expected form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a code of the expected form")]
pub struct BadCode;

impl TotpCode {
    /// Digits in a code.
    pub const DIGITS: usize = 6;

    /// Parses a code; apps show it as `123 456`.
    ///
    /// # Errors
    ///
    /// When it is not six digits.
    pub fn parse(typed: &str) -> Result<Self, BadCode> {
        let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let is_code = digits.len() == Self::DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
        is_code.then_some(Self(digits)).ok_or(BadCode)
    }

    /// Returns the six digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TotpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpCode(..)")
    }
}

/// A recovery code: ten symbols without look-alikes, 31¹⁰ ≈ 8.2 × 10¹⁴ codes.
///
/// The code is a secret: stored only as a keyed hash, shown once, valid once.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// Symbols in a code.
    pub const LENGTH: usize = 10;
    const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

    /// Creates a code from random bytes, without bias: bytes of 248 (8 × 31) and above are skipped.
    ///
    /// `None` when too many bytes were skipped: call again with new bytes. With 32 bytes this happens less than once in
    /// 10²⁷.
    pub fn from_random(bytes: &[u8]) -> Option<Self> {
        let code: String = bytes
            .iter()
            .filter(|byte| **byte < 248)
            .filter_map(|byte| Self::ALPHABET.get(usize::from(*byte % 31)))
            .take(Self::LENGTH)
            .map(|symbol| char::from(*symbol))
            .collect();
        (code.len() == Self::LENGTH).then_some(Self(code))
    }

    /// Parses a code as typed from paper: spaces and hyphens are ignored, case does not matter.
    ///
    /// # Errors
    ///
    /// When it is not ten symbols of the alphabet.
    pub fn parse(typed: &str) -> Result<Self, BadCode> {
        let code: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–'))
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let is_code =
            code.len() == Self::LENGTH && code.bytes().all(|b| Self::ALPHABET.contains(&b));
        is_code.then_some(Self(code)).ok_or(BadCode)
    }

    /// Returns the ten symbols, for hashing.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Formats the code as printed: `ABCDE-FGHJK`.
    pub fn grouped(&self) -> String {
        let groups = [self.0.get(..5), self.0.get(5..)];
        groups.map(Option::unwrap_or_default).join("-")
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a14_no_portal_asks_parents_and_the_administrators_portal_asks_everybody() {
        for rule in [StaffRule::Optional, StaffRule::Required] {
            assert_eq!(demand(Portal::Parent, rule), Demand::Never);
            assert_eq!(demand(Portal::Admin, rule), Demand::Always);
        }
        for staff in [Portal::Photographer, Portal::School] {
            assert_eq!(demand(staff, StaffRule::Optional), Demand::OfWhoeverHasOne);
            assert_eq!(demand(staff, StaffRule::Required), Demand::Always);
        }
    }

    #[test]
    fn a14_a_districts_staff_is_asked_nothing_here_and_sets_up_nothing_here() {
        for second_factor in [false, true] {
            let federated = Proof::IdentityProvider { second_factor };
            for portal in Portal::ALL {
                let demand = demand_after(federated, portal, StaffRule::Required);
                assert_eq!(demand, Demand::Never);
                assert_eq!(may_set_up(federated, portal), Err(NotOffered::ToFederatedStaff));
            }
        }
        assert_eq!(may_set_up(Proof::MailedLink, Portal::Parent), Err(NotOffered::ToParents));
        assert_eq!(may_set_up(Proof::Password, Portal::Photographer), Ok(()));
    }

    #[test]
    fn a_first_factor_is_followed_by_what_the_portal_asks_and_a_second_one_by_nothing() {
        let asked = |proof| demand_after(proof, Portal::Photographer, StaffRule::Required);
        for first in [Proof::Password, Proof::MailedCode, Proof::MailedLink] {
            assert_eq!(asked(first), Demand::Always);
        }
        for second in [Proof::Totp, Proof::RecoveryCode, Proof::Passkey] {
            assert_eq!(asked(second), Demand::Never);
        }
    }

    #[test]
    fn a_setting_reads_back_and_a_misspelt_one_is_none() {
        for rule in [StaffRule::Optional, StaffRule::Required] {
            assert_eq!(StaffRule::parse(rule.name()), Some(rule));
        }
        assert_eq!(StaffRule::parse("Required"), None);
    }

    #[test]
    fn an_apps_code_is_six_digits_however_they_are_grouped() {
        assert_eq!(TotpCode::parse(" 123 456 ").unwrap().as_str(), "123456");
        for bad in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"] {
            assert_eq!(TotpCode::parse(bad), Err(BadCode), "{bad}");
        }
    }

    #[test]
    fn a_recovery_code_reads_back_however_it_is_typed() {
        let code = RecoveryCode::from_random(&[200, 1, 2, 3, 4, 255, 5, 6, 7, 8, 9]).unwrap();
        let typed = code.grouped().to_lowercase().replace('-', " ");
        assert_eq!(RecoveryCode::parse(&typed), Ok(code));
        for bad in ["", "ABCDE-FGHJ", "ABCDE-FGHJ0", "ABCDE-FGHJKK"] {
            assert_eq!(RecoveryCode::parse(bad), Err(BadCode), "{bad}");
        }
        assert_eq!(RecoveryCode::from_random(&[255; 40]), None);
    }

    #[test]
    fn no_code_is_printed() {
        let typed = TotpCode::parse("123456").unwrap();
        let paper = RecoveryCode::from_random(&[1; 10]).unwrap();
        assert_eq!(format!("{typed:?} {paper:?}"), "TotpCode(..) RecoveryCode(..)");
    }

    #[test]
    fn a_recovery_code_takes_its_symbols_evenly() {
        // A byte below 248 gives the symbol of its remainder; the others are skipped.
        let bytes = [0, 30, 31, 61, 62, 247, 248, 255, 1, 32, 63, 94];
        let code = RecoveryCode::from_random(&bytes).unwrap();
        assert_eq!(code.as_str(), "2Z2Z2Z3333");
        assert_eq!(code.grouped(), "2Z2Z2-Z3333");
    }

    /// These names are in stored rows and in the API; the numbers are promises of the controls.
    ///
    #[test]
    fn names_and_numbers_stay() {
        let names = [Method::Totp, Method::Passkey, Method::RecoveryCode].map(Method::name);
        assert_eq!(names, ["totp", "passkey", "recovery_code"]);
        assert_eq!((FRESH_SECONDS, RECOVERY_CODES, MOST_PASSKEYS), (600, 10, 10));
    }
}
