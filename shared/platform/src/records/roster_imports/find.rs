//! Reads one import of a studio, and builds the audit events about it.

use domain::audit::Action;
use domain::ids::ImportId;

use crate::access::stores::StudioStore;
use crate::records::roster_imports::import::RosterImport;
use crate::records::roster_imports::state::Written;
use crate::store::error::StoreError;
use crate::store::untrusted::Untrusted;
use crate::store::{keys, student_keys};

impl StudioStore {
    /// Returns the roster import with this id, or `None` if the studio has no such import.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn roster_import(
        &self,
        id: &Untrusted<ImportId>,
    ) -> Result<Option<RosterImport>, StoreError> {
        self.import_by_id(id.inner()).await
    }

    pub(super) async fn import_by_id(
        &self,
        id: &ImportId,
    ) -> Result<Option<RosterImport>, StoreError> {
        let Some(item) = self.app.records()?.get(&keys::roster_import(&self.studio, id)).await?
        else {
            return Ok(None);
        };
        let key = student_keys::of_studio(self.app, &self.studio).await?;
        RosterImport::read(&item, &key, id).map(Some)
    }

    /// Reads an import again that existed a moment ago; no code deletes one.
    pub(super) async fn import_again(&self, id: &ImportId) -> Result<RosterImport, StoreError> {
        self.import_by_id(id).await?.ok_or(StoreError::Corrupt("roster import"))
    }

    /// Builds an audit event about an import, with its counts.
    pub(super) fn import_event(
        &self,
        did: Action,
        import: &ImportId,
        written: Written,
    ) -> domain::audit::AuditEvent {
        let Written { added, changed, left, kept, left_out } = written;
        let mut event = self.event(did, import.as_str());
        event.details = Some(format!(
            "added {added}, changed {changed}, left {left}, kept {kept}, left out {left_out}"
        ));
        event
    }
}
