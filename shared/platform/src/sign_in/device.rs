//! The device cookie: a browser in which a person has signed in before is told from a stranger's.
//!
//! It opens nothing. Attempts with it are counted apart, so that a stranger who locks the door for everybody
//! else does not lock out its owner (OWASP, "Device cookies"), and a sign-in without it is told by mail.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use domain::cookie;
use domain::ids::PersonId;

use crate::app::App;
use crate::crypto::ring::RingError;
use crate::http::request;
use crate::start::Request;

const NAME: &str = "__Host-pd_device";
/// Seconds a browser keeps it: 180 days.
const LIVES: i64 = 180 * 24 * 3600;

/// A device cookie that was presented. Whose it is, if anybody's, is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Device(cookie::Device);

/// The device cookie of a request, if it has the form of one of ours.
pub(super) fn read(request: &Request) -> Option<Device> {
    cookie::Device::parse(request::cookie(request, NAME)?).map(Device)
}

async fn mac(app: &App, person: &PersonId, nonce: &[u8; 16]) -> Result<[u8; 32], RingError> {
    Ok(app.ring().await?.digest("device", &[person.as_str().as_bytes(), nonce]))
}

impl Device {
    /// What attempts with it are counted by.
    pub(super) fn nonce(&self) -> &[u8; 16] {
        &self.0.nonce
    }

    /// Whether the person has signed in on it.
    pub(super) async fn is_of(&self, app: &App, person: &PersonId) -> Result<bool, RingError> {
        let expected = mac(app, person, &self.0.nonce).await?;
        Ok(verify_slices_are_equal(&expected, &self.0.mac).is_ok())
    }
}

/// The `Set-Cookie` that makes a browser a person's device.
pub(super) async fn open(app: &App, person: &PersonId) -> Result<String, RingError> {
    let nonce = app.random();
    let mac = mac(app, person, &nonce).await?;
    let value = cookie::Device { nonce, mac }.value();
    Ok(format!("{NAME}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={LIVES}"))
}
