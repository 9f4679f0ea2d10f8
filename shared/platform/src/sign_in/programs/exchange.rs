//! Token exchange: an API key or a refresh token for new tokens, and the end of both.

use domain::api_key::{ApiKey, scope_list};
use domain::audit::{Action, Actor, Outcome, Scope};
use domain::ids::{AccessTokenId, TokenFamilyId};

use super::refresh_token::{RefreshToken, Verdict};
use crate::base::app::App;
use crate::base::crypto::access_token::{self, Claims};
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::request::{Request, header};
use crate::people::persons::{self, Person};
use crate::people::token_families::{self, Begun, TokenFamily};
use crate::records::api_keys;
use crate::sign_in::credential::{self, Credential};
use crate::sign_in::programs::program::{authenticate, caller, key_of, us};
use crate::sign_in::stranger::stranger;
use crate::store::audit;
use crate::store::change::{Change, Committed, commit};
use crate::store::error::StoreError;

/// The credential that a program exchanges for tokens.
pub enum Grant {
    /// An API key.
    ApiKey(String),
    /// The refresh token of the last exchange.
    RefreshToken(String),
}

/// The tokens that a program receives.
pub struct Tokens {
    /// For `Authorization: Bearer`.
    pub access_token: String,
    /// Lifetime of the access token, in seconds.
    pub expires_in: i64,
    /// For the next exchange; works once.
    pub refresh_token: String,
    /// The scopes of the tokens.
    pub scope: String,
}

/// Attempts at an exchange while parallel requests of the same family commit first.
const TRIES: u8 = 3;

/// Exchanges a credential for tokens.
///
/// # Errors
///
/// 401 `token_refused` for every invalid credential: one response for every reason.
pub async fn exchange(
    app: &'static App,
    request: &Request,
    grant: Grant,
) -> Result<Tokens, ApiError> {
    // A signed-in browser has no use for this route.
    credential::cookie_only(request)?;
    let caller = stranger(app, request)?;
    match grant {
        Grant::ApiKey(secret) => Box::pin(by_key(app, caller, &secret)).await,
        Grant::RefreshToken(text) => Box::pin(by_refresh_token(app, caller, &text)).await,
    }
}

async fn by_key(app: &App, caller: Caller, secret: &str) -> Result<Tokens, ApiError> {
    let found = match api_keys::find(app, secret).await? {
        Some((person, key)) => persons::find(app, &person).await?.map(|person| (person, key)),
        None => None,
    };
    let key_of = |person: &Person, id| {
        let key = &person.api_keys.iter().find(|stored| stored.key.id == id)?.key;
        let is_member = person.memberships.iter().any(|member| member.studio == key.studio);
        (is_member && !person.is_disabled).then(|| key.clone())
    };
    let found = found.and_then(|(person, id)| key_of(&person, id).map(|key| (person, key)));
    let Some((person, key)) = found else {
        let mut event = caller.event(app, Scope::Platform, Action::TokensIssued, "program");
        event.outcome = Outcome::Refused;
        audit::record(app, &event).await?;
        return Err(ApiError::TokenRefused);
    };
    let caller = Caller { who: Actor::Program(key.id.clone()), ..caller };
    let first = RefreshToken::first(TokenFamilyId::from_random(app.random()), app.random());
    let (kid, signing) = signing_key(app, &first.family).await?;
    let family = Begun {
        id: &first.family,
        person: &person.id,
        epoch: person.epoch,
        api_key: &key.id,
        refresh: first.hash(app.ring().await?),
        kid: &kid,
        signing,
    };
    let scope = Scope::Studio(key.studio.clone());
    let event = caller.event(app, scope, Action::TokensIssued, first.family.as_str());
    let changes = vec![token_families::begin(app, family).await?, audit::add(app, &event).await?];
    match commit(app, changes).await? {
        Committed::Yes => tokens(app, &person, &key, &first, (&kid, &signing)),
        Committed::Refused(_) => Err(StoreError::Corrupt("token family").into()),
    }
}

