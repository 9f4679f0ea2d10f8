//! The list of a school's imports, newest first.

use domain::ids::{ImportId, SchoolId};

use crate::access::stores::StudioStore;
use crate::records::roster_imports::import::RosterImport;
use crate::store::change::Change;
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::page::{List, Paging, cursor};
use crate::store::{keys, student_keys};

impl StudioStore {
    /// Builds the change that lists an import at its school.
    pub(super) fn list_import(&self, import: &RosterImport) -> Result<Change, StoreError> {
        let created = import.created_at.as_second();
        let at = keys::roster_entry(&self.studio, &import.school_id, created, &import.id);
        Change::put(self.app.records()?, Item::at(&at).with_text("import", import.id.as_str()))
    }

    /// Returns a page of a school's imports, newest first.
    ///
    /// # Errors
    ///
    /// When the store fails, or the cursor is of another list.
    pub(super) async fn imports_of(
        &self,
        school: &SchoolId,
        paging: Paging,
    ) -> Result<List<RosterImport>, StoreError> {
        let table = self.app.records()?;
        let partition = keys::school_partition(&self.studio, school);
        let (key, page) = futures_util::try_join!(
            student_keys::of_studio(self.app, &self.studio),
            table.page(&partition, keys::ROSTER_ENTRIES, paging.after, paging.limit),
        )?;
        let id_of = |item: &Item| {
            let id = item.text("import").ok_or(StoreError::Corrupt("roster entry"))?;
            ImportId::parse(&id).map_err(|_| StoreError::Corrupt("roster entry"))
        };
        let ids = page.items.iter().map(id_of).collect::<Result<Vec<_>, _>>()?;
        let wanted: Vec<_> = ids.iter().map(|id| keys::roster_import(&self.studio, id)).collect();
        let found = table.get_many(&wanted).await?;
        let mut items = Vec::with_capacity(found.len());
        for (id, at) in ids.iter().zip(&wanted) {
            let partition = Some(at.pk.as_str());
            let row = found.iter().find(|row| row.text("PK").as_deref() == partition);
            let row = row.ok_or(StoreError::Corrupt("roster entry"))?;
            items.push(RosterImport::read(row, &key, id)?);
        }
        Ok(List { items, next_cursor: page.next.as_deref().map(cursor) })
    }
}
