//! Access to one district's directory people, and to no other district's.

use domain::audit::{Action, AuditEvent, Scope};
use domain::ids::{DistrictId, StudioId};

use crate::base::app::App;
use crate::http::caller::Caller;

/// Handle for the directory people of one district, and of no other.
pub struct Directory {
    pub(crate) app: &'static App,
    pub(crate) district: DistrictId,
    pub(crate) studio: StudioId,
    pub(crate) caller: Caller,
}

impl Directory {
    /// Returns the process-wide state: AWS clients, configuration, clock.
    pub fn app(&self) -> &'static App {
        self.app
    }

    /// Returns the district's id.
    pub fn district_id(&self) -> &DistrictId {
        &self.district
    }

    /// Builds an audit event in the studio's log.
    pub(crate) fn event(&self, did: Action, to: impl Into<String>) -> AuditEvent {
        self.caller.event(self.app, Scope::Studio(self.studio.clone()), did, to)
    }
}
