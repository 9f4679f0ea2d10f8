//! A signed-in site administrator.

use domain::audit::{Action, Scope};
use domain::ids::OperatorId;

use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::people::operators::StoredOperator;
use crate::people::operators::sessions::StoredSession;
use crate::store::audit;

/// A signed-in site administrator.
///
/// Created by [`super::operator()`] only: two factors were shown for the session.
pub struct Operator {
    pub(crate) app: &'static App,
    pub(crate) caller: Caller,
    pub(super) stored: StoredOperator,
    pub(super) session: StoredSession,
}

impl Operator {
    /// Returns the site administrator's id.
    pub fn id(&self) -> &OperatorId {
        &self.stored.id
    }

    /// Records in the platform's audit log that this site administrator has read something.
    pub(crate) async fn looked(&self, did: Action, to: &str) -> Result<(), ApiError> {
        let event = self.caller.event(self.app, Scope::Platform, did, to);
        Ok(audit::record(self.app, &event).await?)
    }
}
