//! The capture order: what is known about the order in which one body took its frames.
//!
//! Clocks are set, batteries die and counters restart. So the order is partial. Time and number are two witnesses, and
//! a frame is given to a card only where no witness contradicts it:
//!
//! * The card is before the frame: at least one witness says so and none denies it.
//! * Every other break (a card, an unreadable card, a lost file that may be a card) is outside: no witness puts it
//!   between the card and the frame, and at least one puts it before the card or after the frame.
//!
//! So one wrong witness leaves frames without a student, but gives none to another student. Rules for the witnesses:
//!
//! * **Time** is compared at the precision that all times of the body have; the same instant says nothing. The time of
//!   an edit may deny, but is never enough alone. The same holds for all times of a body whose clock is known to have
//!   been set.
//! * **Number** counts within a series of two or more files with the same text around the number. After `9999`, `0001`
//!   counts on.
//! * The same number at two times proves two counters. They are separated only where each ascends and the pause between
//!   them is at least [`RESTART_PAUSE_MS`] (a memory card was changed). Then a frame needs a card of its own stretch.
//!   In all other cases these are two bodies, and no frame is given to a card.
//! * A frame without a time is placed between the two frames around its number. They must be near: at most [`NEAR`]
//!   numbers away. If no frame has a time, numbers decide where all frames are in one series and each number occurs
//!   once.
//! * Without a serial number, a frame and its card must be in the same series.

mod layout;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::clock::Span;
use super::shown::Shown;
use super::{Frame, Note};

/// Maximum distance between two numbers of a series for placing one frame beside the other.
pub const NEAR: u64 = 100;
/// Minimum pause in which a memory card can be changed or formatted, in milliseconds.
pub const RESTART_PAUSE_MS: i64 = 60_000;

/// A frame's number within one series of its body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbered {
    pub(super) series: usize,
    /// The number, counted on beyond 9999.
    pub(super) number: u64,
    /// Whether the number has at most five digits, like a counter. A timestamp in a name has gaps everywhere.
    pub(super) is_counter: bool,
    /// The counter within the series and its stretch; `None` where unknown.
    counter: Option<(usize, usize)>,
}

/// A frame and what is known about its place.
pub(super) struct Placed<'a> {
    pub(super) frame: &'a Frame,
    pub(super) shown: Shown,
    pub(super) time: Option<Span>,
    pub(super) numbered: Option<Numbered>,
}

impl Placed<'_> {
    /// Returns the sort key for lists. People need an order even where the capture order is uncertain.
    pub(super) fn list_key(&self) -> (i64, u64, &str, &str) {
        (
            self.time.map_or(i64::MAX, |time| time.from),
            self.numbered.map_or(u64::MAX, |numbered| numbered.number),
            &self.frame.file_name,
            self.frame.photo.as_str(),
        )
    }
}

/// The frames of one body in list order, and the findings about all of them.
#[expect(clippy::struct_excessive_bools, reason = "four findings that do not exclude each other")]
pub(super) struct Order<'a> {
    pub(super) placed: Vec<Placed<'a>>,
    /// Places of all breaks, by time.
    breaks: Vec<usize>,
    /// Places of breaks by series and number.
    numbered_breaks: BTreeMap<usize, Vec<(u64, usize)>>,
    /// The range of numbers that two counters of a series share: from, to.
    shared: BTreeMap<(usize, usize, usize), (u64, u64)>,
    is_one_body: bool,
    /// Whether a time without a number is not enough.
    needs_number: bool,
    has_two_bodies: bool,
    /// Whether a lost file may have been a card at any place.
    pub(super) lost_somewhere: bool,
}

/// The statement of one witness about a break, for a card and a frame.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Testimony {
    Outside,
    Inside,
    Silent,
}

