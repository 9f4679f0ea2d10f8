//! Attempts at a credential, counted before the credential is checked and by what the caller has proven before.
//!
//! A counter that anyone can fill must not be the only one for an account, or a stranger could lock out its owner.
//! So each kind of proof has its own counter. Callers who have proven nothing share one counter. A browser in which
//! the account's owner has signed in, a first factor and a session each have their own, which only a caller with the
//! same proof can fill.
//!
//! An attempt is reserved first and decided afterwards, so that parallel guesses are refused like sequential ones.
//! While undecided attempts fill a counter, the next attempt waits for them: right passwords are not refused because
//! they arrive at the same moment. A caller who makes others wait this way causes one hash per attempt, and could
//! cause as many at other accounts.
//!
//! Each counter has a second number beside the one that locks: the attempts of a day.

use std::time::Duration;

pub(crate) use super::standing::Standing;

use super::network_of;
use crate::base::app::App;
use crate::base::config::Limits;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::store::change::{Edit, Edited, edit_and_see, edit_one};
use crate::store::error::StoreError;
use crate::store::item::{Item, number};
use crate::store::keys::{self, Key};

/// Seconds in a day.
const DAY: i64 = 24 * 3600;
/// Attempts of one counter in a day, which begins with the first of them.
///
/// Any 24 hours overlap at most two such days, so at most 100 attempts are checked in them. Source: NIST SP 800-63B-4,
/// 3.2.2: at most 100 in a row.
const MOST_A_DAY: u32 = 50;
/// Seconds within which an attempt is decided. No request takes longer; an attempt still undecided was cut off.
///
/// It then counts as wrong.
const DECIDED_IN: i64 = 30;
/// How often an attempt is counted again because another attempt changed the row between two looks.
///
/// An attempt that loses this often to others' right passwords is refused.
const ROUNDS: u32 = 40;
/// How often an attempt waits for undecided attempts: with [`wait`], some 17 seconds in all.
const MOST_WAITS: u32 = 36;

/// A credential that can be tried, and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Door {
    name: &'static str,
    most: u32,
    seconds: i64,
    most_a_day: u32,
    /// Many callers use this counter, and one caller's right attempt says nothing about the others'.
    ///
    /// So a right attempt only gives itself back; it does not reset the counter.
    is_shared: bool,
}

impl Door {
    const fn new(name: &'static str, most: u32, seconds: i64) -> Self {
        let most_a_day = if most > MOST_A_DAY { most } else { MOST_A_DAY };
        Self { name, most, seconds, most_a_day, is_shared: false }
    }

    const fn of_a_network(name: &'static str, limits: &Limits) -> Self {
        let (most, seconds) = (limits.attempts_of_an_address, limits.lock_seconds);
        // A school is many people behind one network: it has no daily limit.
        Self { is_shared: true, most_a_day: u32::MAX, ..Self::new(name, most, seconds) }
    }

    /// A person's password, at the portals.
    pub(crate) const fn password(limits: &Limits) -> Self {
        Self::new("sign-in", limits.attempts, limits.lock_seconds)
    }

    /// A person's password, when the person is already signed in.
    pub(crate) const fn own_password(limits: &Limits) -> Self {
        Self::new("own-password", limits.attempts, limits.lock_seconds)
    }

    /// A site administrator's password and code.
    pub(crate) const fn operator(limits: &Limits) -> Self {
        Self::new("operator-sign-in", limits.attempts, limits.lock_seconds)
    }

    /// Passwords of any account, from one network.
    pub(crate) const fn passwords_of_a_network(limits: &Limits) -> Self {
        Self::of_a_network("sign-in-address", limits)
    }

    /// Share codes from one network.
    pub(crate) const fn share_codes_of_a_network(limits: &Limits) -> Self {
        Self::of_a_network("share-codes", limits)
    }

    /// Codes mailed to a person.
    pub(crate) const MAILED_CODE: Self = Self::new("mailed-codes", 10, 3600);

    /// Authenticator app codes and recovery codes, after a first factor or in a session.
    pub(crate) const SECOND_FACTOR: Self = Self::new("codes", 10, 3600);

    async fn key(&self, app: &App, standing: &Standing<'_>) -> Result<Key, StoreError> {
        let [kind, whose, by] = standing.parts();
        let parts = [self.name.as_bytes(), kind, whose, by];
        let digest = app.ring().await?.digest("tries", &parts);
        Ok(keys::limit(self.name, &data_encoding::HEXLOWER.encode(&digest)))
    }

