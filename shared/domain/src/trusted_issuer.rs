//! An identity provider whose tokens let a studio's own programs in: which houses, and which program of one.
//!
//! A closed list of houses. Where the keys of an issuer are follows from its name, so nobody can have us fetch an
//! address of their choosing.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::api_key::Scope;
use crate::identity_provider::{DirectoryId, Tenant};
use crate::ids::{PersonId, StudioId, TrustedIssuerId};

/// Issuers one studio may trust at a time.
pub const MOST_TRUSTED: usize = 20;

/// Seconds from now to the end of a token, at the most: what lives longer is as good as a key.
///
/// Source: control A18; the longest access token of ours lives as long.
pub const LONGEST_TOKEN: i64 = 24 * 3600;

/// An issuer we can prove tokens of: its name as its tokens write it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Issuer {
    name: String,
    keys: String,
}

/// The text names no issuer of a house on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no issuer that is known here")]
pub struct IssuerError;

impl Issuer {
    /// Reads an issuer's name, which is compared letter by letter with what its tokens say.
    ///
    /// # Errors
    ///
    /// For everything but one tenant, project or pool of the houses on the list.
    pub fn parse(name: &str) -> Result<Self, IssuerError> {
        let keys = keys_of(name).ok_or(IssuerError)?;
        Ok(Self { name: name.to_owned(), keys })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// Where its keys are.
    pub fn keys(&self) -> &str {
        &self.keys
    }
}

/// Where the keys of an issuer are, by the documentation of each house.
fn keys_of(name: &str) -> Option<String> {
    match name {
        "https://accounts.google.com" => {
            return Some("https://www.googleapis.com/oauth2/v3/certs".to_owned());
        }
        "https://token.actions.githubusercontent.com" => {
            return Some(format!("{name}/.well-known/jwks"));
        }
        _ => {}
    }
    if let Some(project) = name.strip_prefix("https://securetoken.google.com/") {
        let keys = "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com";
        return is_name(project, "-").then(|| keys.to_owned());
    }
    if let Some(rest) = name.strip_prefix("https://login.microsoftonline.com/") {
        let directory = DirectoryId::parse(rest.strip_suffix("/v2.0")?).ok()?;
        return Some(Tenant::Entra(directory).keys());
    }
    let rest = name.strip_prefix("https://cognito-idp.")?;
    let (region, pool) = rest.split_once(".amazonaws.com/")?;
    let is_pool = is_name(region, "-")
        && pool.strip_prefix(region).and_then(|pool| pool.strip_prefix('_')).is_some_and(|pool| {
            (1..=64).contains(&pool.len()) && pool.bytes().all(|b| b.is_ascii_alphanumeric())
        });
    is_pool.then(|| format!("{name}/.well-known/jwks.json"))
}

/// A name of lower-case letters, digits and some signs: no dot, no slash, nothing that leads elsewhere.
fn is_name(text: &str, signs: &str) -> bool {
    let is_plain = |letter: char| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || signs.contains(letter)
    };
    (1..=64).contains(&text.len()) && text.chars().all(is_plain)
}

impl TryFrom<String> for Issuer {
    type Error = IssuerError;
    fn try_from(text: String) -> Result<Self, IssuerError> {
        Self::parse(&text)
    }
}

impl From<Issuer> for String {
    fn from(issuer: Issuer) -> Self {
        issuer.name
    }
}

/// An audience or a subject, as a token says it: compared letter by letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Claim(String);

/// The text can be no audience and no subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("1 to 255 visible characters of ASCII")]
pub struct ClaimError;

