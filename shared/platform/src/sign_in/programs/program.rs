//! A program whose access token is valid now.

use super::let_in::LetIn;
use super::{routes, trusted};

use domain::api_key::ApiKey;
use domain::audit::Actor;

use crate::access::photographer::{By, Photographer};
use crate::access::stores::StudioStore;
use crate::base::app::App;
use crate::base::crypto::access_token::{self, Claims};
use crate::base::identity::id_token;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::limits;
use crate::http::request::{Request, origin, request_id, route};
use crate::people::persons::{self, Person};
use crate::people::token_families::{self, TokenFamily};

/// A program whose access token is valid now.
pub(in crate::sign_in) struct Program {
    pub(super) key: ApiKey,
    pub(super) person: Person,
    pub(super) claims: Claims,
}

/// Returns issuer and audience of our tokens: our origin, and the API under it.
pub(in crate::sign_in) fn us(app: &App) -> (&str, String) {
    let issuer = app.config().public_url.as_str();
    (issuer, format!("{issuer}/v1"))
}

/// Returns the key of a family.
///
/// `None` when the key was revoked, the person left its studio, was disabled or has a new epoch, or when the family has
/// ended.
pub(in crate::sign_in) fn key_of<'a>(
    person: &'a Person,
    family: &TokenFamily,
    now: i64,
) -> Option<&'a ApiKey> {
    let is_theirs =
        family.person == person.id && family.epoch == person.epoch && !person.is_disabled;
    let key = &person.api_keys.iter().find(|stored| stored.key.id == family.api_key)?.key;
    let is_member = person.memberships.iter().any(|member| member.studio == key.studio);
    (is_theirs && is_member && family.is_good_at(now)).then_some(key)
}

/// Authenticates an access token of ours.
///
/// Reads the family, and the person with keys and memberships, in parallel with strong consistency. So an ended family,
/// a revoked key and a new epoch count at once.
pub(in crate::sign_in) async fn authenticate(app: &App, token: &str) -> Result<Program, ApiError> {
    let signed_out = |_| ApiError::SignedOut;
    let unproven = access_token::unproven(token).map_err(signed_out)?;
    let (family, person) = futures_util::try_join!(
        token_families::find(app, &unproven.family),
        persons::find(app, &unproven.person)
    )?;
    let (Some(family), Some(person)) = (family, person) else {
        return Err(ApiError::SignedOut);
    };
    let now = app.now().as_second();
    let signing = family.signing_key(&unproven.kid).ok_or(ApiError::SignedOut)?;
    let (issuer, audience) = us(app);
    let proven = access_token::prove(token, (&unproven.kid, signing), (issuer, &audience), now);
    let claims = proven.map_err(signed_out)?;
    let key = key_of(&person, &family, now).ok_or(ApiError::SignedOut)?.clone();
    Ok(Program { key, person, claims })
}

pub(in crate::sign_in) fn caller(app: &App, request: &Request, who: Actor) -> Caller {
    Caller { who, request: request_id(app, request), origin: Some(origin(request)), device: None }
}

/// Authenticates a program's token of either kind.
///
/// Our own tokens and those of identity providers differ in their algorithm, so each token has exactly one way to be
/// verified.
pub(in crate::sign_in) async fn let_in(app: &App, token: &str) -> Result<LetIn, ApiError> {
    if let Ok(said) = id_token::unproven(token) {
        return Box::pin(trusted::let_in(app, token, &said)).await;
    }
    let Program { key, person, .. } = authenticate(app, token).await?;
    Ok(LetIn { who: Actor::Program(key.id), studio: key.studio, scopes: key.scopes, person })
}

/// Authenticates a photographer's program on a route that its scopes reach.
///
/// The request has no cookie, so no other site can have sent it, and no CSRF token is required.
pub(in crate::sign_in) async fn photographer(
    app: &'static App,
    request: &Request,
    token: &str,
) -> Result<Photographer, ApiError> {
    let LetIn { who, studio, scopes, person } = let_in(app, token).await?;
    limits::request_of_a_person(app, &person.id).await?;
    let needed = routes::scope_of(&route(request));
    let needed = needed.ok_or(ApiError::Forbidden("not_for_programs"))?;
    if !scopes.contains(&needed) {
        return Err(ApiError::Forbidden("scope_missing"));
    }
    let store = StudioStore::of_program(app, &studio, caller(app, request, who));
    Ok(Photographer { store, by: By::Program(Box::new(person)) })
}
