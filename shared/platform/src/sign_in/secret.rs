//! The secret in a session's cookie: what is kept of it, what follows from it, and what a presented one comes to. The same
//! for people and for site administrators, whose sessions stand in other tables under another key.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use domain::cookie::Presented;
use domain::ids::SessionId;
use domain::session::{Generations, Pace, Step};

use crate::base::crypto::ring::KeyRing;
use crate::people::sessions::Trace;

/// `last_seen` is written at most this often, in seconds.
const SEEN_EVERY: i64 = 300;
/// Renewals of one session at the most: a parent's 30 days of half hours, and some.
const MOST_RENEWALS: u32 = 2_000;

/// What a session's row says of its secret.
pub(crate) struct Kept<'a> {
    /// The hash of the newest generation's secret.
    pub(crate) hash: &'a [u8; 32],
    pub(crate) generations: Generations,
    /// Seconds.
    pub(crate) last_seen: i64,
}

/// What a cookie comes to that was a session's at some time.
pub(crate) enum Checked<Who> {
    /// It is served.
    Served {
        /// What is to be written in the row.
        trace: Option<Trace>,
        /// What the answer hands out in its place.
        renewed: Option<Presented<Who>>,
    },
    /// Two parties use the session.
    Stolen,
}

/// Checks a presented secret against what is kept. `None`: it never was this session's.
pub(crate) fn check<Who>(
    ring: &KeyRing,
    presented: &Presented<Who>,
    kept: &Kept<'_>,
    now: i64,
) -> Option<Checked<Who>> {
    let hash_of = |generation, secret| hash(ring, &presented.session, generation, secret);
    let current = kept.generations.current;
    let secret = forward(ring, presented, current)?;
    verify_slices_are_equal(&hash_of(current, &secret), kept.hash).ok()?;
    let step = kept.generations.present(presented.generation, now, Pace::USUAL);
    let Step::Serve { store, hand_out } = step else {
        return Some(Checked::Stolen);
    };
    let newest = store.unwrap_or(kept.generations).current;
    // Known to be theirs: the secrets in between follow from the one that was presented.
    let secret = forward(ring, presented, newest)?;
    let is_seen = store.is_some() || now.saturating_sub(kept.last_seen) >= SEEN_EVERY;
    let trace = is_seen.then(|| {
        let to = store.map(|to| (to, hash_of(newest, &secret)));
        Trace { from: kept.generations, to, now }
    });
    let renewed = hand_out.then(|| {
        let (person, session) = (presented.person.clone(), presented.session.clone());
        Presented { person, session, generation: newest, secret }
    });
    Some(Checked::Served { trace, renewed })
}

/// The secret of generation `to`, which follows from the presented one. `None` for a generation that is
/// not there yet: secrets cannot be computed back.
fn forward<Who>(ring: &KeyRing, presented: &Presented<Who>, to: u32) -> Option<[u8; 32]> {
    let steps = to.checked_sub(presented.generation).filter(|steps| *steps <= MOST_RENEWALS)?;
    let mut secret = presented.secret;
    for step in 1..=steps {
        let generation = presented.generation.saturating_add(step).to_be_bytes();
        let parts = [presented.session.as_str().as_bytes(), &generation, &secret];
        secret = ring.digest("session successor", &parts);
    }
    Some(secret)
}

/// Only this is kept of a cookie: a dump of the table opens nothing.
pub(crate) fn hash(
    ring: &KeyRing,
    session: &SessionId,
    generation: u32,
    secret: &[u8; 32],
) -> [u8; 32] {
    ring.digest("session", &[session.as_str().as_bytes(), &generation.to_be_bytes(), secret])
}
