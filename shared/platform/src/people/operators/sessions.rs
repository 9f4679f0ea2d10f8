//! Site administrators' sessions, in the administrator's partition.

use domain::ids::{OperatorId, SessionId};
use domain::session::{Generations, Proof};

use crate::base::app::App;
use crate::people::sessions::Trace;
use crate::store::change::{Change, Edit, edit_one};
use crate::store::error::StoreError;
use crate::store::item::{Item, number};
use crate::store::keys;

/// A session as stored; only a keyed hash of the cookie is kept.
pub(crate) struct StoredSession {
    pub(crate) id: SessionId,
    pub(crate) csrf: [u8; 32],
    pub(crate) hash: [u8; 32],
    pub(crate) generations: Generations,
    pub(crate) epoch: u32,
    /// In Unix seconds: the last request seen, when the session expires in any case, when a second factor was given.
    pub(crate) last_seen: i64,
    pub(crate) ends: i64,
    pub(crate) proved_at: i64,
    pub(crate) is_stolen: bool,
}

/// The data of a new session.
pub(crate) struct NewSession<'a> {
    pub(crate) operator: &'a OperatorId,
    pub(crate) id: &'a SessionId,
    pub(crate) csrf: [u8; 32],
    pub(crate) hash: [u8; 32],
    pub(crate) epoch: u32,
    pub(crate) now: i64,
    pub(crate) ends: i64,
    /// The factor that was given besides the password.
    pub(crate) proof: Proof,
}

/// Returns the change that stores a new session.
pub(crate) fn create(app: &App, new: &NewSession<'_>) -> Result<Change, StoreError> {
    let item = Item::at(&keys::operators::session(new.operator, new.id))
        .with_bytes("csrf", new.csrf.to_vec())
        .with_bytes("hash", new.hash.to_vec())
        .with_number("generation", Generations::FIRST.current)
        .with_number("epoch", new.epoch)
        .with_number("opened", new.now)
        .with_number("last_seen", new.now)
        .with_json("proof", &new.proof)
        .with_number("proved", new.now)
        .ending(new.ends);
    Change::create(app.operators()?, item)
}

/// Finds a session.
pub(crate) async fn find(
    app: &App,
    operator: &OperatorId,
    id: &SessionId,
) -> Result<Option<StoredSession>, StoreError> {
    let row = app.operators()?.get(&keys::operators::session(operator, id)).await?;
    row.map(|row| read(id, &row)).transpose()
}

fn read(id: &SessionId, row: &Item) -> Result<StoredSession, StoreError> {
    let corrupt = || StoreError::Corrupt("session");
    let array = |name: &str| row.bytes(name).and_then(|b| b.try_into().ok()).ok_or_else(corrupt);
    let seconds = |name: &str| row.number::<i64>(name).ok_or_else(corrupt);
    Ok(StoredSession {
        id: id.clone(),
        csrf: array("csrf")?,
        hash: array("hash")?,
        generations: Generations {
            current: row.number("generation").ok_or_else(corrupt)?,
            acknowledged_at: row.number("acknowledged"),
        },
        epoch: row.number("epoch").ok_or_else(corrupt)?,
        last_seen: seconds("last_seen")?,
        ends: seconds("ends")?,
        proved_at: seconds("proved")?,
        is_stolen: row.number::<i64>("stolen").is_some(),
    })
}

/// Writes the trace of an authenticated request.
pub(crate) async fn leave(
    app: &App,
    operator: &OperatorId,
    id: &SessionId,
    trace: &Trace,
) -> Result<(), StoreError> {
    let key = keys::operators::session(operator, id);
    edit_one(app, app.operators()?, &key, trace.edit()).await?;
    Ok(())
}

/// Returns the change that marks a session as used by two parties.
pub(crate) fn mark_stolen(
    app: &App,
    operator: &OperatorId,
    id: &SessionId,
) -> Result<Change, StoreError> {
    let edit = Edit::default().exists().set("stolen", number(app.now().as_second()));
    Change::edit(app.operators()?, &keys::operators::session(operator, id), edit)
}

/// Returns the change that deletes a session. The session must exist, so that of two parallel deletions one succeeds.
pub(crate) fn remove(
    app: &App,
    operator: &OperatorId,
    id: &SessionId,
) -> Result<Change, StoreError> {
    Change::delete(app.operators()?, &keys::operators::session(operator, id))
}

/// Returns the change that deletes a session if it exists.
pub(crate) fn end(app: &App, operator: &OperatorId, id: &SessionId) -> Result<Change, StoreError> {
    Change::delete_if_there(app.operators()?, &keys::operators::session(operator, id))
}
