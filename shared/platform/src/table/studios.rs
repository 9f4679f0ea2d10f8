//! Studios.

use domain::ids::StudioId;
use domain::studio::Studio;

use crate::app::App;
use crate::scope::StudioStore;
use crate::table::{Item, StoreError, keys};

pub(crate) fn item(studio: &Studio) -> Item {
    Item::at(&keys::studio(&studio.id)).with_json("studio", studio)
}

/// The studio of an id this system made itself.
pub(crate) async fn find(app: &App, id: &StudioId) -> Result<Option<Studio>, StoreError> {
    let Some(item) = app.records()?.get(&keys::studio(id)).await? else {
        return Ok(None);
    };
    item.json("studio").map(Some).ok_or(StoreError::Corrupt("studio"))
}

impl StudioStore {
    /// The studio itself.
    ///
    /// # Errors
    ///
    /// When it cannot be read or is gone.
    pub async fn studio(&self) -> Result<Studio, StoreError> {
        find(self.app, &self.studio).await?.ok_or(StoreError::Corrupt("studio"))
    }
}
