//! Sessions: hashed at rest, ended by idleness, by age, by the person's epoch, by signing out.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use domain::audit::Action;
use domain::ids::{PersonId, SessionId, StudioId};
use domain::person::Portal;
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;

use crate::app::App;
use crate::http::error::ApiError;
use crate::http::response::{json, no_content, set_cookie};
use crate::scope::Caller;
use crate::sign_in::cookie::{self, Presented};
use crate::sign_in::{Visitor, csrf, scope_of};
use crate::start::Response;
use crate::table::change::{Edit, edit_one};
use crate::table::item::number;
use crate::table::people::{self, Person};
use crate::table::{Change, Committed, Item, StoreError, audit, commit, keys};

/// A session that is good now.
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) portal: Portal,
    pub(crate) studio: Option<StudioId>,
    pub(crate) csrf: [u8; 32],
    pub(crate) ends: i64,
}

/// Seconds without a request after which a session is over, and seconds after which it is over in any case.
///
/// Source: control B12: idle 30 minutes (parents 24 hours), absolute 12 hours (parents 30 days).
const fn lifetimes(portal: Portal) -> (i64, i64) {
    match portal {
        Portal::Photographer | Portal::School => (30 * 60, 12 * 3600),
        Portal::Admin => (15 * 60, 12 * 3600),
        Portal::Parent => (24 * 3600, 30 * 24 * 3600),
    }
}

/// `last_seen` is written at most this often, in seconds.
const SEEN_EVERY: i64 = 300;

/// The answer to a sign-in.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SignedIn {
    /// Always `signed_in`; a second factor will be the other word.
    status: &'static str,
    /// What writes carry in `X-CSRF-Token`.
    csrf_token: String,
    /// Who signed in.
    person: PersonView,
}

/// A person as they see themselves.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PersonView {
    /// The id.
    pub id: String,
    /// The address.
    pub email: String,
}

/// Looks a presented cookie up. One parallel stage: the session, and the person with all hats.
pub(super) async fn authenticate(
    app: &App,
    portal: Portal,
    presented: &Presented,
) -> Result<(Session, Person), ApiError> {
    let key = keys::session(&presented.session);
    let access = app.access()?;
    let (row, person) =
        futures_util::try_join!(access.get(&key), people::find(app, &presented.person))?;
    let (Some(row), Some(person)) = (row, person) else {
        return Err(ApiError::SignedOut);
    };
    let now = app.now().as_second();
    let session = read(&row, &presented.session)?;
    let hash = hash(app, presented).await?;
    let stored = row.bytes("hash").ok_or(StoreError::Corrupt("session"))?;
    let seen: i64 = row.number("last_seen").ok_or(StoreError::Corrupt("session"))?;
    let (idle, _) = lifetimes(portal);
    let is_good = verify_slices_are_equal(&hash, stored).is_ok()
        && session.portal == portal
        && row.text("person").as_deref() == Some(person.id.as_str())
        && row.number::<u32>("generation") == Some(presented.generation)
        && row.number::<u32>("epoch") == Some(person.epoch)
        && now < session.ends
        && now.saturating_sub(seen) < idle;
    if !is_good {
        return Err(ApiError::SignedOut);
    }
    if now.saturating_sub(seen) >= SEEN_EVERY {
        // Whether this one or a parallel request writes it makes no difference.
        let edit = Edit::default().exists().set("last_seen", number(now));
        edit_one(app, access, &key, edit).await?;
    }
    Ok((session, person))
}

fn read(row: &Item, id: &SessionId) -> Result<Session, StoreError> {
    let corrupt = || StoreError::Corrupt("session");
    let studio = row.text("studio").map(|id| StudioId::parse(&id)).transpose();
    Ok(Session {
        id: id.clone(),
        portal: row.json("portal").ok_or_else(corrupt)?,
        studio: studio.map_err(|_| corrupt())?,
        csrf: row.bytes("csrf").and_then(|b| b.try_into().ok()).ok_or_else(corrupt)?,
        ends: row.number("ends").ok_or_else(corrupt)?,
    })
}

/// Only this is kept of a cookie: a dump of the table opens nothing.
async fn hash(app: &App, presented: &Presented) -> Result<[u8; 32], StoreError> {
    let generation = presented.generation.to_be_bytes();
    let parts = [presented.session.as_str().as_bytes(), &generation, &presented.secret];
    Ok(app.ring().await?.digest("session", &parts))
}

