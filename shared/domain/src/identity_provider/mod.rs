//! A district's identity provider: the tenant, and which of its people are accepted.
//!
//! A person is identified by the tenant's unchanging id for them, never by an e-mail address. The address in a token is
//! whatever an administrator of any tenant typed.

use serde::{Deserialize, Serialize};

use crate::email::{EmailAddress, canonical_domain};

/// The one tenant whose people belong to a district.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "tenant")]
pub enum Tenant {
    /// Microsoft Entra: the directory's id.
    Entra(DirectoryId),
    /// Google Workspace: the organisation's primary domain.
    Google(Domain),
}

/// The id of an Entra directory: a GUID in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DirectoryId(String);

/// A domain name: lower case, with at least one dot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Domain(String);

/// The text is not a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither a directory id nor a domain")]
pub struct TenantError;

impl DirectoryId {
    /// Parses a GUID.
    ///
    /// # Errors
    ///
    /// For `common`, `organizations` and everything else that is not exactly one directory.
    pub fn parse(text: &str) -> Result<Self, TenantError> {
        let lengths = text.split('-').map(str::len);
        let is_hex = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'-'));
        let is_guid = is_hex && lengths.eq([8, 4, 4, 4, 12]);
        // Microsoft's tenant for all private accounts belongs to no district.
        let is_everybody = text == "9188040d-6c67-4c5b-b112-36a304b66dad";
        if is_guid && !is_everybody { Ok(Self(text.to_owned())) } else { Err(TenantError) }
    }
}

impl Domain {
    /// Parses a domain.
    ///
    /// # Errors
    ///
    /// When it is not a domain, or when anyone can get an e-mail address there.
    pub fn parse(text: &str) -> Result<Self, TenantError> {
        let domain = canonical_domain(text).ok_or(TenantError)?;
        let is_everybodys = matches!(domain.as_str(), "gmail.com" | "googlemail.com");
        if is_everybodys { Err(TenantError) } else { Ok(Self(domain)) }
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether the address has exactly this domain, not a subdomain.
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

/// The claims of a verified ID token that identify a person. All other claims are ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Said {
    /// The issuer.
    pub iss: String,
    /// The subject. Google's never changes; Entra's is specific to one application.
    pub sub: String,
    /// The nonce of the authorization request.
    #[serde(default)]
    pub nonce: Option<String>,
    /// Entra: the directory's id.
    #[serde(default)]
    pub tid: Option<String>,
    /// Entra: the person's id in the directory.
    #[serde(default)]
    pub oid: Option<String>,
    /// Entra: 1 for a guest of the directory.
    #[serde(default)]
    pub acct: Option<u8>,
    /// Google: the organisation's domain.
    #[serde(default)]
    pub hd: Option<String>,
    /// The e-mail address, for display only.
    #[serde(default)]
    pub email: Option<String>,
    /// Entra: the sign-in name, for display only.
    #[serde(default)]
    pub preferred_username: Option<String>,
    /// The authentication methods.
    #[serde(default)]
    pub amr: Vec<String>,
    /// The assurance level, in the provider's own words.
    #[serde(default)]
    pub acr: Option<String>,
    /// Time of the authentication, in seconds since 1970.
    #[serde(default)]
    pub auth_time: Option<i64>,
}

/// A person of the district, as recognised from a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The tenant's unchanging id of the person.
    pub subject: String,
    /// The e-mail address to show.
    pub email: EmailAddress,
    /// Whether the provider required a second factor.
    pub second_factor: bool,
    /// The authentication methods for the log: the provider's `amr` and `acr`.
    pub how: String,
}

/// Maximum number of authentication methods that are logged per sign-in.
const MOST_METHODS: usize = 8;

/// Formats the token's `amr` and `acr` for the log.
///
/// Only names like those that RFC 8176 registers are kept.
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

/// Why a verified token is not accepted here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Foreign {
    /// The issuer is not the tenant's own.
    #[error("another issuer")]
    Issuer,
    /// Another tenant, or no tenant.
    #[error("another tenant")]
    Tenant,
    /// A guest of the tenant.
    #[error("a guest of the tenant")]
    Guest,
    /// No id of the person.
    #[error("no id of the person")]
    Subject,
    /// No e-mail address in the district's domains.
    #[error("no address of the district")]
    Address,
    /// The authentication is too old.
    #[error("proved themselves too long ago")]
    Stale,
}

/// Maximum age of an authentication at the provider, in seconds.
///
/// Source: security design: `max_age=43200`.
pub const MOST_AGE: i64 = 12 * 3600;

impl Tenant {
    /// Returns the issuer in the tokens of this tenant.
    ///
    /// Every Entra directory has its own issuer; Google has one for all, and `hd` names the organisation.
    pub fn issuer(&self) -> String {
        match self {
            Self::Entra(id) => format!("https://login.microsoftonline.com/{}/v2.0", id.0),
            Self::Google(_) => "https://accounts.google.com".to_owned(),
        }
    }

    /// Returns the authorization endpoint. It is the tenant's own page, never the one for all tenants.
    pub fn authorization_endpoint(&self) -> String {
        match self {
            Self::Entra(id) => {
                format!("https://login.microsoftonline.com/{}/oauth2/v2.0/authorize", id.0)
            }
            Self::Google(_) => "https://accounts.google.com/o/oauth2/v2/auth".to_owned(),
        }
    }

    /// Returns the endpoint that exchanges an authorization code.
    pub fn token_endpoint(&self) -> String {
        match self {
            Self::Entra(id) => {
                format!("https://login.microsoftonline.com/{}/oauth2/v2.0/token", id.0)
            }
            Self::Google(_) => "https://oauth2.googleapis.com/token".to_owned(),
        }
    }

    /// Returns the URL of the keys that sign the tokens.
    pub fn keys(&self) -> String {
        match self {
            Self::Entra(id) => {
                format!("https://login.microsoftonline.com/{}/discovery/v2.0/keys", id.0)
            }
            Self::Google(_) => "https://www.googleapis.com/oauth2/v3/certs".to_owned(),
        }
    }

    /// Returns the domain hint for the sign-in page, where the provider supports one.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Entra(_) => None,
            Self::Google(domain) => Some(domain.as_str()),
        }
    }

    /// Returns the subject that this person's tokens will contain, for the directory's `externalId`.
    ///
    /// `None` when no token of this tenant can have that subject: the directory is configured to send something else.
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

    /// Returns the person of this tenant that a token identifies.
    ///
    /// # Errors
    ///
    /// Says why the token is not accepted.
    ///
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
