//! Rate limits, counted in the `access` table, so that all processes count together.
//!
//! Rows are keyed by a keyed hash, so the table contains no IP or e-mail address. Each limit and subject has its own
//! row, so no caller can overload a partition that others use. Request counts have one row per window, which is not
//! read again after the window.
//!
//! Requests and e-mails are counted here, attempts at a credential in [`tries`].

mod standing;
pub(crate) mod tries;

use std::net::IpAddr;

use domain::ids::{Id, Kind};

use crate::base::app::App;
use crate::base::config::Limits;
use crate::http::error::ApiError;
use crate::store::change::{Edit, edit_one};
use crate::store::error::StoreError;
use crate::store::item::number;
use crate::store::keys::{self, Key};

/// A rate limit: `most` times in `seconds`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    name: &'static str,
    most: u32,
    seconds: i64,
}

impl Limit {
    /// Creates another rate limit.
    pub(crate) const fn new(name: &'static str, most: u32, seconds: i64) -> Self {
        Self { name, most, seconds }
    }

    /// Requests from one IP address.
    fn requests_of_an_address(limits: &Limits) -> Self {
        Self { name: "address", most: limits.requests_a_minute, seconds: 60 }
    }

    /// Requests by one person.
    fn requests_of_a_person(limits: &Limits) -> Self {
        Self { name: "person", most: limits.requests_an_hour, seconds: 3600 }
    }

    /// Returns the edit that counts the first of a window.
    fn first(&self, now: i64) -> Edit {
        self.counted(Edit::default().set("n", number(1)), now).expect_over("ends", now)
    }

    /// Returns the edit that counts another in a window, if the limit is not reached.
    fn again(&self, now: i64) -> Edit {
        let edit = self.counted(Edit::default().add("n", 1), now).expect_above("ends", now);
        edit.expect_below("n", i64::from(self.most))
    }

    fn counted(&self, edit: Edit, now: i64) -> Edit {
        let ends = number(now.saturating_add(self.seconds));
        edit.set("ends", ends.clone()).set("ttl", ends)
    }

    /// Returns an edit that is always refused: no count is below zero.
    fn nothing() -> Edit {
        Edit::default().add("n", 1).expect_below("n", 0)
    }

    async fn key(&self, app: &App, of: &[u8], window: i64) -> Result<Key, StoreError> {
        let parts: [&[u8]; 3] = [self.name.as_bytes(), &window.to_be_bytes(), of];
        let digest = app.ring().await?.digest("limit", &parts);
        Ok(keys::limit(self.name, &data_encoding::HEXLOWER.encode(&digest)))
    }
}

/// Counts an operation that is decided as it is counted; `false` when the limit is reached.
///
/// Refused operations are not counted. So the window expires when announced, even if a caller goes on asking.
pub(crate) async fn take(app: &App, limit: Limit, of: &[u8]) -> Result<bool, StoreError> {
    let (key, now, access) = (limit.key(app, of, 0).await?, app.now().as_second(), app.access()?);
    // Between the two edits another request may begin the window: then the second edit counts.
    Ok(edit_one(app, access, &key, limit.first(now)).await?
        || edit_one(app, access, &key, limit.again(now)).await?)
}

/// Counts as [`take`] does, with the first of several limits that is not reached.
///
/// It always makes the same number of calls, so the time does not reveal what was counted before.
pub(crate) async fn take_evenly(
    app: &App,
    limits: &[Limit],
    of: &[u8],
) -> Result<bool, StoreError> {
    let (now, access) = (app.now().as_second(), app.access()?);
    let mut is_free = false;
    for limit in limits {
        let key = limit.key(app, of, 0).await?;
        for edit in [limit.first(now), limit.again(now)] {
            let edit = if is_free { Limit::nothing() } else { edit };
            is_free |= edit_one(app, access, &key, edit).await?;
        }
    }
    Ok(is_free)
}

/// Counts a request from an IP address; 429 when this minute's limit is reached.
///
/// Fails open: when the counter cannot be reached, the request proceeds, because a picture day must not stop for
/// it. Sign-in is counted separately, and fails closed.
pub(crate) async fn request_of_an_address(app: &App, address: &str) -> Result<(), ApiError> {
    let limit = Limit::requests_of_an_address(&app.config().limits);
    count(app, limit, &network_of(address)).await
}

/// Counts a request by a person; 429 when this hour's limit is reached. Fails open too.
pub(crate) async fn request_of_a_person<K: Kind>(
    app: &App,
    person: &Id<K>,
) -> Result<(), ApiError> {
    let limit = Limit::requests_of_a_person(&app.config().limits);
    count(app, limit, person.as_str().as_bytes()).await
}

/// Counts in a fixed clock window, with one write.
///
/// The process remembers a refused key until the window expires, so that a flood costs one write per window.
async fn count(app: &App, limit: Limit, of: &[u8]) -> Result<(), ApiError> {
    let now = app.now().as_second();
    let window = now.div_euclid(limit.seconds);
    let left = limit.seconds - now.rem_euclid(limit.seconds);
    let ends = now.saturating_add(left);
    let key = limit.key(app, of, window).await?;
    if app.refused.is_refused(&key.pk, now) {
        return Err(too_many(left));
    }
    let edit = Edit::default()
        .add("n", 1)
        .set("ttl", number(ends))
        .expect_over("n", i64::from(limit.most) - 1);
    match edit_one(app, app.access()?, &key, edit).await {
        Ok(true) => Ok(()),
        Ok(false) => {
            app.refused.remember(key.pk, ends, now);
            Err(too_many(left))
        }
        Err(error) => {
            tracing::warn!(limit = limit.name, cause = %crate::base::log::chain(&error), "requests are not counted");
            Ok(())
        }
    }
}

fn too_many(seconds: i64) -> ApiError {
    too_many_of("too_many_attempts", seconds)
}

/// Returns 429 with its own code and this many seconds to wait.
pub(crate) fn too_many_of(code: &'static str, seconds: i64) -> ApiError {
    let retry_after_seconds = u32::try_from(seconds.max(1)).unwrap_or(u32::MAX);
    ApiError::TooMany { code, retry_after_seconds }
}

/// Returns the counted part of an IP address: all of IPv4, the network half of IPv6.
///
/// One household has 2^64 IPv6 addresses.
pub(crate) fn network_of(address: &str) -> Vec<u8> {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(four)) => four.octets().to_vec(),
        Ok(IpAddr::V6(six)) => six.octets().into_iter().take(8).collect(),
        Err(_) => address.as_bytes().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a07_a_household_is_one_network_however_many_addresses_it_has() {
        assert_eq!(network_of("2001:db8:1:2:aaaa::1"), network_of("2001:db8:1:2:bbbb::9"));
        assert_ne!(network_of("2001:db8:1:2::1"), network_of("2001:db8:1:3::1"));
        assert_eq!(network_of("::ffff:192.0.2.7"), network_of("192.0.2.7"));
        assert_ne!(network_of("192.0.2.7"), network_of("192.0.2.8"));
    }
}
