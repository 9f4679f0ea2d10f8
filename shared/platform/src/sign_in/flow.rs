//! The flow cookie: identifies the browser that requested a code.

use domain::cookie;

use crate::http::request::{self, Request};
use crate::people::sign_in_flows::{FlowSecret, LIVES_SECONDS};

const NAME: &str = "__Host-pd_flow";

/// The sign-in flow that a request belongs to.
pub struct Flow(pub(super) FlowSecret);

impl Flow {
    /// Parses the flow cookie; `None` when it is absent or malformed.
    pub fn of(request: &Request) -> Option<Self> {
        cookie::Flow::parse(request::cookie(request, NAME)?).map(|flow| Self(flow.secret))
    }
}

/// Returns the `Set-Cookie` header that begins a flow.
pub(super) fn open(secret: &FlowSecret) -> String {
    let value = cookie::Flow { secret: *secret }.value();
    format!("{NAME}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={LIVES_SECONDS}")
}

/// Returns the `Set-Cookie` header that deletes the flow cookie.
pub(super) fn close() -> String {
    format!("{NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}
