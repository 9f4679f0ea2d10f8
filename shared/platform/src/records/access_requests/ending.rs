//! Ending an access: by the school, by its photographer, or by whoever has it. It holds from the next request on, for
//! the guests they gave a gallery to as well: every request looks at the grant.

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

/// How often an end is tried anew because the access has moved on meanwhile, by a consent or an approval, or because the
/// student's share code was replaced or revoked: an end must not fail for that.
const TRIES: u32 = 5;

impl SchoolStore {
    /// Ends an access, or a request that is on its way to one: the request, the grant, the student's current share code
    /// and the events in one transaction. Whoever is shut out like that comes back by the school's word alone. Ended
    /// once, it stays as it is, and a code that was issued since then stays good.
    ///
    /// The code ends because the mark is on one account: the same letter with a second address would be a new request.
    /// No further right is needed: every caller who sees the student may revoke the student's code.
    ///
    /// # Errors
    ///
    /// 404 if the caller sees no such request, 403 if it is another teacher's, or our own failures.
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
            // Whoever gave up, or was erased, holds nothing.
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

    /// Nobody of another class ends an access, and no teacher one that another teacher's code led to. Shutting out is
    /// everybody else's: unlike letting in, it needs nobody who knows the family.
    pub(super) fn refuse_another_teachers(&self, row: &RequestRow) -> Result<(), ApiError> {
        let is_anothers = self
            .teacher()
            .zip(row.teacher.as_ref())
            .is_some_and(|(acts, gave_out)| acts != gave_out);
        if is_anothers { Err(ApiError::Forbidden("another_teachers_code")) } else { Ok(()) }
    }
}

impl Parent {
    /// Gives an access of one's own up, or takes one that was ended off the list. The school keeps its row, and asking
    /// again with a code is as it was before: the student's share code stays good.
    ///
    /// # Errors
    ///
    /// 404 for an id that is not theirs, or not any more; 409 when it has changed meanwhile; or our own failures.
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

/// How far an access had come, for the log.
fn name(state: AccessState) -> &'static str {
    match state {
        AccessState::Requested => "requested",
        AccessState::Approved => "approved",
        AccessState::Consented => "consented",
        AccessState::Active => "active",
        AccessState::Ended => "ended",
    }
}
