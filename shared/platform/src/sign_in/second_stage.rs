//! The state between the two stages of a sign-in: the first factor was right, and no session exists yet.
//!
//! A cookie of its own connects the two stages. It gives access to no page and no data. It names the person whose
//! second factor is expected, for ten minutes and five attempts.

use data_encoding::BASE64URL_NOPAD;
use domain::audit::Action;
use domain::ids::PersonId;
use domain::person::Portal;
use domain::second_factor::{Demand, Method, demand_after};
use domain::session::Proof;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::limits::tries::Standing;
use crate::http::request::{self, Request, header};
use crate::http::response::{Response, json, set_cookie};
use crate::mail::{Told, notices};
use crate::people::persons::{self, Person};
use crate::sign_in::arrival;
use crate::sign_in::second_factor::{
    self, PasskeyOptions, Proved, ShownFactor, TotpSecret, factor_event, wrong_code,
};
use crate::sign_in::signed_in::SignedIn;
use crate::store::change::{Change, Committed, Edit, commit, edit_one};
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::keys::{self, Key};

const COOKIE: &str = "__Host-pd_second";
/// Maximum seconds from the first factor to the second.
const LIVES: i64 = 10 * 60;
/// Attempts in one sign-in. Source: security design 3.4, five per flow.
const MOST_TRIES: i64 = 5;

/// The response to a sign-in: the session was created, or a second factor is required.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum SignInAnswer {
    /// The session was created.
    SignedIn(SignedIn),
    /// A second factor is required.
    SecondStage(SecondStage),
}

/// A second factor is required; the cookie of the second stage is set.
#[derive(Serialize, ToSchema)]
pub struct SecondStage {
    /// `second_factor`, or `second_factor_enrolment` for a person who must have a second factor and has none yet.
    status: &'static str,
    /// The available methods: `passkey`, `totp`, `recovery_code`.
    #[schema(value_type = Vec<String>)]
    methods: Vec<Method>,
}

/// Reports whether a second factor is required after this proof.
pub(super) fn is_asked(app: &App, person: &Person, portal: Portal, proof: Proof) -> bool {
    match demand_after(proof, portal, app.config().staff_second_factor) {
        Demand::Never => false,
        Demand::OfWhoeverHasOne => person.factors.has_any(),
        Demand::Always => true,
    }
}

async fn key(app: &App, token: &str) -> Result<Key, StoreError> {
    Ok(keys::second_stage(&app.ring().await?.lookup("second", token.as_bytes())))
}

/// Ends the first stage, together with `changes` (what the sign-in consumed), and sets the cookie of the second.
pub(super) async fn begin(
    app: &App,
    person: &Person,
    portal: Portal,
    proof: Proof,
    mut changes: Vec<Change>,
) -> Result<Response, ApiError> {
    let token = BASE64URL_NOPAD.encode(&app.random::<32>());
    let ends = app.now().as_second().saturating_add(LIVES);
    let row = Item::at(&key(app, &token).await?)
        .with_text("person", person.id.as_str())
        .with_json("portal", &portal)
        .with_json("proof", &proof)
        .with_number("epoch", person.epoch)
        .ending(ends);
    changes.push(Change::create(app.access()?, row)?);
    if let Committed::Refused(_) = commit(app, changes).await? {
        return Err(ApiError::Conflict("link_used_or_expired"));
    }
    let methods = person.factors.methods();
    let status = if methods.is_empty() { "second_factor_enrolment" } else { "second_factor" };
    let mut response = json(StatusCode::OK, &SecondStage { status, methods })?;
    set_cookie(
        &mut response,
        &format!("{COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={LIVES}"),
    );
    Ok(response)
}

/// A person between the two stages.
struct Waiting {
    key: Key,
    person: Person,
    portal: Portal,
    /// The proof of the first stage.
    first: Proof,
}

/// Authenticates the cookie of the second stage.
async fn waiting(app: &App, request: &Request) -> Result<Waiting, ApiError> {
    // The cookie authenticates a person, so the request must come from one of our pages.
    if header(request, "origin").is_none() {
        return Err(ApiError::Forbidden("cross_site"));
    }
    let token = request::cookie(request, COOKIE).ok_or(ApiError::SignedOut)?;
    let key = key(app, token).await?;
    let row = app.access()?.get(&key).await?.ok_or(ApiError::SignedOut)?;
    let corrupt = || StoreError::Corrupt("second stage");
    let id = row.text("person").and_then(|id| PersonId::parse(&id).ok()).ok_or_else(corrupt)?;
    let person = persons::find(app, &id).await?.ok_or(ApiError::SignedOut)?;
    let ends: i64 = row.number("ends").ok_or_else(corrupt)?;
    let is_good = app.now().as_second() < ends
        && row.number("epoch") == Some(person.epoch)
        && !person.is_disabled;
    if !is_good {
        return Err(ApiError::SignedOut);
    }
    let portal = row.json("portal").ok_or_else(corrupt)?;
    let first = row.json("proof").ok_or_else(corrupt)?;
    Ok(Waiting { key, person, portal, first })
}

