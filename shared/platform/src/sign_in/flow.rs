//! The flow cookie: which browser asked for a code.

use domain::cookie;

use crate::http::request::{self, Request};
use crate::people::sign_in_flows::{FlowSecret, LIVES_SECONDS};

const NAME: &str = "__Host-pd_flow";

/// The flow a request belongs to, if it says so.
pub struct Flow(pub(super) FlowSecret);

impl Flow {
    /// The flow cookie of a request, if it has the form of one of ours.
    pub fn of(request: &Request) -> Option<Self> {
        cookie::Flow::parse(request::cookie(request, NAME)?).map(|flow| Self(flow.secret))
    }
}

/// The `Set-Cookie` that begins a flow.
pub(super) fn open(secret: &FlowSecret) -> String {
    let value = cookie::Flow { secret: *secret }.value();
    format!("{NAME}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={LIVES_SECONDS}")
}

/// The `Set-Cookie` that forgets it.
pub(super) fn close() -> String {
    format!("{NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}
