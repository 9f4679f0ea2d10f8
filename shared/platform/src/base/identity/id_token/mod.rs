//! ID tokens (`OpenID` Connect Core 1.0, section 3.1.3.7): RS256, one issuer, one audience, valid now.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Seconds by which the issuer's clock may differ from ours.
///
/// Source: security design 3.14.
const LEEWAY: i64 = 60;
/// Maximum bytes of a token: Entra's with many groups have about 6,000.
const MOST_BYTES: usize = 16 * 1024;

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The issuer did not issue this code, or already exchanged it.
    #[error("no such code")]
    Code,
    /// The text is not a JWT.
    #[error("not a token")]
    Malformed,
    /// The algorithm is not RS256, or the header has a `crit` field.
    #[error("another algorithm")]
    Algorithm,
    /// The token names no key, or the issuer publishes no key of that name.
    #[error("no such key")]
    Key,
    /// The issuer's published document is not a key set.
    #[error("no key set")]
    KeySet,
    /// The signature, the issuer or the audience is another, or a claim is missing or of another type.
    #[error("not signed by the issuer for us")]
    Signature,
    /// The token has expired or is not valid yet.
    #[error("not good now")]
    Time,
}

/// The values that a token must have.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The issuer.
    pub issuer: &'a str,
    /// The audience.
    pub audience: &'a str,
    /// Is `audience` the client that requested the token? Then `azp`, if present, must be the audience.
    ///
    /// A program requests a token for another party: us. Its `azp` is the program's own client.
    pub is_client: bool,
    /// The current time in Unix seconds.
    pub now: i64,
}

/// The standard claims that every token is checked for, each with its own type.
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
    /// Is this the only audience? The other audience of a token for two could present it here.
    fn is_only(&self, audience: &str) -> bool {
        match self {
            Self::One(one) => one == audience,
            Self::Several(several) => matches!(several.as_slice(), [one] if one == audience),
        }
    }
}

/// Returns the id of the key that the token names.
///
/// # Errors
///
/// When the text is not a token, or not RS256.
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

/// Unverified claims of a token: issuer, audience and subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unproven {
    /// The issuer that the token names.
    pub issuer: String,
    /// The audience that the token names.
    pub audience: String,
    /// The subject that the token names.
    pub subject: String,
}

/// Reads the claims that say where to look for the key. They are unverified: do not trust them.
///
/// # Errors
///
/// When the token does not have the form that [`prove`] accepts.
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

/// Verifies a token with a key, and returns its claims as `C`.
///
/// # Errors
///
/// Says which check failed.
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
    // The library would read the system clock; our time comes from `App`.
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
