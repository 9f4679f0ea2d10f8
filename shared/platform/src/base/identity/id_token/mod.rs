//! An ID token (`OpenID` Connect Core 1.0, section 3.1.3.7): RS256, by one issuer, for one audience, now.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Seconds by which the issuer's clock may differ from ours.
///
/// Source: security design 3.14.
const LEEWAY: i64 = 60;
/// Bytes of a token at the most: Entra's with many groups have about 6,000.
const MOST_BYTES: usize = 16 * 1024;

/// Why a token proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The issuer gave no such code, or gave a token for it before.
    #[error("no such code")]
    Code,
    /// No JWT.
    #[error("not a token")]
    Malformed,
    /// Another algorithm than RS256, whatever the key.
    #[error("another algorithm")]
    Algorithm,
    /// The issuer publishes no such key.
    #[error("no such key")]
    Key,
    /// What the issuer publishes is no key set.
    #[error("no key set")]
    KeySet,
    /// The signature, the issuer or the audience is another, or a claim is missing or of another type.
    #[error("not signed by the issuer for us")]
    Signature,
    /// Its time is over or has not begun.
    #[error("not good now")]
    Time,
}

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Who made it.
    pub issuer: &'a str,
    /// Whom for.
    pub audience: &'a str,
    /// Whether `audience` is the client that asked for the token itself, and nobody else may have. A program
    /// asks for a token that is for somebody else: us.
    pub is_client: bool,
    /// Now, in seconds since 1970.
    pub now: i64,
}

/// What every token must have, each in its own type.
#[derive(Deserialize)]
struct Standard {
    iss: String,
    aud: Audience,
    #[serde(default)]
    azp: Option<String>,
    sub: String,
    exp: i64,
    iat: i64,
    #[serde(default)]
    nbf: Option<i64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    /// Nobody else may be meant: a token for two is a token that the other one can show here.
    fn is_only(&self, audience: &str) -> bool {
        match self {
            Self::One(one) => one == audience,
            Self::Several(several) => matches!(several.as_slice(), [one] if one == audience),
        }
    }
}

/// The name of the key a token says it is signed with.
///
/// # Errors
///
/// When it is no token, or not RS256.
pub fn kid(token: &str) -> Result<String, Refused> {
    if token.len() > MOST_BYTES {
        return Err(Refused::Malformed);
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| Refused::Malformed)?;
    if header.alg != Algorithm::RS256 || header.crit.is_some() {
        return Err(Refused::Algorithm);
    }
    header.kid.ok_or(Refused::Key)
}

/// What a token says of itself before anything of it is proven: by whom, for whom, about whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unproven {
    /// Who it says made it.
    pub issuer: String,
    /// Whom it says it is for.
    pub audience: String,
    /// Whom it says it speaks of.
    pub subject: String,
}

/// Reads where to look. Nothing of it may be believed.
///
/// # Errors
///
/// When it is no token of the form that [`prove`] takes.
pub fn unproven(token: &str) -> Result<Unproven, Refused> {
    kid(token)?;
    let found = jsonwebtoken::dangerous::insecure_decode::<Standard>(token);
    let claims = found.map_err(|_| Refused::Malformed)?.claims;
    let audience = match claims.aud {
        Audience::One(one) => one,
        Audience::Several(several) => {
            let [one] = <[String; 1]>::try_from(several).map_err(|_| Refused::Malformed)?;
            one
        }
    };
    Ok(Unproven { issuer: claims.iss, audience, subject: claims.sub })
}

/// Proves a token with a key, and gives what is asked of it.
///
/// # Errors
///
/// Says what is wrong with it.
pub fn prove<C: DeserializeOwned>(
    token: &str,
    key: &DecodingKey,
    expected: &Expected<'_>,
) -> Result<C, Refused> {
    kid(token)?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.audience]);
    // The library asks the system for the time; ours comes from `App`.
    validation.validate_exp = false;
    let proven = jsonwebtoken::decode::<serde_json::Value>(token, key, &validation);
    let claims = proven.map_err(|_| Refused::Signature)?.claims;
    let standard: Standard =
        serde_json::from_value(claims.clone()).map_err(|_| Refused::Signature)?;
    let is_ours = standard.iss == expected.issuer
        && standard.aud.is_only(expected.audience)
        && (!expected.is_client || standard.azp.is_none_or(|azp| azp == expected.audience))
        && !standard.sub.is_empty();
    if !is_ours {
        return Err(Refused::Signature);
    }
    let begins = standard.nbf.unwrap_or(standard.iat).max(standard.iat);
    let is_begun = begins <= expected.now.saturating_add(LEEWAY);
    if !is_begun || expected.now >= standard.exp.saturating_add(LEEWAY) {
        return Err(Refused::Time);
    }
    serde_json::from_value(claims).map_err(|_| Refused::Signature)
}

#[cfg(test)]
mod tests;
