//! Tries at a door: counted before anything is looked at, and by what whoever tries has proven.
//!
//! A counter that anybody can fill must not guard an owner's only door. So each proof has a counter of its own:
//! whoever has proven nothing shares one with all strangers; a browser in which the account's owner has signed in,
//! a first factor that was shown, and a session each have their own, which nobody fills who cannot show the same.
//!
//! A try is reserved first and decided afterwards, so that guesses which arrive together are refused like guesses
//! which come one by one. While tries that may still turn out right fill a counter, the next one waits for them: right
//! passwords are not refused because they come at the same moment. Whoever makes others wait this way has hashes
//! computed for it, and could have as many at other accounts.
//!
//! Each counter has a second number beside the one that locks: of a day.

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

/// Seconds of a day.
const DAY: i64 = 24 * 3600;
/// Tries of one counter in a day that began with the first of them. Any 24 hours touch two such days at the most, so
/// that no more than a hundred are looked at in them. Source: NIST SP 800-63B-4, 3.2.2: at most 100 in a row.
const MOST_A_DAY: u32 = 50;
/// Seconds within which a try is decided: no request takes longer. What is undecided then was cut off, and counts.
const DECIDED_IN: i64 = 30;
/// How often a try is counted anew because its row was gone and back again between two looks. Whoever loses as often as
/// this against others' right passwords is refused.
const ROUNDS: u32 = 40;
/// How often somebody looks whether tries in flight were decided: with [`wait`], some 17 seconds in all.
const MOST_WAITS: u32 = 36;

/// A door, and how often it may be tried.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Door {
    name: &'static str,
    most: u32,
    seconds: i64,
    most_a_day: u32,
    /// Many use one counter, and a right try of one says nothing of the others': it is given back, and no more.
    is_shared: bool,
}

impl Door {
    const fn new(name: &'static str, most: u32, seconds: i64) -> Self {
        let most_a_day = if most > MOST_A_DAY { most } else { MOST_A_DAY };
        Self { name, most, seconds, most_a_day, is_shared: false }
    }

    const fn of_a_network(name: &'static str, limits: &Limits) -> Self {
        let (most, seconds) = (limits.attempts_of_an_address, limits.lock_seconds);
        // A school is many people: it is not closed for a day.
        Self { is_shared: true, most_a_day: u32::MAX, ..Self::new(name, most, seconds) }
    }

    /// A person's password, at the portals.
    pub(crate) const fn password(limits: &Limits) -> Self {
        Self::new("sign-in", limits.attempts, limits.lock_seconds)
    }

    /// A person's password, asked for by somebody who is signed in.
    pub(crate) const fn own_password(limits: &Limits) -> Self {
        Self::new("own-password", limits.attempts, limits.lock_seconds)
    }

    /// A site administrator's password and code.
    pub(crate) const fn operator(limits: &Limits) -> Self {
        Self::new("operator-sign-in", limits.attempts, limits.lock_seconds)
    }

    /// Passwords, of whomever, from one network.
    pub(crate) const fn passwords_of_a_network(limits: &Limits) -> Self {
        Self::of_a_network("sign-in-address", limits)
    }

    /// Share codes from one network.
    pub(crate) const fn share_codes_of_a_network(limits: &Limits) -> Self {
        Self::of_a_network("share-codes", limits)
    }

    /// Codes that were mailed to a person.
    pub(crate) const MAILED_CODE: Self = Self::new("mailed-codes", 10, 3600);

    /// Codes of an app or from paper, after a first factor or in a session.
    pub(crate) const SECOND_FACTOR: Self = Self::new("codes", 10, 3600);

    async fn key(&self, app: &App, standing: &Standing<'_>) -> Result<Key, StoreError> {
        let [kind, whose, by] = standing.parts();
        let parts = [self.name.as_bytes(), kind, whose, by];
        let digest = app.ring().await?.digest("tries", &parts);
        Ok(keys::limit(self.name, &data_encoding::HEXLOWER.encode(&digest)))
    }

    /// Whether a counter lets nobody through at a time in seconds.
    fn is_full(&self, counter: &Item, now: i64) -> bool {
        let has = |n: &str, most: u32| counter.number::<u32>(n).is_some_and(|n| n >= most);
        match Seen::of(Some(counter), now) {
            Seen::Nothing => false,
            Seen::Day => has("day", self.most_a_day),
            Seen::Window => has("n", self.most) || has("day", self.most_a_day),
        }
    }

    /// The edit that counts a try in a row as it was seen.
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

/// What a counter's row was seen to hold that still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// Nothing.
    Nothing,
    /// Tries of this day.
    Day,
    /// Tries that may lock the door. A day that ends among them ends with them.
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

/// A try that was counted and is not decided yet. One that is never decided counts as a wrong one.
#[must_use]
pub(crate) struct Reserved {
    key: Key,
    is_shared: bool,
    is_last: bool,
}

/// Counts a try **before** it is made; `None` for one too many. Every try pushes the end of its window away, so that
/// after the last one that is allowed the door stays shut for the whole time.
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
        // Only a row that is seen full is a refusal: it comes and goes while others try, and are right.
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

/// As [`reserve`], with 429 for one too many.
pub(crate) async fn reserve_or_refuse(
    app: &App,
    door: Door,
    standing: &Standing<'_>,
) -> Result<Reserved, ApiError> {
    let reserved = reserve(app, door, standing).await?;
    reserved.ok_or_else(|| super::too_many(door.seconds))
}

/// Whether tries that fill a counter may still turn out right.
fn is_undecided(counter: &Item, now: i64) -> bool {
    counter.number::<i64>("open").is_some_and(|open| open > 0)
        && counter.number::<i64>("decided_by").is_some_and(|by| by > now)
}

/// Longer each time, up to half a second, and not all at the same moment.
async fn wait(app: &App, round: u32) {
    let [random] = app.random::<1>();
    let milliseconds = u64::from(round.min(5)) * 100 + u64::from(random % 64);
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

impl Reserved {
    /// The try was right: the count of what locks begins anew. Of a counter that many use, this one is given back. A
    /// day's other tries stay counted: they may have been a stranger's.
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

    /// The try was wrong: it stays counted.
    pub(crate) async fn wrong(self, app: &App) -> Result<(), StoreError> {
        let edit = Edit::default().add("open", -1).expect_above("open", 0);
        edit_one(app, app.access()?, &self.key, edit).await?;
        Ok(())
    }
}

/// A try of a password: counted for the account, and for the network of whoever has proven nothing. In a browser that
/// the account's owner has been in, the network's other tries are not theirs.
#[must_use]
pub(crate) struct Attempt {
    network: Option<Reserved>,
    account: Reserved,
}

impl Attempt {
    /// Counts it before it is made; `None` for one too many.
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

    /// Whether the door is locked from here on, unless this one is right.
    pub(crate) const fn is_last(&self) -> bool {
        self.account.is_last
    }

    /// It was right.
    pub(crate) async fn right(self, app: &App) -> Result<(), StoreError> {
        if let Some(network) = self.network {
            network.right(app).await?;
        }
        self.account.right(app).await
    }

    /// It was wrong.
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
