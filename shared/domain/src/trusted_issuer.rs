//! Trusted identity providers: their tokens authenticate a studio's own programs.
//!
//! The list of providers is closed. The URL of an issuer's keys follows from its name, so no caller can make this
//! system fetch a URL of their choice.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::api_key::Scope;
use crate::identity_provider::{DirectoryId, Tenant};
use crate::ids::{PersonId, StudioId, TrustedIssuerId};

/// Maximum number of issuers that one studio may trust.
pub const MOST_TRUSTED: usize = 20;

/// Maximum remaining lifetime of a token, in seconds. A longer-lived token is as dangerous as an API key.
///
/// Source: control A18. Our own longest access token has the same lifetime.
pub const LONGEST_TOKEN: i64 = 24 * 3600;

/// An issuer whose tokens this system can verify, named as in the tokens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Issuer {
    name: String,
    keys: String,
}

/// The text is not an issuer of a known provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown token issuer")]
pub struct IssuerError;

impl Issuer {
    /// Parses the name of an issuer. It must equal the name in the tokens exactly.
    ///
    /// # Errors
    ///
    /// For everything except one tenant, project or pool of a known provider.
    pub fn parse(name: &str) -> Result<Self, IssuerError> {
        let keys = keys_of(name).ok_or(IssuerError)?;
        Ok(Self { name: name.to_owned(), keys })
    }

    /// Returns the issuer's name.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// Returns the URL of the issuer's keys.
    pub fn keys(&self) -> &str {
        &self.keys
    }
}

/// Returns the URL of an issuer's keys, as documented by each provider; `None` for an unknown issuer.
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

/// Returns whether a name has only lower-case letters, digits and the given signs.
///
/// Without a dot or a slash, the name cannot change the URL it is put into.
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

/// An audience or a subject as a token contains it. Compared exactly.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Claim(String);

/// The text cannot be an audience or a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a claim has 1 to 255 visible ASCII characters")]
pub struct ClaimError;

impl Claim {
    /// Parses an audience or a subject.
    ///
    /// # Errors
    ///
    /// Unless it is 1 to 255 visible ASCII characters (`OpenID` Connect Core 1.0, section 2).
    pub fn parse(text: &str) -> Result<Self, ClaimError> {
        let is_plain =
            (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if is_plain { Ok(Self(text.to_owned())) } else { Err(ClaimError) }
    }

    /// Returns the text.
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

/// One program of one issuer, as its tokens name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramOfIssuer {
    /// The issuer of its tokens.
    pub issuer: Issuer,
    /// The audience of its tokens.
    pub audience: Claim,
    /// The program's account at the issuer.
    pub subject: Claim,
}

/// A studio's trust in such a program, with the scopes granted to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedIssuer {
    /// The id that revokes the trust.
    pub id: TrustedIssuerId,
    /// The studio whose data the program can access.
    pub studio: StudioId,
    /// The owner who granted the trust. The program never has more rights than the owner has now.
    pub owner: PersonId,
    /// The permissions of the program.
    pub scopes: BTreeSet<Scope>,
    /// Start of the trust, in seconds since 1970.
    pub created_at: i64,
}

/// Returns whether the remaining lifetime of a token is short enough. Both times are in seconds since 1970.
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
