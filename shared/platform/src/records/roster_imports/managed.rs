//! Roster imports for the callers who decide about a school's roster: its administrators and its photographers.

use crate::records::roster_imports::wishes::RosterWishes;
use domain::ids::ImportId;
use domain::roster::RowDecision;

use crate::access::school_staff::SchoolVisitor;
use crate::access::stores::{ManagedSchool, StudioStore};
use crate::http::error::ApiError;
use crate::records::roster_imports::decide::Decided;
use crate::records::roster_imports::import::RosterImport;
use crate::records::roster_imports::rows::{ImportRow, RowList};
use crate::records::roster_imports::sample::ImportSample;
use crate::records::roster_imports::upload::{Registered, RosterArrival, RosterUpload, Uploaded};
use crate::records::roster_imports::work::Turned;
use crate::store::error::StoreError;
use crate::store::page::{List, Paging};
use crate::store::untrusted::Untrusted;

/// Handle for one import.
pub struct ManagedImport {
    store: StudioStore,
    import: RosterImport,
}

impl ManagedImport {
    /// Returns the import's stored state.
    pub fn import(&self) -> &RosterImport {
        &self.import
    }

    /// Returns a page of the import's rows.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn rows(&self, list: RowList, paging: Paging) -> Result<List<ImportRow>, StoreError> {
        self.store.import_rows(&self.import, list, paging).await
    }

    /// Returns the file's first rows and the names as read; `None` before the file was read.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn sample(&self) -> Result<Option<ImportSample>, StoreError> {
        self.store.sample_of(&self.import).await
    }

    /// Reports that the client has uploaded the file to storage.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn arrived(self) -> Result<RosterArrival, StoreError> {
        self.store.roster_arrived(self.import).await
    }

    /// Stores a decision about a row in conflict.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn decide(&self, row: u32, decision: RowDecision) -> Result<Decided, StoreError> {
        self.store.decide_row(&self.import, row, decision).await
    }

    /// Applies the import to the school; `confirm_left` repeats the number of students who leave.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn apply(self, confirm_left: Option<usize>) -> Result<Turned, StoreError> {
        self.store.apply_import(self.import, confirm_left).await
    }

    /// Undoes the import.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn undo(self) -> Result<Turned, StoreError> {
        self.store.undo_import(self.import).await
    }
}

impl ManagedSchool {
    /// Reads a roster file and creates its preview.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn upload_roster(
        &self,
        id: ImportId,
        file: &[u8],
        wishes: RosterWishes,
    ) -> Result<Uploaded, StoreError> {
        self.at.store.upload_roster(id, &self.at.school, file, wishes).await
    }

    /// Registers a roster file that the client uploads to storage.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn register_roster(
        &self,
        id: ImportId,
        upload: &RosterUpload,
        wishes: RosterWishes,
    ) -> Result<Registered, StoreError> {
        self.at.store.register_roster(id, &self.at.school, upload, wishes).await
    }

    /// Returns a page of the school's imports, newest first.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn roster_imports(&self, paging: Paging) -> Result<List<RosterImport>, StoreError> {
        self.at.store.imports_of(&self.at.school.id, paging).await
    }
}

impl SchoolVisitor {
    /// Returns the import with this id, if the caller may decide about its school's roster.
    ///
    /// # Errors
    ///
    /// 404 for every other import.
    pub async fn roster_import(&self, id: &Untrusted<ImportId>) -> Result<ManagedImport, ApiError> {
        match self {
            Self::Photographer(photographer) => {
                let store = photographer.store.again();
                let import = store.roster_import(id).await?.ok_or(ApiError::NotFound)?;
                Ok(ManagedImport { store, import })
            }
            Self::Staff(staff) => {
                for (store, school) in staff.administers() {
                    let import = store.roster_import(id).await?;
                    if let Some(import) = import.filter(|import| import.school_id == *school) {
                        return Ok(ManagedImport { store, import });
                    }
                }
                Err(ApiError::NotFound)
            }
        }
    }
}
