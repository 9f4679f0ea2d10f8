//! How often something may be done: counted in the `access` table, so that all processes count together.
//!
//! What is counted is keyed by a keyed hash: no address stands in the table, and a row of a window that is
//! over is never read again. One item per key and window, so nobody can heat a partition for others.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use domain::ids::{Id, Kind};

use crate::app::App;
use crate::config::Limits;
use crate::http::error::ApiError;
use crate::table::change::{Edit, Edited, edit_and_see, edit_one};
use crate::table::item::number;
use crate::table::{Change, Item, Key, StoreError, keys};

/// Something that may be done `most` times in `seconds`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    name: &'static str,
    most: u32,
    seconds: i64,
}

/// Tries of a person's codes of any kind in an hour.
pub(crate) const CODES_OF_A_PERSON: Limit = Limit { name: "codes", most: 10, seconds: 3600 };
/// Mails that strangers can have sent to one address in an hour: enough for one who mistypes.
pub(crate) const MAILS_TO_AN_ADDRESS: Limit = Limit { name: "mails", most: 5, seconds: 3600 };

impl Limit {
    /// Requests of one network address.
    fn requests_of_an_address(limits: &Limits) -> Self {
        Self { name: "address", most: limits.requests_a_minute, seconds: 60 }
    }

    /// Requests of one person.
    fn requests_of_a_person(limits: &Limits) -> Self {
        Self { name: "person", most: limits.requests_an_hour, seconds: 3600 }
    }

    /// Sign-in attempts at one account.
    pub(crate) fn attempts_at_an_account(limits: &Limits) -> Self {
        Self { name: "sign-in", most: limits.attempts, seconds: limits.lock_seconds }
    }

    /// Sign-in attempts at one site administrator's account.
    pub(crate) fn attempts_at_an_operator(limits: &Limits) -> Self {
        Self { name: "operator-sign-in", ..Self::attempts_at_an_account(limits) }
    }

    /// Sign-in attempts of one network address.
    pub(crate) fn attempts_of_an_address(limits: &Limits) -> Self {
        let most = limits.attempts_of_an_address;
        Self { name: "sign-in-address", most, seconds: limits.lock_seconds }
    }

    /// Share codes that one network address gets wrong.
    pub(crate) fn codes_of_an_address(limits: &Limits) -> Self {
        let most = limits.attempts_of_an_address;
        Self { name: "share-codes", most, seconds: limits.lock_seconds }
    }

    async fn key(&self, app: &App, of: &[u8], window: i64) -> Result<Key, StoreError> {
        let parts: [&[u8]; 3] = [self.name.as_bytes(), &window.to_be_bytes(), of];
        let digest = app.ring().await?.digest("limit", &parts);
        Ok(keys::limit(self.name, &data_encoding::HEXLOWER.encode(&digest)))
    }

    /// Whether a counter of this limit lets nobody through at a time in seconds.
    fn is_full(&self, counter: &Item, now: i64) -> bool {
        counter.number::<i64>("ends").is_some_and(|ends| ends > now)
            && counter.number::<u32>("n").is_some_and(|n| n >= self.most)
    }
}

/// How often an attempt is counted anew because its row was gone and back again between two looks. Whoever
/// loses as often as this against others' right passwords is refused.
const ROUNDS: u32 = 20;

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It may go on; the how many-eth it is in its window.
    Yes(u32),
    /// There were too many.
    No,
}

/// Counts an attempt **before** it is made. Every attempt pushes the end of its window away, so that after
/// the last one that is allowed the door stays shut for the whole time.
pub(crate) async fn take(app: &App, limit: Limit, of: &[u8]) -> Result<Taken, StoreError> {
    let key = limit.key(app, of, 0).await?;
    let now = app.now().as_second();
    let ends = now.saturating_add(limit.seconds);
    let first = || {
        Edit::default()
            .set("n", number(1))
            .set("ends", number(ends))
            .set("ttl", number(ends))
            .expect_over("ends", now)
    };
    let again = || {
        Edit::default()
            .add("n", 1)
            .set("ends", number(ends))
            .set("ttl", number(ends))
            .expect_above("ends", now)
            .expect_below("n", i64::from(limit.most))
    };
    let access = app.access()?;
    // The row comes and goes while others take, and have their attempts forgotten. Only a row that is seen
    // full is a refusal: a right password among many at once must not look like a wrong one.
    for _ in 0..ROUNDS {
        if edit_one(app, access, &key, first()).await? {
            return Ok(Taken::Yes(1));
        }
        match edit_and_see(app, access, &key, again()).await? {
            Edited::Yes(row) => return Ok(Taken::Yes(row.number("n").unwrap_or(limit.most))),
            Edited::No(Some(row)) if limit.is_full(&row, now) => return Ok(Taken::No),
            Edited::No(_) => {}
        }
    }
    Ok(Taken::No)
}

/// As [`take`], with 429 for one too many.
pub(crate) async fn take_or_refuse(app: &App, limit: Limit, of: &[u8]) -> Result<(), ApiError> {
    match take(app, limit, of).await? {
        Taken::Yes(_) => Ok(()),
        Taken::No => Err(too_many(limit.seconds)),
    }
}

