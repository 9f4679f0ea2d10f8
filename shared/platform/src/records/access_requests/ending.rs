//! Ends an access: by the school, by its photographer, or by the person who has it.
//!
//! The end takes effect with the next request, also for guests of the person's galleries, because every request
//! checks the grant.

use domain::access::{AccessEvent, AccessState};
use domain::audit::Action;
use domain::ids::AccessRequestId;

use crate::access::parent::Parent;
use crate::access::stores::SchoolStore;
use crate::http::error::ApiError;
use crate::people::held;
use crate::records::access_requests::request::{RequestRow, ended_now, request_id};
use crate::store::change::{Change, Committed, commit};
use crate::store::item::json;
use crate::store::untrusted::Untrusted;
use crate::store::{audit, keys};

/// Attempts to end an access when another write interferes.
///
/// A consent or an approval can change the access, and the student's share code can be replaced or revoked. Ending
/// must not fail because of that.
const TRIES: u32 = 5;

impl SchoolStore {
    /// Ends an access, or a request for one.
    ///
    /// One transaction changes the request, the grant and the student's current share code, and writes the events.
    /// The person needs the school's approval to get access again. Ending an ended access changes nothing: a code
    /// issued since then stays valid.
    ///
    /// The code is revoked because the end is recorded for one account only: the same letter with a second e-mail
    /// address would be a new request. No further right is needed: every caller who sees the student may revoke the
    /// student's code.
    ///
    /// # Errors
    ///
    /// 404 if the caller sees no such request, 403 if it belongs to another teacher, or internal failures.
    pub async fn end_access(&self, id: &Untrusted<AccessRequestId>) -> Result<(), ApiError> {
        let store = &self.store;
        let (app, table) = (store.app, store.app.records()?);
        let key = keys::access_request(&store.studio, id.inner());
        for _ in 0..TRIES {
            let row = self.request_row(id).await?;
            self.refuse_another_teachers(&row)?;
            let Some(after) = row.held.after(AccessEvent::End) else {
                return Ok(());
            };
            let mut event = store.event(Action::AccessEnded, id.inner().as_str());
            event.details = Some(format!("{} of {}", name(row.held.state), row.person));
            let edit = || held::edit(row.held, after);
            let ended = edit().set("ended", ended_now(app));
            let mut changes = vec![Change::edit(table, &key, ended)?];
            // A person who gave the access up, or was erased, has no grant row.
            let grant = keys::grant(&row.person, &row.student);
            if table.get(&grant).await?.is_some() {
                changes.push(Change::edit(table, &grant, edit())?);
            }
            changes.push(audit::add(app, &event).await?);
            changes.extend(self.end_current_share_code(&row.student).await?);
            if commit(app, changes).await? == Committed::Yes {
                return Ok(());
            }
        }
        Err(ApiError::Conflict("wrong_state"))
    }

    /// Rejects a teacher if another teacher's share code led to the request.
    ///
    /// All other callers who see the request may end the access: unlike approval, ending needs no knowledge of the
    /// family.
    pub(super) fn refuse_another_teachers(&self, row: &RequestRow) -> Result<(), ApiError> {
        let is_anothers = self
            .teacher()
            .zip(row.teacher.as_ref())
            .is_some_and(|(acts, gave_out)| acts != gave_out);
        if is_anothers { Err(ApiError::Forbidden("another_teachers_code")) } else { Ok(()) }
    }
}

impl Parent {
    /// Gives up one of the person's own accesses, or removes an ended one from their list.
    ///
    /// The school keeps its row. The student's share code stays valid, and the person can request access again with a
    /// code under the same rules as before.
    ///
    /// # Errors
    ///
    /// 404 for an id that is not theirs, or no longer is; 409 when it has changed in the meantime; or internal
    /// failures.
    pub async fn give_up(&self, id: &Untrusted<AccessRequestId>) -> Result<(), ApiError> {
        let (visitor, id) = (self.visitor(), id.inner());
        let (app, person) = (visitor.app, &visitor.person);
        let table = app.records()?;
        let mut theirs = None;
        for grant in &person.grants {
            let is_of_school = grant.school.parent_part() == id.parent_part();
            if is_of_school
                && request_id(app, &grant.school, &person.id, &grant.student).await? == *id
            {
                theirs = Some(grant);
            }
        }
        let grant = theirs.ok_or(ApiError::NotFound)?;
        let state = json(&grant.held.state);
        let key = keys::grant(&person.id, &grant.student);
        let mut changes = vec![Change::delete_expecting(table, &key, "state", state)?];
        if let Some(after) = grant.held.after(AccessEvent::GiveUp) {
            let edit = held::edit(grant.held, after).set("ended", ended_now(app));
            changes.push(Change::edit(table, &keys::access_request(&grant.studio, id), edit)?);
        }
        let scope = domain::audit::Scope::Studio(grant.studio.clone());
        let mut event = visitor.caller.event(app, scope, Action::AccessGivenUp, id.as_str());
        event.details = Some(name(grant.held.state).to_owned());
        changes.push(audit::add(app, &event).await?);
        match commit(app, changes).await? {
            Committed::Yes => Ok(()),
            Committed::Refused(_) => Err(ApiError::Conflict("wrong_state")),
        }
    }
}

/// Returns the state of an access for the audit log.
fn name(state: AccessState) -> &'static str {
    match state {
        AccessState::Requested => "requested",
        AccessState::Approved => "approved",
        AccessState::Consented => "consented",
        AccessState::Active => "active",
        AccessState::Ended => "ended",
    }
}
