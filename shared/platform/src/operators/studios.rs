//! Site administrators reach every studio: each look is in the log, the studio's own where it is one studio's.

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
        let store = StudioStore::of_operator(self.app, id.inner(), self.caller.clone());
        let event = store.event(Action::StudioOpened, store.studio_id().as_str());
        audit::record(self.app, &event).await?;
        Ok((entry, store))
    }
}
