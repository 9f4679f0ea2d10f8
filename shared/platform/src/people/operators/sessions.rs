//! Site administrators' sessions, beside them in their own table.

use domain::ids::{OperatorId, SessionId};
use domain::session::{Generations, Proof};

use crate::base::app::App;
use crate::people::sessions::Trace;
use crate::store::change::{Change, Edit, edit_one};
use crate::store::error::StoreError;
use crate::store::item::{Item, number};
use crate::store::keys;

/// A session as it is stored: of the cookie only a keyed hash.
pub(crate) struct StoredSession {
    pub(crate) id: SessionId,
    pub(crate) csrf: [u8; 32],
    pub(crate) hash: [u8; 32],
    pub(crate) generations: Generations,
    pub(crate) epoch: u32,
    /// Seconds: when a request was last seen, when it ends in any case, when a second factor was shown.
    pub(crate) last_seen: i64,
    pub(crate) ends: i64,
    pub(crate) proved_at: i64,
    pub(crate) is_stolen: bool,
}

/// What a new session is made of.
pub(crate) struct NewSession<'a> {
    pub(crate) operator: &'a OperatorId,
    pub(crate) id: &'a SessionId,
    pub(crate) csrf: [u8; 32],
    pub(crate) hash: [u8; 32],
    pub(crate) epoch: u32,
    pub(crate) now: i64,
    pub(crate) ends: i64,
    /// What was shown beside the password.
    pub(crate) proof: Proof,
}

/// The change that keeps a new session.
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

/// One session.
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

/// Writes what an authenticated request leaves.
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

/// The change that marks a session as used by two parties.
pub(crate) fn mark_stolen(
    app: &App,
    operator: &OperatorId,
    id: &SessionId,
) -> Result<Change, StoreError> {
    let edit = Edit::default().exists().set("stolen", number(app.now().as_second()));
    Change::edit(app.operators()?, &keys::operators::session(operator, id), edit)
}

/// The change that removes a session; it must be there, so that of two who do it one wins.
pub(crate) fn remove(
    app: &App,
    operator: &OperatorId,
    id: &SessionId,
) -> Result<Change, StoreError> {
    Change::delete(app.operators()?, &keys::operators::session(operator, id))
}

/// The change that removes a session, if it is still there.
pub(crate) fn end(app: &App, operator: &OperatorId, id: &SessionId) -> Result<Change, StoreError> {
    Change::delete_if_there(app.operators()?, &keys::operators::session(operator, id))
}
