//! Sessions: rows of the `access` table, in the partition of their person, so that one query lists them.

use domain::audit::Origin;
use domain::ids::{PersonId, SessionId, StudioId};
use domain::person::Portal;
use domain::session::{Assurance, Generations, Proof};

use crate::base::app::App;
use crate::base::crypto::data_key::DataKey;
use crate::people::persons::Person;
use crate::store::change::{Change, Edit, edit_one};
use crate::store::error::StoreError;
use crate::store::item::{Item, number};
use crate::store::keys::{self, Key};

/// A session as stored.
///
/// Only a keyed hash of the cookie is kept, so a dump of the table opens no session.
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) portal: Portal,
    pub(crate) studio: Option<StudioId>,
    pub(crate) csrf: [u8; 32],
    /// The hash of the newest generation's secret.
    pub(crate) hash: [u8; 32],
    pub(crate) generations: Generations,
    /// The person's epoch when the session was created.
    pub(crate) epoch: u32,
    /// In Unix seconds: when it was created, the last request seen, when it expires in any case.
    pub(crate) opened_at: i64,
    pub(crate) last_seen: i64,
    pub(crate) ends: i64,
    pub(crate) proof: Proof,
    pub(crate) assurance: Assurance,
    /// When the last factor was given, in Unix seconds.
    pub(crate) proved_at: i64,
    /// Two parties used the session. It is invalid, and the person is told at the next sign-in.
    pub(crate) is_stolen: bool,
    sealed_origin: Vec<u8>,
}

/// The data of a new session.
pub(crate) struct NewSession<'a> {
    pub(crate) id: SessionId,
    pub(crate) person: &'a Person,
    pub(crate) portal: Portal,
    pub(crate) studio: Option<&'a StudioId>,
    pub(crate) csrf: [u8; 32],
    pub(crate) hash: [u8; 32],
    pub(crate) now: i64,
    pub(crate) ends: i64,
    pub(crate) proof: Proof,
    pub(crate) origin: &'a Origin,
}

fn origin_place(session: &SessionId) -> [&str; 3] {
    ["access", session.as_str(), "origin"]
}

/// Creates the row of a new session; its origin is encrypted with the person's key.
pub(crate) fn item(new: &NewSession<'_>, key: &DataKey) -> Item {
    item_at(&keys::session(&new.person.id, &new.id), new, key)
}

/// Creates the same row with another key.
pub(crate) fn item_at(at: &Key, new: &NewSession<'_>, key: &DataKey) -> Item {
    let origin = serde_json::to_vec(new.origin).unwrap_or_default();
    let mut row = Item::at(at)
        .with_bytes("hash", new.hash.to_vec())
        .with_json("portal", &new.portal)
        .with_number("generation", Generations::FIRST.current)
        .with_number("epoch", new.person.epoch)
        .with_bytes("csrf", new.csrf.to_vec())
        .with_number("opened", new.now)
        .with_number("last_seen", new.now)
        .ending(new.ends)
        .with_json("proof", &new.proof)
        .with_json("assurance", &new.proof.assurance())
        .with_number("proved", new.now)
        .with_bytes("origin", key.seal(&origin_place(&new.id), &origin));
    if let Some(studio) = new.studio {
        row = row.with_text("studio", studio.as_str());
    }
    row
}

pub(crate) fn read(row: &Item, id: SessionId) -> Result<Session, StoreError> {
    let corrupt = || StoreError::Corrupt("session");
    let array = |name: &str| row.bytes(name).and_then(|b| b.try_into().ok()).ok_or_else(corrupt);
    let seconds = |name: &str| row.number::<i64>(name).ok_or_else(corrupt);
    let studio = row.text("studio").map(|id| StudioId::parse(&id)).transpose();
    Ok(Session {
        id,
        portal: row.json("portal").ok_or_else(corrupt)?,
        studio: studio.map_err(|_| corrupt())?,
        csrf: array("csrf")?,
        hash: array("hash")?,
        generations: Generations {
            current: row.number("generation").ok_or_else(corrupt)?,
            acknowledged_at: row.number("acknowledged"),
        },
        epoch: row.number("epoch").ok_or_else(corrupt)?,
        opened_at: seconds("opened")?,
        last_seen: seconds("last_seen")?,
        ends: seconds("ends")?,
        proof: row.json("proof").ok_or_else(corrupt)?,
        assurance: row.json("assurance").ok_or_else(corrupt)?,
        proved_at: seconds("proved")?,
        is_stolen: row.number::<i64>("stolen").is_some(),
        sealed_origin: row.bytes("origin").ok_or_else(corrupt)?.to_vec(),
    })
}