/// The change that forgets the attempts: the last of them was right.
pub(crate) async fn forget(app: &App, limit: Limit, of: &[u8]) -> Result<Change, StoreError> {
    Change::delete_if_there(app.access()?, &limit.key(app, of, 0).await?)
}

/// Gives one attempt back: it was right, and others count at the same key.
pub(crate) async fn give_back(app: &App, limit: Limit, of: &[u8]) -> Result<(), StoreError> {
    settle(app, limit, of, true).await
}

/// Gives one attempt back if it was right, and writes as much if it was not: the time of an answer does not tell.
pub(crate) async fn settle(
    app: &App,
    limit: Limit,
    of: &[u8],
    was_right: bool,
) -> Result<(), StoreError> {
    let key = limit.key(app, of, 0).await?;
    let back = if was_right { -1 } else { 0 };
    let edit = Edit::default().add("n", back).expect_above("n", 0);
    edit_one(app, app.access()?, &key, edit).await?;
    Ok(())
}

/// Counts a request of a network address; 429 for one too many in this minute.
///
/// When the counter cannot be reached the request goes on: no promise to a family is worth a picture day
/// that stands still. Sign-in counts apart, and fails closed.
pub(crate) async fn request_of_an_address(app: &App, address: &str) -> Result<(), ApiError> {
    let limit = Limit::requests_of_an_address(&app.config().limits);
    count(app, limit, &network_of(address)).await
}

/// Counts a request of a person; 429 for one too many in this hour.
pub(crate) async fn request_of_a_person<K: Kind>(
    app: &App,
    person: &Id<K>,
) -> Result<(), ApiError> {
    let limit = Limit::requests_of_a_person(&app.config().limits);
    count(app, limit, person.as_str().as_bytes()).await
}

/// One write in a window of the clock. Who was refused is remembered by the process until the window ends,
/// so that a flood costs one write a window.
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
            tracing::warn!(limit = limit.name, cause = %crate::start::chain(&error), "requests are not counted");
            Ok(())
        }
    }
}

fn too_many(seconds: i64) -> ApiError {
    ApiError::TooMany { retry_after_seconds: u32::try_from(seconds.max(1)).unwrap_or(u32::MAX) }
}

/// What of an address is counted: all of an IPv4 address, the network half of an IPv6 address, because one
/// household is given 2^64 of those.
pub(crate) fn network_of(address: &str) -> Vec<u8> {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(four)) => four.octets().to_vec(),
        Ok(IpAddr::V6(six)) => six.octets().into_iter().take(8).collect(),
        Err(_) => address.as_bytes().to_vec(),
    }
}

/// Who was refused lately, and until when.
#[derive(Default)]
pub(crate) struct Refused(Mutex<HashMap<String, i64>>);

/// Refusals that a process remembers at the most.
const MOST_REMEMBERED: usize = 10_000;

impl Refused {
    fn is_refused(&self, key: &str, now: i64) -> bool {
        let refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        refused.get(key).is_some_and(|until| *until > now)
    }

    fn remember(&self, key: String, until: i64, now: i64) {
        let mut refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.len() >= MOST_REMEMBERED {
            refused.retain(|_, until| *until > now);
        }
        if refused.len() < MOST_REMEMBERED {
            refused.insert(key, until);
        }
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

    #[test]
    fn a_refusal_is_remembered_until_its_window_ends() {
        let refused = Refused::default();
        refused.remember("key".to_owned(), 100, 50);
        assert!(refused.is_refused("key", 99));
        assert!(!refused.is_refused("key", 100));
        assert!(!refused.is_refused("other", 99));
    }

    #[test]
    fn a_process_remembers_no_more_refusals_than_fit_and_forgets_those_that_are_over() {
        let refused = Refused::default();
        for number in 0..=MOST_REMEMBERED {
            refused.remember(number.to_string(), 100, 50);
        }
        let last = MOST_REMEMBERED.to_string();
        assert!(refused.is_refused("0", 99) && !refused.is_refused(&last, 99));
        assert_eq!(refused.0.lock().unwrap().len(), MOST_REMEMBERED);
        refused.remember(last.clone(), 200, 100);
        assert!(refused.is_refused(&last, 199));
        assert_eq!(refused.0.lock().unwrap().len(), 1);
    }

    #[test]
    fn a06_a_counter_is_full_from_its_last_attempt_until_it_ends() {
        let limit = Limit { name: "test", most: 5, seconds: 60 };
        let counter = |n: i64, ends: i64| {
            let row = Item::at(&keys::limit("test", "key"));
            row.with_number("n", n).with_number("ends", ends)
        };
        assert!(!limit.is_full(&counter(4, 100), 99));
        assert!(limit.is_full(&counter(5, 100), 99));
        assert!(limit.is_full(&counter(6, 100), 99));
        assert!(!limit.is_full(&counter(5, 100), 100));
        assert!(!limit.is_full(&Item::at(&keys::limit("test", "key")), 99));
    }
}
