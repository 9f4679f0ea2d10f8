//! Roster imports as whoever decides about a school's roster reaches them: its administrators and its
//! photographers.

use domain::ids::ImportId;
use domain::roster::Mapping;

use crate::http::error::ApiError;
use crate::http::request::{Paging, Untrusted};
use crate::http::response::List;
use crate::scope::{ManagedSchool, StudioStore};
use crate::sign_in::SchoolVisitor;
use crate::table::StoreError;
use crate::table::roster_imports::{ImportRow, RosterImport, RowList, Turned, Uploaded};

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

    /// Writes it to the school.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn apply(self) -> Result<Turned, StoreError> {
        self.store.apply_import(self.import).await
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
        mapping: Option<&Mapping>,
    ) -> Result<Uploaded, StoreError> {
        self.at.store.upload_roster(id, &self.at.school, file, mapping).await
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
