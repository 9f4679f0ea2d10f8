//! A district's identity provider: which tenant of which house, and whom of it we take in.
//!
//! A person is who the tenant says by its own unchanging name for them, and never an e-mail address: an
//! address in a token is what a directory's administrator typed, of any tenant.

use serde::{Deserialize, Serialize};

use crate::email::{EmailAddress, canonical_domain};

/// The one tenant whose people are a district's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "tenant")]
pub enum Tenant {
    /// Microsoft Entra: the directory's id.
    Entra(DirectoryId),
    /// Google Workspace: the organisation's first domain.
    Google(Domain),
}

/// The id of an Entra directory: a GUID in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DirectoryId(String);

/// A domain name: lower case, with a dot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Domain(String);

/// The text names no tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no directory id and no domain")]
pub struct TenantError;

impl DirectoryId {
    /// Reads a GUID.
    ///
    /// # Errors
    ///
    /// For `common`, `organizations` and everything else that is not one directory.
    pub fn parse(text: &str) -> Result<Self, TenantError> {
        let lengths = text.split('-').map(str::len);
        let is_hex = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'-'));
        let is_guid = is_hex && lengths.eq([8, 4, 4, 4, 12]);
        // Microsoft's own tenant of everybody's private accounts belongs to no district.
        let is_everybody = text == "9188040d-6c67-4c5b-b112-36a304b66dad";
        if is_guid && !is_everybody { Ok(Self(text.to_owned())) } else { Err(TenantError) }
    }
}

impl Domain {
    /// Reads a domain.
    ///
    /// # Errors
    ///
    /// When it is none, or one of those where anybody gets an address.
    pub fn parse(text: &str) -> Result<Self, TenantError> {
        let domain = canonical_domain(text).ok_or(TenantError)?;
        let is_everybodys = matches!(domain.as_str(), "gmail.com" | "googlemail.com");
        if is_everybodys { Err(TenantError) } else { Ok(Self(domain)) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether an address is of this domain itself.
    pub fn has(&self, address: &EmailAddress) -> bool {
        address.domain() == self.0
    }
}

macro_rules! text {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = TenantError;
            fn try_from(text: String) -> Result<Self, TenantError> {
                Self::parse(&text)
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}
text!(DirectoryId);
text!(Domain);

/// What of a proven ID token says who somebody is. Everything else in it is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Said {
    /// Who made it.
    pub iss: String,
    /// The subject: unchanging at Google, of one application at Entra.
    pub sub: String,
    /// The nonce of the request it answers.
    #[serde(default)]
    pub nonce: Option<String>,
    /// Entra: the directory.
    #[serde(default)]
    pub tid: Option<String>,
    /// Entra: the person's id in the directory.
    #[serde(default)]
    pub oid: Option<String>,
    /// Entra: 1 for a guest of the directory.
    #[serde(default)]
    pub acct: Option<u8>,
    /// Google: the organisation.
    #[serde(default)]
    pub hd: Option<String>,
    /// An address, for showing only.
    #[serde(default)]
    pub email: Option<String>,
    /// Entra: the name that is typed to sign in, for showing only.
    #[serde(default)]
    pub preferred_username: Option<String>,
    /// How they proved themselves there.
    #[serde(default)]
    pub amr: Vec<String>,
    /// How sure the provider is of them, in its own words.
    #[serde(default)]
    pub acr: Option<String>,
    /// When they did, in seconds since 1970.
    #[serde(default)]
    pub auth_time: Option<i64>,
}

/// Somebody of the district.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The tenant's unchanging name for them.
    pub subject: String,
    /// The address to show.
    pub email: EmailAddress,
    /// Whether the provider asked for a second factor.
    pub second_factor: bool,
    /// How they proved themselves there, for the log: the provider's `amr` and `acr`.
    pub how: String,
}

/// Methods of one sign-in at the most that are written down.
const MOST_METHODS: usize = 8;

/// What a token says of how, in names of the kind that RFC 8176 registers; anything else is no name of a method.
fn how(said: &Said) -> String {
    let is_name = |text: &str| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:/".contains(&b))
    };
    let named = said.amr.iter().map(String::as_str).filter(|how| is_name(how));
    let mut words = vec!["amr"];
    words.extend(named.take(MOST_METHODS));
    if let Some(acr) = said.acr.as_deref().filter(|acr| is_name(acr)) {
        words.extend(["acr", acr]);
    }
    words.join(" ")
}

