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

use crate::app::App;
use crate::crypto::ring::{KeyRing, RingError};
use crate::http::request;
use crate::start::Request;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    FirstFactor,
    SecondFactor,
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
    ) -> Result<String, RingError> {
        self.open_after(app, account, Shown::FirstFactor).await
    }

    /// The same where a second factor was shown.
    pub(crate) async fn open_after_second_factor<K: Kind>(
        self,
        app: &App,
        account: &Id<K>,
    ) -> Result<String, RingError> {
        self.open_after(app, account, Shown::SecondFactor).await
    }

    async fn open_after<K: Kind>(
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

    /// Whether the owner of an account has signed in on it.
    pub(crate) async fn is_of<K: Kind>(
        &self,
        app: &App,
        account: &Id<K>,
    ) -> Result<bool, RingError> {
        Ok(self.is_after(app, account, Shown::FirstFactor).await?
            || self.has_shown_second_factor(app, account).await?)
    }

    /// Whether the owner of an account has shown a second factor on it.
    pub(crate) async fn has_shown_second_factor<K: Kind>(
        &self,
        app: &App,
        account: &Id<K>,
    ) -> Result<bool, RingError> {
        self.is_after(app, account, Shown::SecondFactor).await
    }

    async fn is_after<K: Kind>(
        &self,
        app: &App,
        account: &Id<K>,
        shown: Shown,
    ) -> Result<bool, RingError> {
        let expected = self.of.mac(app, account, (&self.cookie.nonce, shown)).await?;
        Ok(verify_slices_are_equal(&expected, &self.cookie.mac).is_ok())
    }
}