/// Returns the change that keeps one session valid when the person's epoch increases by one.
///
/// A person who changes the password while signed in stays signed in in this session only.
pub(crate) fn outlive_epoch(
    app: &App,
    person: &Person,
    session: &Session,
) -> Result<Change, StoreError> {
    let edit = Edit::default()
        .expect("epoch", number(person.epoch))
        .set("epoch", number(person.epoch.saturating_add(1)));
    Change::edit(app.access()?, &keys::session(&person.id, &session.id), edit)
}

impl Session {
    /// Decrypts the origin from which the session was created.
    pub(crate) fn origin(&self, key: &DataKey) -> Result<Origin, StoreError> {
        let plain = key.open(&origin_place(&self.id), &self.sealed_origin)?;
        serde_json::from_slice(&plain).map_err(|_| StoreError::Corrupt("session"))
    }
}

/// Finds one session of a person.
pub(crate) async fn find(
    app: &App,
    person: &PersonId,
    id: &SessionId,
) -> Result<Option<Session>, StoreError> {
    let row = app.access()?.get(&keys::session(person, id)).await?;
    row.map(|row| read(&row, id.clone())).transpose()
}

/// Returns all sessions of a person, invalid ones too, and the version of the set.
pub(crate) async fn all(app: &App, person: &PersonId) -> Result<(Vec<Session>, Set), StoreError> {
    let corrupt = || StoreError::Corrupt("session");
    let rows = app.access()?.all(&keys::person_partition(person), keys::SESSIONS).await?;
    let mut sessions = Vec::new();
    let mut set = Set { version: None };
    for row in &rows {
        let sk = row.text("SK").ok_or_else(corrupt)?;
        match sk.split_once('#') {
            Some((_, id)) => {
                let id = SessionId::parse(id).map_err(|_| corrupt())?;
                sessions.push(read(row, id)?);
            }
            None => set.version = row.number("version"),
        }
    }
    Ok((sessions, set))
}

/// The version of a person's set of sessions.
///
/// Each creation of a session expects it unchanged, so that the limit on their number holds under parallel sign-ins.
pub(crate) struct Set {
    version: Option<u64>,
}

impl Set {
    /// Has the person had no session yet?
    pub(crate) fn is_new(&self) -> bool {
        self.version.is_none()
    }

    /// Returns the change that increases the version. Of two parallel creations, one fails and must read again.
    pub(crate) fn moves_on(&self, app: &App, person: &PersonId) -> Result<Change, StoreError> {
        let next = self.version.map_or(0, |version| version.wrapping_add(1));
        let edit = Edit::default().set("version", number(next));
        let edit = match self.version {
            Some(version) => edit.expect("version", number(version)),
            None => edit.expect_absent("version"),
        };
        Change::edit(app.access()?, &keys::session_set(person), edit)
    }
}

/// The data that an authenticated request writes to its session's row.
pub(crate) struct Trace {
    /// The stored generations. When a parallel request has changed them, this write is skipped.
    pub(crate) from: Generations,
    /// The new generations, and the hash of a new secret if there is one.
    pub(crate) to: Option<(Generations, [u8; 32])>,
    /// The time in Unix seconds.
    pub(crate) now: i64,
}

/// Writes the trace. It does not matter whether this or a parallel request writes it.
pub(crate) async fn leave(app: &App, key: &Key, trace: &Trace) -> Result<(), StoreError> {
    edit_one(app, app.access()?, key, trace.edit()).await?;
    Ok(())
}

impl Trace {
    /// Returns the edit of the session's row.
    pub(crate) fn edit(&self) -> Edit {
        let mut edit = Edit::default()
            .set("last_seen", number(self.now))
            .expect("generation", number(self.from.current));
        if let Some((to, hash)) = self.to {
            edit = match self.from.acknowledged_at {
                Some(at) => edit.expect("acknowledged", number(at)),
                None => edit.expect_absent("acknowledged"),
            };
            edit = match to.acknowledged_at {
                Some(at) => edit.set("acknowledged", number(at)),
                None => edit
                    .set("generation", number(to.current))
                    .set("hash", crate::store::item::bytes(&hash))
                    .remove("acknowledged"),
            };
        }
        edit
    }
}

/// Returns the change that marks a session as used by two parties.
pub(crate) fn mark_stolen(app: &App, key: &Key, now: i64) -> Result<Change, StoreError> {
    Change::edit(app.access()?, key, Edit::default().exists().set("stolen", number(now)))
}

/// Returns the change that deletes a session if it exists.
pub(crate) fn remove(app: &App, person: &PersonId, id: &SessionId) -> Result<Change, StoreError> {
    Change::delete_if_there(app.access()?, &keys::session(person, id))
}

/// Is a session valid, apart from how long it was idle?
pub(crate) fn is_open(session: &Session, person: &Person, now: i64) -> bool {
    !session.is_stolen && !person.is_disabled && session.epoch == person.epoch && now < session.ends
}
