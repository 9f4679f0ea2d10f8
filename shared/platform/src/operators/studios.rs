//! Access of site administrators to every studio.
//!
//! Each read is in an audit log: in the studio's own where it concerns one studio.

use crate::records::studios::StudioEntry;
use domain::audit::Action;
use domain::ids::StudioId;

use crate::access::stores::StudioStore;
use crate::http::error::ApiError;
use crate::operators::operator::Operator;
use crate::records::studios;
use crate::store::audit;
use crate::store::page::{List, Paging};
use crate::store::untrusted::Untrusted;

impl Operator {
    /// Returns a page of all studios, ordered by id.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn studios(&self, paging: Paging) -> Result<List<StudioEntry>, ApiError> {
        let page = studios::all(self.app, paging).await?;
        self.looked(Action::StudiosListed, "studios").await?;
        Ok(page)
    }

    /// Returns any one studio and its store. The studio's own audit log records who opened it.
    ///
    /// # Errors
    ///
    /// 404 for an unknown id.
    pub async fn studio(
        &self,
        id: &Untrusted<StudioId>,
    ) -> Result<(StudioEntry, StudioStore), ApiError> {
        let entry = studios::entry(self.app, id.inner()).await?.ok_or(ApiError::NotFound)?;
        let store = StudioStore::of_operator(self.app, id.inner(), self.caller.clone());
        let event = store.event(Action::StudioOpened, store.studio_id().as_str());
        audit::record(self.app, &event).await?;
        Ok((entry, store))
    }
}