    /// Is the counter exhausted at `now` (Unix seconds)?
    fn is_full(&self, counter: &Item, now: i64) -> bool {
        let has = |n: &str, most: u32| counter.number::<u32>(n).is_some_and(|n| n >= most);
        match Seen::of(Some(counter), now) {
            Seen::Nothing => false,
            Seen::Day => has("day", self.most_a_day),
            Seen::Window => has("n", self.most) || has("day", self.most_a_day),
        }
    }

    /// Returns the edit that counts an attempt, if the row is still as it was seen.
    fn count(&self, seen: Seen, now: i64) -> Edit {
        let ends = now.saturating_add(self.seconds);
        let day = DAY.max(self.seconds);
        let edit = Edit::default()
            .set("ends", number(ends))
            .set("decided_by", number(now.saturating_add(DECIDED_IN)))
            .set("ttl", number(now.saturating_add(day).saturating_add(self.seconds)));
        let first = |edit: Edit| edit.set("n", number(1)).set("open", number(1));
        match seen {
            Seen::Nothing => first(edit)
                .set("day", number(1))
                .set("day_ends", number(now.saturating_add(day)))
                .expect_over("ends", now)
                .expect_over("day_ends", now),
            Seen::Day => first(edit)
                .add("day", 1)
                .expect_over("ends", now)
                .expect_above("day_ends", now)
                .expect_below("day", i64::from(self.most_a_day)),
            Seen::Window => edit
                .add("n", 1)
                .add("open", 1)
                .add("day", 1)
                .expect_above("ends", now)
                .expect_below("n", i64::from(self.most))
                .expect_below("day", i64::from(self.most_a_day)),
        }
    }
}

/// The part of a counter's row that still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// Nothing: the row is absent or expired.
    Nothing,
    /// The attempts of this day.
    Day,
    /// The attempts that may lock the credential. A day that expires in this window counts until the window expires.
    Window,
}

impl Seen {
    fn of(row: Option<&Item>, now: i64) -> Self {
        let is_on = |name: &str| {
            row.and_then(|row| row.number::<i64>(name)).is_some_and(|ends: i64| ends > now)
        };
        match (is_on("ends"), is_on("day_ends")) {
            (true, _) => Self::Window,
            (false, true) => Self::Day,
            (false, false) => Self::Nothing,
        }
    }
}

/// An attempt that was counted and is not decided yet. If it is never decided, it counts as wrong.
#[must_use]
pub(crate) struct Reserved {
    key: Key,
    is_shared: bool,
    is_last: bool,
}

/// Counts an attempt **before** it is made; `None` when the limit is reached.
///
/// Each attempt extends the window, so the lockout after the last allowed attempt lasts the whole time.
pub(crate) async fn reserve(
    app: &App,
    door: Door,
    standing: &Standing<'_>,
) -> Result<Option<Reserved>, StoreError> {
    let key = door.key(app, standing).await?;
    let access = app.access()?;
    let (mut seen, mut rounds, mut waits) = (Seen::Nothing, 0, 0);
    loop {
        let now = app.now().as_second();
        let row = match edit_and_see(app, access, &key, door.count(seen, now)).await? {
            Edited::Yes(row) => {
                let is_last = door.is_full(&row, now);
                return Ok(Some(Reserved { key, is_shared: door.is_shared, is_last }));
            }
            Edited::No(row) => row,
        };
        seen = Seen::of(row.as_ref(), now);
        // Only a row that is seen full is a refusal: right attempts free it again while others try.
        match row.filter(|row| door.is_full(row, now)) {
            Some(full) if !is_undecided(&full, now) || waits >= MOST_WAITS => return Ok(None),
            Some(_) => {
                waits += 1;
                wait(app, waits).await;
            }
            None if rounds >= ROUNDS => return Ok(None),
            None => rounds += 1,
        }
    }
}

/// Reserves as [`reserve`] does, with 429 when the limit is reached.
pub(crate) async fn reserve_or_refuse(
    app: &App,
    door: Door,
    standing: &Standing<'_>,
) -> Result<Reserved, ApiError> {
    let reserved = reserve(app, door, standing).await?;
    reserved.ok_or_else(|| super::too_many(door.seconds))
}

/// Does the full counter hold attempts that may still turn out right?
fn is_undecided(counter: &Item, now: i64) -> bool {
    counter.number::<i64>("open").is_some_and(|open| open > 0)
        && counter.number::<i64>("decided_by").is_some_and(|by| by > now)
}

