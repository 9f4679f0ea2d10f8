//! A studio's programs: let in with a key, working with short tokens, within the scopes of the key; or with the
//! tokens of an identity provider that the studio's owner trusts.

mod exchange;
mod refresh_token;
mod routes;
mod trusted;

use std::collections::BTreeSet;

use domain::api_key::{ApiKey, Scope};
use domain::audit::Actor;
use domain::ids::StudioId;

pub use exchange::{Grant, Tokens, end_tokens, exchange};
pub use routes::ROUTES;

use crate::app::App;
use crate::crypto::access_token::{self, Claims};
use crate::http::error::ApiError;
use crate::http::request::{origin, route};
use crate::identity::id_token;
use crate::limits;
use crate::scope::{Caller, StudioStore};
use crate::sign_in::{By, Photographer};
use crate::start::{Request, request_id};
use crate::table::people::Person;
use crate::table::token_families::TokenFamily;
use crate::table::{people, token_families};

/// A program whose token is good now.
struct Program {
    key: ApiKey,
    person: Person,
    claims: Claims,
}

/// Who made our tokens and for what: our origin, and the API under it.
fn us(app: &App) -> (&str, String) {
    let issuer = app.config().public_url.as_str();
    (issuer, format!("{issuer}/v1"))
}

/// The key a family belongs to, while the person has it, belongs to its studio and has not ended everything.
fn key_of<'a>(person: &'a Person, family: &TokenFamily, now: i64) -> Option<&'a ApiKey> {
    let is_theirs =
        family.person == person.id && family.epoch == person.epoch && !person.is_disabled;
    let key = &person.api_keys.iter().find(|stored| stored.key.id == family.api_key)?.key;
    let is_member = person.memberships.iter().any(|member| member.studio == key.studio);
    (is_theirs && is_member && family.is_good_at(now)).then_some(key)
}

/// Looks a presented token up. One parallel stage, strongly consistent: the family, and the person with
/// keys and hats. A family that ended, a key that was revoked, a person's new epoch are seen at once.
async fn authenticate(app: &App, token: &str) -> Result<Program, ApiError> {
    let signed_out = |_| ApiError::SignedOut;
    let unproven = access_token::unproven(token).map_err(signed_out)?;
    let (family, person) = futures_util::try_join!(
        token_families::find(app, &unproven.family),
        people::find(app, &unproven.person)
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

fn caller(app: &App, request: &Request, who: Actor) -> Caller {
    Caller { who, request: request_id(app, request), origin: Some(origin(request)), device: None }
}

/// A program that is let in, whatever it showed.
struct LetIn {
    who: Actor,
    studio: StudioId,
    scopes: BTreeSet<Scope>,
    /// Whose program it is.
    person: Person,
}

/// Our own tokens and those of identity providers differ in their algorithm: each kind has one way to be proven,
/// and none has two.
async fn let_in(app: &App, token: &str) -> Result<LetIn, ApiError> {
    if let Ok(said) = id_token::unproven(token) {
        return Box::pin(trusted::let_in(app, token, &said)).await;
    }
    let Program { key, person, .. } = authenticate(app, token).await?;
    Ok(LetIn { who: Actor::Program(key.id), studio: key.studio, scopes: key.scopes, person })
}

/// A photographer's program, on a route that its scopes reach. There is no cookie, so no other site can have
/// sent the request, and no CSRF token is asked for.
pub(super) async fn photographer(
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
    let store = StudioStore::new(app, studio, caller(app, request, who));
    Ok(Photographer { store, by: By::Program(Box::new(person)) })
}
