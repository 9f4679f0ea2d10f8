//! A caller before sign-in.

use domain::audit::Actor;

use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::device::{self, DeviceOf};
use crate::http::error::ApiError;
use crate::http::request::{Request, origin, request_id};
use crate::sign_in::csrf;

/// Returns the unauthenticated caller of a request, after the cross-site check.
///
/// # Errors
///
/// 403 for a cross-site request.
pub fn stranger(app: &'static App, request: &Request) -> Result<Caller, ApiError> {
    csrf::check_source(app, request)?;
    Ok(Caller {
        who: Actor::Nobody,
        request: request_id(app, request),
        origin: Some(origin(request)),
        device: device::read(request, DeviceOf::Person),
    })
}
