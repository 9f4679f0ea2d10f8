//! Access tokens of programs: JWTs signed with HS256 (RFC 7519, RFC 9068), the only algorithm accepted here.
//!
//! HS256 has one key: a function that can verify can also sign. So there is no global key that every function
//! would have to hold. Each token family has its own key, derived from a secret that only the `tokens`
//! function's role can read. The family's row keeps that one key, encrypted, and the functions that receive a
//! token read the key from there. With it such a function could forge only a token of the family that called
//! it, which it received anyway. Permissions are in rows, never in the token.

use domain::ids::{AccessTokenId, PersonId, TokenFamilyId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

/// Default lifetime of an access token, in seconds.
///
/// Source: control B02: 1 hour by default, one day at most.
const USUAL_LIFE: i64 = 3600;
/// Maximum lifetime in seconds, whatever the setting or the token says.
const LONGEST_LIFE: i64 = 24 * 3600;
/// Seconds by which the signer's clock may be ahead of ours.
///
/// Source: control B01: at most 30. There is no leeway for an expired token: both clocks are ours.
const LEEWAY: i64 = 30;
/// Maximum bytes of a token; ours have about 600.
const MOST_BYTES: usize = 2048;

/// The claims of a token.
///
/// Each must be present with its own type, and no other claim is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// The issuer: our own origin.
    pub iss: String,
    /// The audience: our API.
    pub aud: String,
    /// The person who owns the API key that the token was issued for.
    pub sub: PersonId,
    /// The token's id.
    pub jti: AccessTokenId,
    /// The token family. The token becomes invalid with it.
    pub family: TokenFamilyId,
    /// The scope, for information only: the API key's row decides.
    pub scope: String,
    /// When it was issued, in Unix seconds.
    pub iat: i64,
    /// When it expires, in Unix seconds.
    pub exp: i64,
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The text is not a JWT with our claims.
    #[error("not an access token")]
    Malformed,
    /// The algorithm, type, key or another header field differs from ours.
    #[error("the header is not one of ours")]
    Header,
    /// The signature, the issuer or the audience is wrong.
    #[error("not signed by us for us")]
    Signature,
    /// The token has expired, is not valid yet, or has a longer lifetime than we issue.
    #[error("not good now")]
    Time,
}

/// The lifetime of an access token, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life(i64);

/// The operator's setting is outside the allowed lifetimes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("ACCESS_TOKEN_SECONDS must be a number from 60 to 86400")]
pub struct BadLife;

impl Life {
    /// Parses the operator's setting; `None` means one hour.
    ///
    /// # Errors
    ///
    /// For anything but 60 to 86,400 seconds: the process does not start with it.
    pub fn parse(setting: Option<&str>) -> Result<Self, BadLife> {
        let Some(text) = setting else { return Ok(Self(USUAL_LIFE)) };
        let seconds: i64 = text.parse().map_err(|_| BadLife)?;
        if (60..=LONGEST_LIFE).contains(&seconds) { Ok(Self(seconds)) } else { Err(BadLife) }
    }

    /// The lifetime in seconds.
    pub const fn seconds(self) -> i64 {
        self.0
    }
}

/// Returns the only header that tokens signed with the key `kid` have.
fn header(kid: &str) -> Header {
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some("at+jwt".to_owned());
    header.kid = Some(kid.to_owned());
    header
}

/// Signs a token with the key named `kid`.
///
/// # Errors
///
/// When the library cannot encode the claims, which does not happen for this type.
pub fn sign(
    claims: &Claims,
    kid: &str,
    key: &[u8; 32],
) -> Result<String, jsonwebtoken::errors::Error> {
    jsonwebtoken::encode(&header(kid), claims, &EncodingKey::from_secret(key))
}

/// Unverified claims of a token that say which key must verify it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unproven {
    /// The id of the key that the token names.
    pub kid: String,
    /// The family that the token names.
    pub family: TokenFamilyId,
    /// The person that the token names.
    pub person: PersonId,
}

/// Reads which key must verify the token. The result is unverified: do not trust it.
///
/// # Errors
///
/// When the token does not have our form: another algorithm, a missing claim, a claim of another type.
pub fn unproven(token: &str) -> Result<Unproven, Refused> {
    if token.len() > MOST_BYTES {
        return Err(Refused::Malformed);
    }
    let found = jsonwebtoken::dangerous::insecure_decode::<Claims>(token)
        .map_err(|_| Refused::Malformed)?;
    let kid = found.header.kid.clone().ok_or(Refused::Header)?;
    if found.header != header(&kid) {
        return Err(Refused::Header);
    }
    Ok(Unproven { kid, family: found.claims.family, person: found.claims.sub })
}

/// Verifies a token: signed with the key `kid` by `issuer` for `audience`, and valid at `now` (Unix seconds).
///
/// # Errors
///
/// Says which check failed.
pub fn prove(
    token: &str,
    (kid, key): (&str, &[u8; 32]),
    (issuer, audience): (&str, &str),
    now: i64,
) -> Result<Claims, Refused> {
    if unproven(token)?.kid != kid {
        return Err(Refused::Header);
    }
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience]);
    // The library would read the system clock; our time comes from `App` and is checked below.
    validation.validate_exp = false;
    let key = DecodingKey::from_secret(key);
    let proven = jsonwebtoken::decode::<Claims>(token, &key, &validation);
    let claims = proven.map_err(|_| Refused::Signature)?.claims;
    let life = claims.exp.saturating_sub(claims.iat);
    let is_begun = claims.iat <= now.saturating_add(LEEWAY);
    if now < claims.exp && is_begun && (1..=LONGEST_LIFE).contains(&life) {
        Ok(claims)
    } else {
        Err(Refused::Time)
    }
}

#[cfg(test)]
mod tests;
