//! A signed-in site administrator.

use domain::audit::{Action, Scope};
use domain::ids::OperatorId;

use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::people::operators::StoredOperator;
use crate::people::operators::sessions::StoredSession;
use crate::store::audit;

/// A signed-in site administrator. Only [`operator`] makes one: two factors were shown for it.
pub struct Operator {
    pub(crate) app: &'static App,
    pub(crate) caller: Caller,
    pub(super) stored: StoredOperator,
    pub(super) session: StoredSession,
}

impl Operator {
    /// Who it is.
    pub fn id(&self) -> &OperatorId {
        &self.stored.id
    }

    /// Writes into the platform's log that this site administrator looked at something.
    pub(crate) async fn looked(&self, did: Action, to: &str) -> Result<(), ApiError> {
        let event = self.caller.event(self.app, Scope::Platform, did, to);
        Ok(audit::record(self.app, &event).await?)
    }
}
