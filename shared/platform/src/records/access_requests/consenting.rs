//! Consent: moves every grant that waits for it to its next state.

use domain::access::{AccessEvent, Held};
use domain::audit::{Action, Scope};
use domain::consent::ConsentDocument;
use domain::person::AccessGrant;

use crate::access::visitor::Visitor;
use crate::http::error::ApiError;
use crate::people::held;
use crate::records::access_requests::request::request_id;
use crate::store::change::{Change, Committed, MOST_CHANGES, commit};
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::{audit, keys};

/// Grants per transaction: two rows each, plus one row for the consent and one for the audit event.
const GRANTS_AT_ONCE: usize = (MOST_CHANGES - 2) / 2;

impl Visitor {
    /// Returns whether this person has agreed to a document's current wording.
    pub fn has_consented(&self, document: &ConsentDocument) -> bool {
        self.person.has_consented(document)
    }

    /// Records the person's consent to a document and moves every waiting grant and its request on.
    ///
    /// Grants are processed in chunks that fit a transaction, each with its audit event. The last chunk also stores
    /// the consent: until then nothing is shown, and an interrupted caller is prompted again and continues.
    ///
    /// # Errors
    ///
    /// 409 when a grant changed in the meantime, or internal failures.
    pub async fn consent(&self, document: &ConsentDocument) -> Result<(), ApiError> {
        let (app, person) = (self.app, &self.person);
        let table = app.records()?;
        let studio = person.grants.first().map(|grant| grant.studio.clone());
        let scope = studio.map_or(Scope::Platform, Scope::Studio);
        let grants = person.grants.iter();
        let waiting: Vec<(&AccessGrant, Held)> = grants
            .filter_map(|grant| Some((grant, grant.held.after(AccessEvent::Consent)?)))
            .collect();
        let mut left = waiting.as_slice();
        loop {
            let (now, rest) = left.split_at(left.len().min(GRANTS_AT_ONCE));
            left = rest;
            let id = person.id.as_str();
            let mut event = self.caller.event(app, scope.clone(), Action::ConsentGiven, id);
            event.details = Some(format!("{} {}", document.name, document.version));
            let mut changes = vec![audit::add(app, &event).await?];
            changes.extend(self.moved_on(now).await?);
            if left.is_empty() {
                let consent = Item::at(&keys::consent(&person.id, document.name))
                    .with_text("version", document.version)
                    .with_text("at", app.now().to_string());
                changes.push(Change::put(table, consent)?);
            }
            if let Committed::Refused(_) = commit(app, changes).await? {
                return Err(ApiError::Conflict("wrong_state"));
            }
            if left.is_empty() {
                return Ok(());
            }
        }
    }

    /// Builds the changes that move grants and their requests to the next state.
    async fn moved_on(&self, waiting: &[(&AccessGrant, Held)]) -> Result<Vec<Change>, StoreError> {
        let (app, person) = (self.app, &self.person.id);
        let table = app.records()?;
        let mut changes = Vec::with_capacity(2 * waiting.len());
        for (grant, after) in waiting {
            let request = request_id(app, &grant.school, person, &grant.student).await?;
            for key in
                [keys::grant(person, &grant.student), keys::access_request(&grant.studio, &request)]
            {
                changes.push(Change::edit(table, &key, held::edit(grant.held, *after))?);
            }
        }
        Ok(changes)
    }
}
