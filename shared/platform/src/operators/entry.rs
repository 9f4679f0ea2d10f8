//! Authentication of site administrators: the first lines of every handler of theirs.

use super::operator::Operator;
use super::session;
use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::device::{self, DeviceOf};
use crate::http::error::ApiError;
use crate::http::limits;
use crate::http::request::{Request, origin, request_id};
use crate::http::response::renew_cookie;
use crate::sign_in::{cookie, credential, csrf};
use domain::audit::Actor;
use domain::ids::OperatorKind;
use domain::person::Portal;

/// Returns the unauthenticated caller at the site administrators' sign-in, after the cross-site check.
///
/// The browser is recognised by the device cookie of site administrators only.
///
/// # Errors
///
/// 403 for a cross-site request.
pub fn stranger(app: &'static App, request: &Request) -> Result<Caller, ApiError> {
    let device = device::read(request, DeviceOf::Operator);
    Ok(Caller { device, ..crate::sign_in::stranger(app, request)? })
}

/// Authenticates the signed-in site administrator.
///
/// # Errors
///
/// 401 without a valid session; 403 for a write that may come from another site.
pub async fn operator(app: &'static App, request: &Request) -> Result<Operator, ApiError> {
    credential::cookie_only(request)?;
    csrf::check_source(app, request)?;
    let presented = cookie::read_of::<OperatorKind>(request, Portal::Admin);
    let presented = presented.ok_or(ApiError::SignedOut)?;
    let caller = Caller {
        who: Actor::Operator(presented.person.clone()),
        request: request_id(app, request),
        origin: Some(origin(request)),
        device: None,
    };
    let found = session::authenticate(app, &caller, &presented).await?;
    limits::request_of_a_person(app, &found.stored.id).await?;
    csrf::check_token(app, request, &found.session.csrf)?;
    if let Some(cookie) = found.renewed {
        renew_cookie(request, cookie);
    }
    Ok(Operator { app, caller, stored: found.stored, session: found.session })
}
