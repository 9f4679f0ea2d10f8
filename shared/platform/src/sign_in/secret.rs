//! The secret in a session's cookie: what is stored of it, how the next one is derived, and how it is verified.
//!
//! The rules are the same for people and for site administrators, whose sessions are in other tables under another key.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use domain::cookie::Presented;
use domain::ids::SessionId;
use domain::session::{Generations, Pace, Step};

use crate::base::crypto::ring::KeyRing;
use crate::people::sessions::Trace;

/// Minimum seconds between two writes of `last_seen`.
const SEEN_EVERY: i64 = 300;
/// Maximum renewals of one session: a parent's 30 days of half hours (1,440), plus a margin.
const MOST_RENEWALS: u32 = 2_000;

/// The values of a session's row that a secret is verified against.
pub(crate) struct Kept<'a> {
    /// The hash of the newest generation's secret.
    pub(crate) hash: &'a [u8; 32],
    pub(crate) generations: Generations,
    /// Unix seconds.
    pub(crate) last_seen: i64,
}

/// The result of verifying a secret that belongs, or once belonged, to the session.
pub(crate) enum Checked<Who> {
    /// The request is served.
    Served {
        /// The values to write to the row.
        trace: Option<Trace>,
        /// The new cookie value for the response.
        renewed: Option<Presented<Who>>,
    },
    /// Two parties use the session.
    Stolen,
}

/// Verifies a presented secret against the stored values. `None` when it never belonged to this session.
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
    // Cannot fail for a genuine secret: the later secrets are derived from the presented one.
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

/// Derives the secret of generation `to` from the presented one.
///
/// `None` for a generation older than the presented one, because derivation has no inverse, and for more than
/// [`MOST_RENEWALS`] steps.
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

/// Hashes the secret of a cookie. Only the hash is stored, so a dump of the table opens no session.
pub(crate) fn hash(
    ring: &KeyRing,
    session: &SessionId,
    generation: u32,
    secret: &[u8; 32],
) -> [u8; 32] {
    ring.digest("session", &[session.as_str().as_bytes(), &generation.to_be_bytes(), secret])
}