/// Why a proven token lets nobody in here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Foreign {
    /// Another issuer than the tenant's own.
    #[error("another issuer")]
    Issuer,
    /// Another tenant, or none.
    #[error("another tenant")]
    Tenant,
    /// A guest of the tenant.
    #[error("a guest of the tenant")]
    Guest,
    /// No id of the person.
    #[error("no id of the person")]
    Subject,
    /// No address of the district's domains.
    #[error("no address of the district")]
    Address,
    /// They proved themselves too long ago.
    #[error("proved themselves too long ago")]
    Stale,
}

/// Seconds since somebody proved themselves there, at the most.
///
/// Source: security design: `max_age=43200`.
pub const MOST_AGE: i64 = 12 * 3600;

impl Tenant {
    /// The issuer that the tokens of this tenant, and of no other, name.
    pub fn issuer(&self) -> String {
        match self {
            Self::Entra(id) => format!("https://login.microsoftonline.com/{}/v2.0", id.0),
            Self::Google(_) => "https://accounts.google.com".to_owned(),
        }
    }

    /// Where a browser is sent. The tenant's own page, never the one for everybody.
    pub fn authorization_endpoint(&self) -> String {
        match self {
            Self::Entra(id) => {
                format!("https://login.microsoftonline.com/{}/oauth2/v2.0/authorize", id.0)
            }
            Self::Google(_) => "https://accounts.google.com/o/oauth2/v2/auth".to_owned(),
        }
    }

    /// Where a code is exchanged.
    pub fn token_endpoint(&self) -> String {
        match self {
            Self::Entra(id) => {
                format!("https://login.microsoftonline.com/{}/oauth2/v2.0/token", id.0)
            }
            Self::Google(_) => "https://oauth2.googleapis.com/token".to_owned(),
        }
    }

    /// Where the keys are that sign its tokens.
    pub fn keys(&self) -> String {
        match self {
            Self::Entra(id) => {
                format!("https://login.microsoftonline.com/{}/discovery/v2.0/keys", id.0)
            }
            Self::Google(_) => "https://www.googleapis.com/oauth2/v3/certs".to_owned(),
        }
    }

    /// The domain the provider is asked to offer, where it takes one.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Entra(_) => None,
            Self::Google(domain) => Some(domain.as_str()),
        }
    }

    /// The tenant's unchanging name for somebody, as its directory writes it: what a token of theirs will say.
    /// `None` for what no token of this tenant says: the directory is set up to send something else.
    pub fn subject_of(&self, external_id: &str) -> Option<String> {
        match self {
            // The `oid` of a token is a GUID in lower case.
            Self::Entra(_) => {
                DirectoryId::parse(&external_id.to_ascii_lowercase()).ok().map(String::from)
            }
            Self::Google(_) => {
                let is_plain = (1..=255).contains(&external_id.len())
                    && external_id.bytes().all(|b| b.is_ascii_graphic());
                is_plain.then(|| external_id.to_owned())
            }
        }
    }

    /// Who of this tenant a token speaks of, or why it is none of the district's people.
    ///
    /// # Errors
    ///
    /// Says what is foreign about it.
    pub fn recognise(&self, said: &Said, domains: &[Domain], now: i64) -> Result<Known, Foreign> {
        if said.iss != self.issuer() {
            return Err(Foreign::Issuer);
        }
        let subject = match self {
            Self::Entra(id) => {
                if said.tid.as_deref() != Some(id.0.as_str()) {
                    return Err(Foreign::Tenant);
                }
                if said.acct == Some(1) {
                    return Err(Foreign::Guest);
                }
                said.oid.clone()
            }
            Self::Google(domain) => {
                if said.hd.as_deref() != Some(domain.as_str()) {
                    return Err(Foreign::Tenant);
                }
                Some(said.sub.clone())
            }
        };
        let subject = subject.filter(|text| (1..=255).contains(&text.len()));
        let subject = subject.ok_or(Foreign::Subject)?;
        if said.auth_time.is_some_and(|at| now.saturating_sub(at) > MOST_AGE) {
            return Err(Foreign::Stale);
        }
        let addresses = [&said.email, &said.preferred_username].into_iter().flatten();
        let mut addresses = addresses.filter_map(|text| EmailAddress::parse(text).ok());
        let email = addresses.find(|address| domains.iter().any(|domain| domain.has(address)));
        let second_factor = said.amr.iter().any(|how| how == "mfa");
        let email = email.ok_or(Foreign::Address)?;
        Ok(Known { subject, email, second_factor, how: how(said) })
    }
}

#[cfg(test)]
mod tests;
