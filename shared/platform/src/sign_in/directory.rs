//! A district's directory: a program of the district's own, let in with a token its photographer gave it.

use domain::audit::Actor;
use domain::ids::DistrictId;

use crate::access::directory::Directory;
use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::request::{Request, origin, path_id, request_id};
use crate::records::scim_tokens;
use crate::sign_in::credential::{self, Credential};

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
