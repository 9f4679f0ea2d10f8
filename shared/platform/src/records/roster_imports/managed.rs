//! Roster imports for a school's administrators and its photographers: those who decide about its roster.

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

/// The handle for one import.
pub struct ManagedImport {
    store: StudioStore,
    import: RosterImport,
}

impl ManagedImport {
    /// How it stands.
    pub fn import(&self) -> &RosterImport {
        &self.import
    }

    /// A page of its rows.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn rows(&self, list: RowList, paging: Paging) -> Result<List<ImportRow>, StoreError> {
        self.store.import_rows(&self.import, list, paging).await
    }

    /// The first rows of the file and the names as read; `None` before it was read.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn sample(&self) -> Result<Option<ImportSample>, StoreError> {
        self.store.sample_of(&self.import).await
    }

    /// Says that the file is in storage.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn arrived(self) -> Result<RosterArrival, StoreError> {
        self.store.roster_arrived(self.import).await
    }

    /// Decides about a row in conflict.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn decide(&self, row: u32, decision: RowDecision) -> Result<Decided, StoreError> {
        self.store.decide_row(&self.import, row, decision).await
    }

    /// Writes it to the school. `confirm_left` repeats how many students leave.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn apply(self, confirm_left: Option<usize>) -> Result<Turned, StoreError> {
        self.store.apply_import(self.import, confirm_left).await
    }

    /// Takes it back.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn undo(self) -> Result<Turned, StoreError> {
        self.store.undo_import(self.import).await
    }
}

impl ManagedSchool {
    /// Reads a roster into a preview.
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

    /// Registers a roster file that goes to storage.
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

    /// A page of the school's imports, newest first.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn roster_imports(&self, paging: Paging) -> Result<List<RosterImport>, StoreError> {
        self.at.store.imports_of(&self.at.school.id, paging).await
    }
}

impl SchoolVisitor {
    /// The import of an id, if it is of a school whose roster is theirs to decide about.
    ///
    /// # Errors
    ///
    /// 404 for any other.
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