/// Waits longer each time, up to half a second, with random jitter.
async fn wait(app: &App, round: u32) {
    let [random] = app.random::<1>();
    let milliseconds = u64::from(round.min(5)) * 100 + u64::from(random % 64);
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

impl Reserved {
    /// Records that the attempt was right: the window restarts. A shared counter only gives this attempt back.
    ///
    /// The day's other attempts stay counted: they may have been a stranger's.
    pub(crate) async fn right(self, app: &App) -> Result<(), StoreError> {
        let edit = Edit::default().add("day", -1).expect_above("day", 0);
        let edit = if self.is_shared {
            edit.add("n", -1).add("open", -1).expect_above("n", 0)
        } else {
            edit.set("ends", number(app.now().as_second()))
        };
        edit_one(app, app.access()?, &self.key, edit).await?;
        Ok(())
    }

    /// Records that the attempt was wrong: it stays counted.
    pub(crate) async fn wrong(self, app: &App) -> Result<(), StoreError> {
        let edit = Edit::default().add("open", -1).expect_above("open", 0);
        edit_one(app, app.access()?, &self.key, edit).await?;
        Ok(())
    }
}

/// An attempt at a password: counted for the account, and for the caller's network if the caller has proven nothing.
///
/// In a browser in which the account's owner has signed in, the network's counter does not apply: its other attempts
/// are not the owner's.
#[must_use]
pub(crate) struct Attempt {
    network: Option<Reserved>,
    account: Reserved,
}

impl Attempt {
    /// Counts the attempt before it is made; `None` when the limit is reached.
    pub(crate) async fn reserve(
        app: &App,
        caller: &Caller,
        door: Door,
        standing: &Standing<'_>,
    ) -> Result<Option<Self>, StoreError> {
        let mut network = None;
        if !standing.is_device() {
            let door = Door::passwords_of_a_network(&app.config().limits);
            let theirs = network_of(&caller.origin().address);
            network = reserve(app, door, &Standing::Network(&theirs)).await?;
            if network.is_none() {
                return Ok(None);
            }
        }
        if let Some(account) = reserve(app, door, standing).await? {
            return Ok(Some(Self { network, account }));
        }
        if let Some(network) = network {
            network.wrong(app).await?;
        }
        Ok(None)
    }

    /// Is the account locked from here on, unless this attempt is right?
    pub(crate) const fn is_last(&self) -> bool {
        self.account.is_last
    }

    /// Records that the attempt was right.
    pub(crate) async fn right(self, app: &App) -> Result<(), StoreError> {
        if let Some(network) = self.network {
            network.right(app).await?;
        }
        self.account.right(app).await
    }

    /// Records that the attempt was wrong.
    pub(crate) async fn wrong(self, app: &App) -> Result<(), StoreError> {
        if let Some(network) = self.network {
            network.wrong(app).await?;
        }
        self.account.wrong(app).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOOR: Door = Door::new("test", 5, 60);

    fn counter(n: i64, ends: i64, day: i64) -> Item {
        let row = Item::at(&keys::limit("test", "key")).with_number("n", n);
        row.with_number("ends", ends).with_number("day", day).with_number("day_ends", 1_000)
    }

    #[test]
    fn a06_a_counter_is_full_from_its_last_attempt_until_it_ends() {
        assert!(!DOOR.is_full(&counter(4, 100, 4), 99));
        assert!(DOOR.is_full(&counter(5, 100, 5), 99));
        assert!(DOOR.is_full(&counter(6, 100, 6), 99));
        assert!(!DOOR.is_full(&counter(5, 100, 5), 100));
        assert!(!DOOR.is_full(&Item::at(&keys::limit("test", "key")), 99));
    }

    #[test]
    fn a_day_is_full_after_half_of_what_any_24_hours_may_hold() {
        assert!(!DOOR.is_full(&counter(1, 100, 49), 200));
        assert!(DOOR.is_full(&counter(1, 100, 50), 200));
        assert!(!DOOR.is_full(&counter(1, 100, 50), 1_000), "until it ends");
        assert_eq!(MOST_A_DAY * 2, 100);
        assert_eq!(Door::new("test", 70, 60).most_a_day, 70, "a setting is never below itself");
    }

    #[test]
    fn a_row_is_seen_as_far_as_it_counts() {
        let row = counter(2, 100, 3);
        let late = counter(2, 1_100, 3);
        for (row, now, seen) in [
            (None, 0, Seen::Nothing),
            (Some(&row), 99, Seen::Window),
            (Some(&row), 100, Seen::Day),
            (Some(&row), 1_000, Seen::Nothing),
            (Some(&late), 1_050, Seen::Window),
            (Some(&late), 1_100, Seen::Nothing),
        ] {
            assert_eq!(Seen::of(row, now), seen, "{now}");
        }
    }

    #[test]
    fn what_is_cut_off_is_waited_for_half_a_minute() {
        let row = counter(5, 100, 5).with_number("open", 1).with_number("decided_by", 50);
        assert!(is_undecided(&row, 49) && !is_undecided(&row, 50));
        assert!(!is_undecided(&row.with_number("open", 0), 49));
        assert!(!is_undecided(&counter(5, 100, 5), 49));
    }
}