impl Order<'_> {
    /// Returns the break whose run contains the frame at this place, or why it is unknown.
    pub(super) fn break_before(&self, at: usize) -> Result<usize, Note> {
        if self.has_two_bodies {
            return Err(Note::TwoBodies);
        }
        let Some(frame) = self.placed.get(at) else { return Err(Note::NoPlaceInOrder) };
        self.candidates(frame)
            .into_iter()
            .find(|candidate| {
                self.placed.get(*candidate).is_some_and(|card| {
                    self.is_card_before(card, frame)
                        && self.breaks.iter().all(|other| {
                            other == candidate
                                || self
                                    .placed
                                    .get(*other)
                                    .is_some_and(|other| self.is_outside(other, card, frame))
                        })
                })
            })
            .ok_or_else(|| self.why_not(frame))
    }

    /// Returns the few breaks that may be the one before a frame: the nearest by either witness.
    fn candidates(&self, frame: &Placed<'_>) -> BTreeSet<usize> {
        let by_time = frame.time.map(|time| {
            let begins = |at: &usize| self.time(*at).is_none_or(|own| own.from > time.to);
            let end = self.breaks.partition_point(|at| !begins(at));
            self.breaks.get(end.saturating_sub(3)..end).unwrap_or_default()
        });
        let by_number = frame.numbered.and_then(|numbered| {
            let breaks = self.numbered_breaks.get(&numbered.series)?;
            let end = breaks.partition_point(|(number, _)| *number < numbered.number);
            breaks.get(end.saturating_sub(3)..end)
        });
        let by_time = by_time.unwrap_or_default().iter().copied();
        by_time.chain(by_number.unwrap_or_default().iter().map(|(_, at)| *at)).collect()
    }

    fn is_card_before(&self, card: &Placed<'_>, frame: &Placed<'_>) -> bool {
        let by_time = by_time(card, frame);
        let by_number = by_number(card, frame);
        let agree = match (by_time, by_number) {
            (Some(Ordering::Less), None) => !self.needs_number,
            (Some(Ordering::Less) | None, Some(Ordering::Less)) => true,
            (None, None)
            | (Some(Ordering::Greater | Ordering::Equal), _)
            | (_, Some(Ordering::Greater | Ordering::Equal)) => false,
        };
        let series = |one: &Placed<'_>| one.numbered.map(|numbered| numbered.series);
        let stretch = |one: &Placed<'_>| one.numbered.map(|numbered| numbered.counter);
        let is_of_body = card.frame.is_lost || card.frame.body == frame.frame.body;
        agree
            && is_of_body
            && (self.is_one_body || series(card) == series(frame))
            && (series(card) != series(frame)
                || stretch(card) == stretch(frame)
                || card.frame.is_lost)
    }

    /// Returns whether a break is outside the range from the card to the frame.
    ///
    /// Another frame of the same student's card is never a break.
    fn is_outside(&self, other: &Placed<'_>, card: &Placed<'_>, frame: &Placed<'_>) -> bool {
        if card.shown.student().is_some() && other.shown.student() == card.shown.student() {
            return true;
        }
        let by_time = match (by_time(other, card), by_time(other, frame)) {
            (Some(Ordering::Less), _) | (_, Some(Ordering::Greater)) => Testimony::Outside,
            (Some(Ordering::Greater), Some(Ordering::Less)) => Testimony::Inside,
            _ => Testimony::Silent,
        };
        let by_number = match (by_number(other, card), by_number(other, frame)) {
            _ if self.is_of_another_counter(other, card) => Testimony::Silent,
            (Some(Ordering::Less), Some(_)) | (Some(_), Some(Ordering::Greater)) => {
                Testimony::Outside
            }
            (Some(Ordering::Greater), Some(Ordering::Less)) => Testimony::Inside,
            _ => Testimony::Silent,
        };
        match (by_time, by_number) {
            (Testimony::Inside, _)
            | (_, Testimony::Inside)
            | (Testimony::Silent, Testimony::Silent) => false,
            (_, Testimony::Outside) => true,
            (Testimony::Outside, Testimony::Silent) => {
                !self.needs_number || self.is_of_another_counter(other, card)
            }
        }
    }

    /// Returns whether another counter numbered the break, although the card's counter used numbers around it.
    fn is_of_another_counter(&self, other: &Placed<'_>, card: &Placed<'_>) -> bool {
        let (Some(other), Some(card)) = (other.numbered, card.numbered) else { return false };
        let (Some((its, _)), Some((own, _))) = (other.counter, card.counter) else { return false };
        other.series == card.series
            && its != own
            && self
                .shared
                .get(&(card.series, own, its))
                .is_some_and(|(first, last)| (*first..=*last).contains(&other.number))
    }

    fn why_not(&self, frame: &Placed<'_>) -> Note {
        let is_nowhere = |one: &Placed<'_>| one.time.is_none() && one.numbered.is_none();
        let breaks = || self.breaks.iter().filter_map(|at| self.placed.get(*at));
        if is_nowhere(frame) || breaks().any(is_nowhere) {
            return Note::NoPlaceInOrder;
        }
        let is_after = |other: &Placed<'_>| {
            let says = (by_time(other, frame), by_number(other, frame));
            matches!(
                says,
                (Some(Ordering::Greater), None | Some(Ordering::Greater))
                    | (None, Some(Ordering::Greater))
            )
        };
        if breaks().all(is_after) {
            return Note::BeforeFirstCard;
        }
        if !self.shared.is_empty() {
            return Note::CounterStartedAgain;
        }
        if self.needs_number {
            return Note::ClockDisagrees;
        }
        let is_other_series = |other: &Placed<'_>| {
            other.numbered.map(|numbered| numbered.series)
                != frame.numbered.map(|numbered| numbered.series)
        };
        if !self.is_one_body && breaks().any(is_other_series) {
            Note::TwoBodies
        } else {
            Note::NoPlaceInOrder
        }
    }
}

/// Compares the numbers of two frames; `None` unless both are in one series.
fn by_number(one: &Placed<'_>, other: &Placed<'_>) -> Option<Ordering> {
    let (one, other) = (one.numbered?, other.numbered?);
    (one.series == other.series).then(|| one.number.cmp(&other.number))
}

fn by_time(one: &Placed<'_>, other: &Placed<'_>) -> Option<Ordering> {
    let (one, other) = (one.time?, other.time?);
    if one.is_before(other) {
        Some(Ordering::Less)
    } else if other.is_before(one) {
        Some(Ordering::Greater)
    } else {
        None
    }
}
