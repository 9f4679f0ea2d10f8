//! Authentication of a district's directory: a program of the district, with a token its photographer issued.

use domain::audit::Actor;
use domain::ids::DistrictId;

use crate::access::directory::Directory;
use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::request::{Request, origin, path_id, request_id};
use crate::records::scim_tokens;
use crate::sign_in::credential::{self, Credential};

/// Authenticates the directory whose token belongs to the district in the path.
///
/// # Errors
///
/// 401 for every other token (another district's, expired, revoked or unknown) and for an unknown district: they must
/// be indistinguishable.
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
