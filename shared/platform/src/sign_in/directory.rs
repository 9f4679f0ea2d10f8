//! A district's directory: a program of the district's own, let in with a token its photographer gave it.

use domain::audit::{Action, Actor, AuditEvent, Scope};
use domain::ids::{DistrictId, StudioId};

use crate::app::App;
use crate::http::error::ApiError;
use crate::http::request::{origin, path_id};
use crate::scope::Caller;
use crate::sign_in::credential::{self, Credential};
use crate::start::{Request, request_id};
use crate::table::scim_tokens;

/// The handle for the people of one district, and of no other.
pub struct Directory {
    pub(crate) app: &'static App,
    pub(crate) district: DistrictId,
    pub(crate) studio: StudioId,
    caller: Caller,
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

/// The directory whose token a request carries, if it is one of the district in the path.
///
/// # Errors
///
/// 401 for every other token, whether it is another district's, over, or nobody's, and for every district
/// that is not there: what is not the token's own is not to be told apart.
pub async fn directory(app: &'static App, request: &Request) -> Result<Directory, ApiError> {
    let token = match credential::of(request)? {
        Credential::Bearer(token) => token,
        Credential::Cookie | Credential::Guest(_) => return Err(ApiError::SignedOut),
    };
    let district = path_id(request, "district").map_err(|_| ApiError::SignedOut)?;
    let district: DistrictId = district.inner().clone();
    let spoken = scim_tokens::find(app, &district, token).await?.ok_or(ApiError::SignedOut)?;
    let who = Actor::Directory(spoken.token);
    let (request, origin) = (request_id(app, request), Some(origin(request)));
    let caller = Caller { who, request, origin, device: None };
    Ok(Directory { app, district, studio: spoken.studio, caller })
}
