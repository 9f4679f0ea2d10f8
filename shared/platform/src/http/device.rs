//! The device cookie: distinguishes a browser in which the account's owner has signed in from a stranger's.
//!
//! It authorizes nothing. Attempts with it are counted separately, so that a stranger who locks an account for
//! others does not lock out its owner (OWASP, "Device cookies"). A sign-in without it is reported by e-mail. Site
//! administrators have a device cookie of their own, under their own key.
//!
//! A cookie says what was proven when it was set: a first factor, or a second one as well. The first factor alone is
//! enough to get any number of cookies of the former kind, so those do not give codes a separate counter.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use domain::cookie;
use domain::ids::{Id, Kind};
use domain::session::{Assurance, Proof};

use crate::base::app::App;
use crate::base::crypto::ring::{KeyRing, RingError};
use crate::http::request::{self, Request};

/// Seconds until the cookie expires: 180 days.
const LIVES: i64 = 180 * 24 * 3600;

/// The kind of account that a device belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeviceOf {
    /// A person's account.
    Person,
    /// A site administrator's account.
    Operator,
}

/// What the owner had proven when the cookie was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shown {
    /// A first factor.
    FirstFactor,
    /// A second factor as well.
    SecondFactor,
}

impl From<Proof> for Shown {
    fn from(proof: Proof) -> Self {
        match proof.assurance() {
            Assurance::Aal1 => Self::FirstFactor,
            Assurance::Aal2 => Self::SecondFactor,
        }
    }
}

impl Shown {
    const fn label(self) -> &'static str {
        match self {
            Self::FirstFactor => "device",
            Self::SecondFactor => "device-second-factor",
        }
    }
}

impl DeviceOf {
    const fn cookie(self) -> &'static str {
        match self {
            Self::Person => "__Host-pd_device",
            Self::Operator => "__Host-pd_admin_device",
        }
    }

    /// Returns the `SameSite` attribute, as for the session cookie: no other site links to the administrators' pages.
    const fn same_site(self) -> &'static str {
        match self {
            Self::Person => "Lax",
            Self::Operator => "Strict",
        }
    }

    async fn ring(self, app: &App) -> Result<&KeyRing, RingError> {
        match self {
            Self::Person => app.ring().await,
            Self::Operator => app.operators_ring().await,
        }
    }

    async fn mac<K: Kind>(
        self,
        app: &App,
        account: &Id<K>,
        (nonce, shown): (&[u8; 16], Shown),
    ) -> Result<[u8; 32], RingError> {
        Ok(self.ring(app).await?.digest(shown.label(), &[account.as_str().as_bytes(), nonce]))
    }

    /// Returns the `Set-Cookie` value that makes a browser an account's device.
    pub(crate) async fn open<K: Kind>(
        self,
        app: &App,
        account: &Id<K>,
        shown: Shown,
    ) -> Result<String, RingError> {
        let nonce = app.random();
        let mac = self.mac(app, account, (&nonce, shown)).await?;
        let (name, same_site) = (self.cookie(), self.same_site());
        let value = cookie::Device { nonce, mac }.value();
        Ok(format!(
            "{name}={value}; Path=/; Secure; HttpOnly; SameSite={same_site}; Max-Age={LIVES}"
        ))
    }
}

/// A device cookie that a request carries. It is not verified for any account yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Device {
    of: DeviceOf,
    cookie: cookie::Device,
}

/// Parses the device cookie of a request; `None` when it does not have our form.
pub(crate) fn read(request: &Request, of: DeviceOf) -> Option<Device> {
    let cookie = cookie::Device::parse(request::cookie(request, of.cookie())?)?;
    Some(Device { of, cookie })
}

impl Device {
    /// The number that identifies this device in a counter's key.
    pub(crate) fn nonce(&self) -> &[u8; 16] {
        &self.cookie.nonce
    }

    /// Returns what the owner had proven when the cookie was set; `None` when the cookie is not this account's.
    pub(super) async fn shown<K: Kind>(
        &self,
        app: &App,
        account: &Id<K>,
    ) -> Result<Option<Shown>, RingError> {
        for shown in [Shown::SecondFactor, Shown::FirstFactor] {
            let expected = self.of.mac(app, account, (&self.cookie.nonce, shown)).await?;
            if verify_slices_are_equal(&expected, &self.cookie.mac).is_ok() {
                return Ok(Some(shown));
            }
        }
        Ok(None)
    }
}
