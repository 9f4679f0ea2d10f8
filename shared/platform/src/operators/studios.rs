//! Site administrators reach every studio: each look is in the log, the studio's own where it is one studio's.

use domain::audit::Action;
use domain::ids::StudioId;
use serde::Serialize;
use utoipa::ToSchema;

use super::Operator;
use crate::http::error::ApiError;
use crate::http::request::{Paging, Untrusted};
use crate::http::response::List;
use crate::scope::StudioStore;
use crate::table::{audit, studios};

/// A studio among all of them.
#[derive(Serialize, ToSchema)]
pub struct StudioEntry {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// Since when, to the second.
    pub created_at: String,
    /// The person who signed it up.
    pub owner_id: String,
}

impl Operator {
    /// A page of all studios, in the order of their ids.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn studios(&self, paging: Paging) -> Result<List<StudioEntry>, ApiError> {
        let page = studios::all(self.app, paging).await?;
        self.looked(Action::StudiosListed, "studios").await?;
        Ok(page)
    }

    /// One studio, whichever it is, and its handle. Its own log says who took it.
    ///
    /// # Errors
    ///
    /// 404 for an id no studio has.
    pub async fn studio(
        &self,
        id: &Untrusted<StudioId>,
    ) -> Result<(StudioEntry, StudioStore), ApiError> {
        let entry = studios::entry(self.app, id.inner()).await?.ok_or(ApiError::NotFound)?;
        let store = StudioStore::new(self.app, id.inner().clone(), self.caller.clone());
        let event = store.event(Action::StudioOpened, store.studio_id().as_str());
        audit::record(self.app, &event).await?;
        Ok((entry, store))
    }
}