impl Waiting {
    /// Counts an attempt before it is checked; after the last one the sign-in must start again.
    async fn count(&self, app: &App) -> Result<(), ApiError> {
        let edit = Edit::default().exists().expect_over("tries", MOST_TRIES - 1).add("tries", 1);
        if edit_one(app, app.access()?, &self.key, edit).await? {
            return Ok(());
        }
        Err(ApiError::SignedOut)
    }

    /// Creates the session with the second proof.
    ///
    /// Of two parallel requests with the same proof, one succeeds.
    async fn enter(
        self,
        app: &App,
        caller: &Caller,
        mut proved: Proved,
    ) -> Result<Response, ApiError> {
        let (proof, mut changes) = (proved.proof, std::mem::take(&mut proved.changes));
        changes.push(Change::delete(app.access()?, &self.key)?);
        let entered = arrival::enter(app, caller, &self.person, self.portal, proof, changes).await;
        proved.into_outcome(app, entered.is_ok()).await?;
        let mut response = match entered {
            Err(ApiError::Conflict(_)) => return Err(wrong_code()),
            entered => entered?,
        };
        notices::tell_of_used(app, &self.person.id, proof).await?;
        set_cookie(
            &mut response,
            &format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"),
        );
        Ok(response)
    }
}

/// Checks the second factor and creates the session.
///
/// # Errors
///
/// 401 when no second stage is open, or after five attempts; 422 for a factor that does not match; 429 after ten codes
/// in an hour by callers who have proven the same before.
pub async fn show_second_factor(
    app: &'static App,
    caller: &Caller,
    request: &Request,
    shown: &ShownFactor,
) -> Result<Response, ApiError> {
    let waiting = waiting(app, request).await?;
    waiting.count(app).await?;
    let person = &waiting.person;
    let standing = Standing::first_factor(app, caller, &person.id, waiting.first).await?;
    let shown = (shown, Action::SignedIn);
    let proved = second_factor::check(app, caller, person, shown, &standing).await?;
    waiting.enter(app, caller, proved).await
}

/// Returns the request options for a passkey in the second stage.
///
/// # Errors
///
/// 401 when no second stage is open; 409 `no_passkey` for a person without one.
pub async fn options_of_second_stage(
    app: &'static App,
    request: &Request,
) -> Result<PasskeyOptions, ApiError> {
    let waiting = waiting(app, request).await?;
    second_factor::options_of(app, &waiting.person).await
}

/// Creates a secret for a person who must have a second factor and has none yet.
///
/// # Errors
///
/// 401 when no second stage is open; 409 for a person who has a second factor: it must be shown, not replaced.
pub async fn begin_enrolment(app: &'static App, request: &Request) -> Result<TotpSecret, ApiError> {
    let waiting = without_factor(app, request).await?;
    second_factor::begin_for(app, &waiting.person).await
}

/// Verifies the first code of the new secret, and creates the session.
///
/// # Errors
///
/// As [`show_second_factor`]; 409 for a person who has a second factor, or when no secret is waiting.
pub async fn finish_enrolment(
    app: &'static App,
    caller: &Caller,
    request: &Request,
    code: &str,
) -> Result<Response, ApiError> {
    let mut waiting = without_factor(app, request).await?;
    waiting.count(app).await?;
    let (person, portal) = (waiting.person.id.clone(), waiting.portal);
    let mut changes = second_factor::changes_of_first(app, &waiting.person, code).await?;
    let (did, method) = (Action::SecondFactorAdded, Method::Totp);
    changes.push(factor_event(app, caller, &waiting.person, did, method).await?);
    // Sessions opened before the second factor was required become invalid.
    changes.push(persons::end_older_sessions(app, &waiting.person)?);
    waiting.person.epoch = waiting.person.epoch.saturating_add(1);
    let response = waiting.enter(app, caller, Proved::new(Proof::Totp, changes)).await?;
    Told::SecondFactorAdded { person, method, portal }.send(app).await?;
    Ok(response)
}

async fn without_factor(app: &App, request: &Request) -> Result<Waiting, ApiError> {
    let waiting = waiting(app, request).await?;
    if waiting.person.factors.has_any() {
        return Err(ApiError::Conflict("second_factor_exists"));
    }
    Ok(waiting)
}
