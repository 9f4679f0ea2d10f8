//! The device cookie: a browser in which somebody has signed in before is told from a stranger's.
//!
//! It opens nothing. Tries with it are counted apart, so that a stranger who locks a door for everybody else does not
//! lock out its owner (OWASP, "Device cookies"), and a sign-in without it is told by mail. Site administrators have one
//! of their own, under their own key.
//!
//! A cookie says what was shown where it was given: a first factor, or a second one as well. Whoever has only the first
//! can have as many cookies of the former kind as they like, so that those count no codes apart.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use domain::cookie;
use domain::ids::{Id, Kind};
use domain::session::{Assurance, Proof};

use crate::base::app::App;
use crate::base::crypto::ring::{KeyRing, RingError};
use crate::http::request::{self, Request};

/// Seconds a browser keeps it: 180 days.
const LIVES: i64 = 180 * 24 * 3600;

/// Of which kind of account a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeviceOf {
    /// A person's.
    Person,
    /// A site administrator's.
    Operator,
}

/// What its owner had shown when a browser became their device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shown {
    /// A first factor.
    FirstFactor,
    /// A second one as well.
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

    /// As the session's: nothing leads to the site administrators' pages.
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

    /// The `Set-Cookie` that makes a browser an account's device.
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

/// A device cookie that was presented. Whose it is, if anybody's, is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Device {
    of: DeviceOf,
    cookie: cookie::Device,
}

/// The device cookie of a request, if it has the form of one of ours.
pub(crate) fn read(request: &Request, of: DeviceOf) -> Option<Device> {
    let cookie = cookie::Device::parse(request::cookie(request, of.cookie())?)?;
    Some(Device { of, cookie })
}

impl Device {
    /// What tries with it are counted by.
    pub(crate) fn nonce(&self) -> &[u8; 16] {
        &self.cookie.nonce
    }

    /// What the owner of an account had shown when it became their device; `None` when it is not theirs.
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
