//! Site administrators: an authentication system of their own.
//!
//! Their credentials, sessions and keys share nothing with the portals' but the rules: another table, another
//! ring, another cookie, functions whose roles nobody else has. There is no session with one factor: whoever
//! signs in shows the password and a code in one request, and learns nothing of which of them was wrong, or a passkey,
//! which is two.

mod enrolment;
mod factor;
mod passkey;
mod people;
mod session;
mod sign_in;
mod step_up;
mod studios;
mod view;

use domain::audit::{Action, Actor, Scope};
use domain::ids::{OperatorId, OperatorKind};
use domain::person::Portal;

pub use enrolment::{
    Invited, NewSecret, begin_enrolment, finish_enrolment, invite, invite_by_operator,
};
pub use factor::ShownCode;
pub use passkey::{
    OperatorPasskeyEntry, OperatorPasskeySignIn, begin_passkey, finish_passkey, passkey_options,
    remove_passkey, sign_in_by_passkey,
};
pub use people::{MemberOf, PersonEntry, act_as, set_disabled};
pub use session::end_session;
pub use sign_in::sign_in;
pub use step_up::FreshOperator;
pub use studios::StudioEntry;
pub use view::{Enrolled, OperatorSession, OperatorSignedIn};

use crate::app::App;
use crate::http::error::ApiError;
use crate::http::request::origin;
use crate::limits;
use crate::scope::Caller;
use crate::sign_in::{DeviceOf, cookie, credential, csrf, device};
use crate::start::{Request, renew_cookie, request_id};
use crate::table::audit;
use crate::table::operators::StoredOperator;
use crate::table::operators::sessions::StoredSession;

/// A signed-in site administrator. Only [`operator`] makes one: two factors were shown for it.
pub struct Operator {
    pub(crate) app: &'static App,
    pub(crate) caller: Caller,
    stored: StoredOperator,
    session: StoredSession,
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

/// Whoever comes to the site administrators' door, checked for requests another site may have sent. The browser is
/// known by a cookie of this door alone.
///
/// # Errors
///
/// 403 for a cross-site request.
pub fn stranger(app: &'static App, request: &Request) -> Result<Caller, ApiError> {
    let device = device::read(request, DeviceOf::Operator);
    Ok(Caller { device, ..crate::sign_in::stranger(app, request)? })
}

/// The site administrator who is signed in.
///
/// # Errors
///
/// 401 without a good session; 403 for a write that another site may have sent.
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
