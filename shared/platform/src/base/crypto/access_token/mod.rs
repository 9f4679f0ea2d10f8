//! Access tokens of programs: JWTs signed HS256 (RFC 7519, RFC 9068), the only algorithm there is here.
//!
//! HS256 has one key: whoever can verify can sign. So there is no key of all tokens that every function
//! would have to hold. Each family of tokens has a key of its own, which follows from a secret that only the
//! `tokens` function's role may read; the family's row keeps that one key, sealed, and the functions that a
//! token is shown to read it from there. What such a function could forge with it is a token of the family
//! that called it: what it was handed anyway. Who may do what stands in rows, never in the token.

use domain::ids::{AccessTokenId, PersonId, TokenFamilyId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

/// Seconds an access token works unless the operator says otherwise.
///
/// Source: control B02: 1 hour, and a day at the most.
const USUAL_LIFE: i64 = 3600;
/// Seconds it works at the most, whatever anybody says.
const LONGEST_LIFE: i64 = 24 * 3600;
/// Seconds by which the clock of whoever signed may be ahead of ours.
///
/// Source: control B01: at most 30. An expired token gets none of it: both clocks are ours.
const LEEWAY: i64 = 30;
/// Bytes of a token at the most; ours have about 600.
const MOST_BYTES: usize = 2048;

/// What a token says. Every claim must be there, in its own type, and no other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// Who made it: our own origin.
    pub iss: String,
    /// Who it is for: our API.
    pub aud: String,
    /// The person whose key it follows from.
    pub sub: PersonId,
    /// Its own id.
    pub jti: AccessTokenId,
    /// The family it belongs to and ends with.
    pub family: TokenFamilyId,
    /// What it may do, for whoever holds it; the key's row decides.
    pub scope: String,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// When it ends.
    pub exp: i64,
}

/// Why a token opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No JWT of the form of ours.
    #[error("not an access token")]
    Malformed,
    /// Another algorithm, type or key, or a header that ours have not.
    #[error("the header is not one of ours")]
    Header,
    /// The signature, the issuer or the audience is another.
    #[error("not signed by us for us")]
    Signature,
    /// Its time is over, or has not begun, or is longer than any we give.
    #[error("not good now")]
    Time,
}

/// How long an access token works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life(i64);

/// The operator asks for a life that is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("ACCESS_TOKEN_SECONDS must be a number from 60 to 86400")]
pub struct BadLife;

impl Life {
    /// Reads the operator's setting; an hour without one.
    ///
    /// # Errors
    ///
    /// For anything but 60 to 86,400 seconds: the process does not start with it.
    pub fn parse(setting: Option<&str>) -> Result<Self, BadLife> {
        let Some(text) = setting else { return Ok(Self(USUAL_LIFE)) };
        let seconds: i64 = text.parse().map_err(|_| BadLife)?;
        if (60..=LONGEST_LIFE).contains(&seconds) { Ok(Self(seconds)) } else { Err(BadLife) }
    }

    /// In seconds.
    pub const fn seconds(self) -> i64 {
        self.0
    }
}

/// The one header that tokens of a key have.
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
/// When the library cannot, which it always can.
pub fn sign(
    claims: &Claims,
    kid: &str,
    key: &[u8; 32],
) -> Result<String, jsonwebtoken::errors::Error> {
    jsonwebtoken::encode(&header(kid), claims, &EncodingKey::from_secret(key))
}

/// What a token names before anything of it is proven: where to look for the key it must be signed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unproven {
    /// The key it says it is signed with.
    pub kid: String,
    /// The family it says it is of.
    pub family: TokenFamilyId,
    /// The person it says it is of.
    pub person: PersonId,
}

/// Reads where to look. Nothing of it may be believed.
///
/// # Errors
///
/// When it is no token of ours by its form: another algorithm, a missing claim, a claim of another type.
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

/// Proves a token: made with the key named `kid`, by `issuer`, for `audience`, and good now.
///
/// # Errors
///
/// Says which of these it is not.
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
    // The library asks the system for the time; ours comes from `App`, below.
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