async fn by_refresh_token(app: &App, caller: Caller, text: &str) -> Result<Tokens, ApiError> {
    let presented = RefreshToken::parse(text).ok_or(ApiError::TokenRefused)?;
    for _ in 0..TRIES {
        let family = token_families::find(app, &presented.family).await?;
        let family = family.ok_or(ApiError::TokenRefused)?;
        let person = persons::find(app, &family.person).await?.ok_or(ApiError::TokenRefused)?;
        let now = app.now().as_second();
        let key = key_of(&person, &family, now).ok_or(ApiError::TokenRefused)?;
        let caller = Caller { who: Actor::Program(key.id.clone()), ..caller.clone() };
        let ring = app.ring().await?;
        let (kid, signing) = signing_key(app, &family.id).await?;
        match presented.judge(ring, &family, now) {
            Verdict::Unknown => return Err(ApiError::TokenRefused),
            // Signed with the key in the row: the request that rotated the family may have had another key ring.
            Verdict::Again(next) => {
                let signing = family.newest_signing();
                let signing = signing.ok_or(StoreError::Corrupt("token family"))?;
                return tokens(app, &person, key, &next, signing);
            }
            Verdict::Rotate(next) => {
                let change =
                    token_families::rotate(app, &family, next.hash(ring), (&kid, signing)).await?;
                if told(app, &caller, key, &family, (Action::TokensRefreshed, change)).await? {
                    return tokens(app, &person, key, &next, (&kid, &signing));
                }
            }
            Verdict::Replayed => {
                let change = token_families::end(app, &family.id)?;
                let is_ended =
                    told(app, &caller, key, &family, (Action::TokenReplayed, change)).await?;
                tracing::warn!(family = %family.id, is_ended, "refresh token presented twice");
                return Err(ApiError::TokenRefused);
            }
        }
    }
    Err(ApiError::TokenRefused)
}

/// Commits a change of a family with its audit event. `false` when another request changed the family first.
async fn told(
    app: &App,
    caller: &Caller,
    key: &ApiKey,
    family: &TokenFamily,
    (did, change): (Action, Change),
) -> Result<bool, StoreError> {
    let scope = Scope::Studio(key.studio.clone());
    let mut event = caller.event(app, scope, did, family.id.as_str());
    if did == Action::TokenReplayed {
        event.outcome = Outcome::Refused;
    }
    Ok(commit(app, vec![change, audit::add(app, &event).await?]).await? == Committed::Yes)
}

/// Returns the current signing key of a family. It derives from the secret that only this function may read.
async fn signing_key(app: &App, family: &TokenFamilyId) -> Result<(String, [u8; 32]), ApiError> {
    let ring = app.token_signing().await?;
    let (kid, key) =
        ring.signing_key(family.as_str()).ok_or(StoreError::Corrupt("token signing"))?;
    Ok((kid.to_owned(), key))
}

fn tokens(
    app: &App,
    person: &Person,
    key: &ApiKey,
    refresh: &RefreshToken,
    (kid, signing): (&str, &[u8; 32]),
) -> Result<Tokens, ApiError> {
    let (issuer, audience) = us(app);
    let (now, life) = (app.now().as_second(), app.access_token_life().seconds());
    let claims = Claims {
        iss: issuer.to_owned(),
        aud: audience,
        sub: person.id.clone(),
        jti: AccessTokenId::from_random(app.random()),
        family: refresh.family.clone(),
        scope: scope_list(&key.scopes),
        iat: now,
        exp: now.saturating_add(life),
    };
    Ok(Tokens {
        access_token: access_token::sign(&claims, kid, signing).map_err(ApiError::internal)?,
        expires_in: life,
        refresh_token: refresh.text(),
        scope: claims.scope,
    })
}

/// Signs a program out: ends the family of its token, and with it every token of the family.
///
/// # Errors
///
/// 401 without a valid access token; 404 when the request carries a guest token instead.
pub async fn end_tokens(app: &'static App, request: &Request) -> Result<(), ApiError> {
    let Credential::Bearer(token) = credential::of(request)? else {
        // The same as for an invalid token: other parts of the request do not matter.
        let has_guest = header(request, "x-guest-token").is_some();
        return Err(if has_guest { ApiError::NotFound } else { ApiError::SignedOut });
    };
    let program = authenticate(app, token).await?;
    let caller = caller(app, request, Actor::Program(program.key.id.clone()));
    let family = &program.claims.family;
    let scope = Scope::Studio(program.key.studio.clone());
    let mut event = caller.event(app, scope, Action::TokensEnded, family.as_str());
    event.details = Some(program.claims.jti.to_string());
    let changes = vec![token_families::end(app, family)?, audit::add(app, &event).await?];
    // Refused: a parallel request ended it first.
    let (Committed::Yes | Committed::Refused(_)) = commit(app, changes).await?;
    Ok(())
}