/// Opens a session together with `changes` (what was consumed for it), and answers with the cookie.
pub(super) async fn open(
    app: &App,
    caller: &Caller,
    person: &Person,
    portal: Portal,
    mut changes: Vec<Change>,
) -> Result<Response, ApiError> {
    let now = app.now().as_second();
    let (_, absolute) = lifetimes(portal);
    let ends = now.saturating_add(absolute);
    let secret_of_csrf = app.random::<32>();
    let presented = Presented {
        person: person.id.clone(),
        session: SessionId::from_random(app.random()),
        generation: 0,
        secret: app.random(),
    };
    let mut row = Item::at(&keys::session(&presented.session))
        .with_bytes("hash", hash(app, &presented).await?.to_vec())
        .with_text("person", person.id.as_str())
        .with_json("portal", &portal)
        .with_number("generation", 0)
        .with_number("epoch", person.epoch)
        .with_bytes("csrf", secret_of_csrf.to_vec())
        .with_number("last_seen", now)
        .with_number("ends", ends)
        .with_number("ttl", ends);
    if portal == Portal::Photographer {
        let studio = person.memberships.first().ok_or(ApiError::SignInRefused)?;
        row = row.with_text("studio", studio.studio.as_str());
    }
    let event = caller.event(app, scope_of(person), Action::SignedIn, person.id.as_str());
    changes.push(Change::create(app.access()?, row)?);
    changes.push(audit::add(app, &event).await?);
    if let Committed::Refused(_) = commit(app, changes).await? {
        return Err(ApiError::Conflict("link_used_or_expired"));
    }
    let answer = SignedIn {
        status: "signed_in",
        csrf_token: csrf::token(app, &secret_of_csrf),
        person: PersonView {
            id: person.id.to_string(),
            email: person.email(app).await?.as_str().to_owned(),
        },
    };
    let mut response = json(StatusCode::OK, &answer)?;
    set_cookie(&mut response, &cookie::open(portal, &presented));
    Ok(response)
}

/// Signs out: the session is gone at the next request.
///
/// # Errors
///
/// When the store fails.
pub async fn end_session(visitor: &Visitor) -> Result<Response, ApiError> {
    let app = visitor.app;
    let event = visitor.caller.event(
        app,
        scope_of(&visitor.person),
        Action::SignedOut,
        visitor.person.id.as_str(),
    );
    let key = keys::session(&visitor.session.id);
    let changes =
        vec![Change::delete_if_there(app.access()?, &key)?, audit::add(app, &event).await?];
    commit(app, changes).await?;
    let mut response = no_content();
    set_cookie(&mut response, &cookie::close(visitor.session.portal));
    Ok(response)
}

/// Who is signed in, as `GET /v1/session` says it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SessionView {
    /// The person.
    pub person: PersonView,
    /// `photographer`, `school`, `parent` or `admin`.
    pub portal: String,
    /// How sure we are: `aal1`.
    pub assurance: &'static str,
    /// What writes carry in `X-CSRF-Token`.
    pub csrf_token: String,
    /// When the session is over in any case.
    pub expires_at: String,
    /// The photographer's studio.
    pub studio: Option<StudioView>,
    /// Whether a parent has still to accept the current consent.
    pub consent_needed: bool,
}

/// A studio as its members see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StudioView {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
}

impl Visitor {
    /// Who is signed in.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn view(&self) -> Result<SessionView, ApiError> {
        let studio = match &self.session.studio {
            None => None,
            Some(id) => crate::table::studios::find(self.app, id)
                .await?
                .map(|studio| StudioView { id: studio.id.to_string(), name: studio.name.into() }),
        };
        let expires_at = Timestamp::from_second(self.session.ends).unwrap_or(Timestamp::MAX);
        let is_parent = self.session.portal == Portal::Parent;
        Ok(SessionView {
            person: PersonView {
                id: self.person.id.to_string(),
                email: self.person.email(self.app).await?.as_str().to_owned(),
            },
            portal: self.session.portal.name().to_owned(),
            assurance: "aal1",
            csrf_token: csrf::token(self.app, &self.session.csrf),
            expires_at: expires_at.to_string(),
            studio,
            consent_needed: is_parent
                && !self.person.has_consented(&domain::consent::PARENT_ACCESS),
        })
    }
}

/// Only used where a person is known by id alone.
pub(super) async fn person_or_refuse(app: &App, id: &PersonId) -> Result<Person, ApiError> {
    people::find(app, id).await?.ok_or(ApiError::Conflict("link_used_or_expired"))
}
