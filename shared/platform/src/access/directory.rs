//! The store of a district's directory: its people and no other district's.

use domain::audit::{Action, AuditEvent, Scope};
use domain::ids::{DistrictId, StudioId};

use crate::base::app::App;
use crate::http::caller::Caller;

/// The handle for the people of one district, and of no other.
pub struct Directory {
    pub(crate) app: &'static App,
    pub(crate) district: DistrictId,
    pub(crate) studio: StudioId,
    pub(crate) caller: Caller,
}

impl Directory {
    /// The clients, the names and the time.
    pub fn app(&self) -> &'static App {
        self.app
    }

    /// The district.
    pub fn district_id(&self) -> &DistrictId {
        &self.district
    }

    /// An event in the studio's log.
    pub(crate) fn event(&self, did: Action, to: impl Into<String>) -> AuditEvent {
        self.caller.event(self.app, Scope::Studio(self.studio.clone()), did, to)
    }
}