impl Claim {
    /// Reads one.
    ///
    /// # Errors
    ///
    /// Unless it is 1 to 255 visible characters of ASCII (`OpenID` Connect Core 1.0, section 2).
    pub fn parse(text: &str) -> Result<Self, ClaimError> {
        let is_plain =
            (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if is_plain { Ok(Self(text.to_owned())) } else { Err(ClaimError) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Claim {
    type Error = ClaimError;
    fn try_from(text: String) -> Result<Self, ClaimError> {
        Self::parse(&text)
    }
}

impl From<Claim> for String {
    fn from(claim: Claim) -> Self {
        claim.0
    }
}

/// One program of one issuer, as every token of it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramOfIssuer {
    /// Who makes its tokens.
    pub issuer: Issuer,
    /// Whom they are for.
    pub audience: Claim,
    /// The program's account there.
    pub subject: Claim,
}

/// That a studio lets such a program in, and what it may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedIssuer {
    /// What revokes it.
    pub id: TrustedIssuerId,
    /// The studio whose data it opens.
    pub studio: StudioId,
    /// The owner who trusts it: what they may not do any more, it may not either.
    pub owner: PersonId,
    /// What it may do.
    pub scopes: BTreeSet<Scope>,
    /// Since when, in seconds since 1970.
    pub created_at: i64,
}

/// Whether a token that ends then is short enough to be taken.
pub fn is_short_enough(now: i64, ends: i64) -> bool {
    ends.saturating_sub(now) <= LONGEST_TOKEN
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "11111111-2222-3333-4444-555555555555";

    #[test]
    fn a18_an_issuers_keys_are_where_its_house_publishes_them_and_nowhere_else() {
        let entra = format!("https://login.microsoftonline.com/{TENANT}/v2.0");
        let pool = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Ab1";
        for (issuer, keys) in [
            (
                entra.as_str(),
                format!("https://login.microsoftonline.com/{TENANT}/discovery/v2.0/keys"),
            ),
            (
                "https://accounts.google.com",
                "https://www.googleapis.com/oauth2/v3/certs".to_owned(),
            ),
            (
                "https://securetoken.google.com/oak-pictures",
                "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com".to_owned(),
            ),
            (pool, format!("{pool}/.well-known/jwks.json")),
            (
                "https://token.actions.githubusercontent.com",
                "https://token.actions.githubusercontent.com/.well-known/jwks".to_owned(),
            ),
        ] {
            let read = Issuer::parse(issuer).unwrap();
            assert_eq!((read.as_str(), read.keys()), (issuer, keys.as_str()));
            assert_eq!(String::from(read), issuer);
        }
    }

    #[test]
    fn a18_nobody_chooses_an_address_that_is_fetched() {
        for bad in [
            "",
            "https://issuer.example",
            "http://accounts.google.com",
            "https://accounts.google.com/",
            "https://accounts.google.com@evil.example",
            "https://ACCOUNTS.google.com",
            "https://login.microsoftonline.com/common/v2.0",
            "https://login.microsoftonline.com/organizations/v2.0",
            "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
            "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555",
            "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0/",
            "https://securetoken.google.com/",
            "https://securetoken.google.com/a/../b",
            "https://securetoken.google.com/a?b",
            "https://cognito-idp.evil.example/x.amazonaws.com/us-east-1_Ab1",
            "https://cognito-idp.us-east-1.amazonaws.com/eu-west-1_Ab1",
            "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_",
            "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_A/../../b",
            "https://169.254.169.254/latest/meta-data",
            "https://localhost",
        ] {
            assert_eq!(Issuer::parse(bad), Err(IssuerError), "{bad}");
        }
    }

    #[test]
    fn a_claim_is_what_a_token_can_say() {
        for good in ["a", "repo:oak/uploader:ref:refs/heads/main", &"a".repeat(255)] {
            let claim = Claim::parse(good).unwrap();
            assert_eq!(claim.as_str(), good);
            assert_eq!(String::from(claim), good);
        }
        for bad in ["", " a", "a b", "ä", "a\n", &"a".repeat(256)] {
            assert_eq!(Claim::parse(bad), Err(ClaimError), "{bad}");
        }
    }

    #[test]
    fn a18_a_token_of_more_than_a_day_is_not_taken() {
        assert!(is_short_enough(1_000, 87_400));
        assert!(!is_short_enough(1_000, 87_401));
        assert!(!is_short_enough(0, i64::MAX));
    }
}
