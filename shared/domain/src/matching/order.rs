//! Capture order: what is known of the order in which one body took its frames.
//!
//! Clocks are set, batteries die, counters begin again. So order is partial: time and number are two witnesses, and a
//! frame is given to a card only where no witness says otherwise:
//!
//! * The card is before the frame: at least one witness says so and none denies it.
//! * Every other break (a card, an unreadable card, a lost file that may be a card) is outside: no witness puts it
//!   between the card and the frame, and at least one puts it before the card or after the frame.
//!
//! So one wrong witness leaves frames without a student, and gives none to another child. What the witnesses know:
//!
//! * **Time** is compared at the precision all times of the body have; the same instant says nothing. The time of an
//!   edit may deny and is never enough alone. Nor is any time of a body whose clock is known to have been set.
//! * **Number** counts within a series (the same text around the number), where it is wider than one file; `0001` after
//!   `9999` counts on.
//! * The same number at two times proves two counters. They are told apart only where each ascends and the pause
//!   between them is at least [`RESTART_PAUSE_MS`] (a memory card was changed); a frame then needs a card of its own
//!   stretch. In any other case these are two bodies, and no frame is given to a card.
//! * A frame without a time is put between the two frames its number lies between. Its neighbour must be near: no more
//!   than [`NEAR`] numbers away. If no frame has a time, numbers decide where all are of one series and each is there once.
//! * Without a serial number, a frame and its card must be of one series.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::clock::{Clock, Span};
use super::counter::{Counter, counted_on, unwrapped};
use super::shown::Shown;
use super::{DayFacts, Frame, Note};

/// How far apart two numbers of a series may be for one frame to be placed beside the other.
pub const NEAR: u64 = 100;
/// The least pause in which a memory card is changed or formatted, in milliseconds.
pub const RESTART_PAUSE_MS: i64 = 60_000;
/// The pause that ends a stretch where there are two counters, in milliseconds.
const STRETCH_PAUSE_MS: i64 = 300_000;
/// The most counters of a body in a day. More descents are two bodies that take turns.
const MOST_COUNTERS: usize = 6;
/// The widest span of a day's times, in milliseconds: a clock that says more was reset.
const WIDEST_DAY_MS: i64 = 36 * 3_600_000;

/// A frame's number within one of its body's series.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbered {
    pub(super) series: usize,
    /// Counted on beyond 9999.
    pub(super) number: u64,
    /// Claims that the number has the few digits of a counter: a clock in the name has gaps everywhere.
    pub(super) is_counter: bool,
    /// Which of the series' counters, and which stretch of it; `None` where that is not known.
    counter: Option<(usize, usize)>,
}

/// A frame and what is known of its place.
pub(super) struct Placed<'a> {
    pub(super) frame: &'a Frame,
    pub(super) shown: Shown,
    pub(super) time: Option<Span>,
    pub(super) numbered: Option<Numbered>,
}

impl Placed<'_> {
    /// The place in a list for people, who want one even where order is not certain.
    pub(super) fn list_key(&self) -> (i64, u64, &str, &str) {
        (
            self.time.map_or(i64::MAX, |time| time.from),
            self.numbered.map_or(u64::MAX, |numbered| numbered.number),
            &self.frame.file_name,
            self.frame.photo.as_str(),
        )
    }
}

/// The frames of one body, in the order for lists, and what is known of them as a whole.
pub(super) struct Order<'a> {
    pub(super) placed: Vec<Placed<'a>>,
    /// Places of all breaks, by time.
    breaks: Vec<usize>,
    /// Places of breaks by series and number.
    numbered_breaks: BTreeMap<usize, Vec<(u64, usize)>>,
    /// The numbers that each two counters of a series share: from, to.
    shared: BTreeMap<(usize, usize, usize), (u64, u64)>,
    is_one_body: bool,
    /// Claims that a time is not enough without a number.
    needs_number: bool,
    has_two_bodies: bool,
    /// Claims that one file is lost that may have been a card anywhere.
    pub(super) lost_somewhere: bool,
}

/// What a witness says of a break.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Testimony {
    Outside,
    Inside,
    Silent,
}

impl<'a> Order<'a> {
    /// Finds what is known of the order. The frames' own order does not matter.
    pub(super) fn of(frames: &[&'a Frame], is_one_body: bool, day: &DayFacts<'_>) -> Self {
        let mut series = all_series(frames);
        let live = |one: &Series<'_>| one.frames.iter().any(|(frame, _)| !frame.is_lost);
        let has_series = series.iter().any(live);
        series.retain(live);

        let own_time = |frame: &Frame| frame.captured_at.filter(|_| !frame.is_lost);
        let is_edited = |frame: &&&Frame| frame.is_edit_time;
        let timed = || frames.iter().filter(|frame| own_time(frame).is_some());
        let all_edited = timed().all(|frame| is_edited(&frame));
        let times = || timed().filter(|frame| all_edited || !frame.is_edit_time);
        let clock =
            Clock::of(times().filter_map(|frame| own_time(frame)).collect::<Vec<_>>().into_iter());

        let numbered: BTreeMap<_, _> = series
            .iter()
            .enumerate()
            .flat_map(|(at, one)| {
                let up_to =
                    counted_on(&one.frames.iter().map(|(_, counter)| counter.number).collect());
                one.frames.iter().map(move |(frame, counter)| {
                    let number = unwrapped(counter.number, up_to);
                    let is_counter = counter.digits <= 5;
                    (
                        &frame.photo,
                        Numbered { series: at, number, is_counter, counter: Some((0, 0)) },
                    )
                })
            })
            .collect();

        let mut lost_somewhere = false;
        let mut placed: Vec<Placed<'a>> = Vec::with_capacity(frames.len());
        for frame in frames {
            let numbered = numbered.get(&frame.photo).copied();
            if frame.is_lost && numbered.is_none() {
                // A name that no frame of this camera is like: another file, unless no name is like any other.
                lost_somewhere |= !has_series;
                continue;
            }
            let time = own_time(frame).filter(|_| all_edited || !frame.is_edit_time);
            let time = time.map(|time| clock.span(time));
            placed.push(Placed { frame, shown: Shown::by(frame, day.cards), time, numbered });
        }
        placed.sort_by(|a, b| a.list_key().cmp(&b.list_key()));

        let mut order = Self {
            placed,
            breaks: Vec::new(),
            numbered_breaks: BTreeMap::new(),
            shared: BTreeMap::new(),
            is_one_body,
            needs_number: all_edited && timed().next().is_some(),
            has_two_bodies: false,
            lost_somewhere,
        };
        order.examine(series.len());
        order
    }

    /// Looks for two counters and a clock that was set, and places the frames without a time.
    fn examine(&mut self, series: usize) {
        let mut is_set = false;
        let has_times = self.placed.iter().any(|one| one.time.is_some());
        for at in 0..series {
            let members: Vec<usize> = self.members(at).collect();
            let timed: Vec<usize> =
                members.iter().copied().filter(|one| self.time(*one).is_some()).collect();
            let descends = timed
                .iter()
                .zip(timed.iter().skip(1))
                .any(|(one, next)| self.descends(*one, *next));
            let is_sound = if self.has_number_twice(&timed) {
                self.tell_counters_apart(at, &members, &timed);
                false
            } else {
                is_set |= descends;
                !descends
            };
            if !has_times {
                self.order_by_number_alone(&members, series);
            } else {
                self.place_untimed(&members, &timed, is_sound);
            }
        }
        let times =
            || self.placed.iter().filter_map(|one| one.time.filter(|time| time.from == time.to));
        let first = times().map(|time| time.from).min().unwrap_or(0);
        let last = times().map(|time| time.to).max().unwrap_or(0);
        let one_series =
            self.placed.iter().all(|one| one.numbered.is_some_and(|numbered| numbered.series == 0));
        is_set |= last.saturating_sub(first) > WIDEST_DAY_MS && !one_series;
        self.needs_number |= is_set;

        self.placed.sort_by(|a, b| a.list_key().cmp(&b.list_key()));
        let is_break = |at: &usize| self.placed.get(*at).is_some_and(|one| one.shown.is_break());
        self.breaks = (0..self.placed.len()).filter(is_break).collect();
        for at in &self.breaks {
            if let Some(numbered) = self.placed.get(*at).and_then(|one| one.numbered) {
                self.numbered_breaks
                    .entry(numbered.series)
                    .or_default()
                    .push((numbered.number, *at));
            }
        }
        self.numbered_breaks.values_mut().for_each(|breaks| breaks.sort_unstable());
    }

    fn members(&self, series: usize) -> impl Iterator<Item = usize> + '_ {
        let is_of =
            move |one: &Placed<'_>| one.numbered.is_some_and(|numbered| numbered.series == series);
        self.placed.iter().enumerate().filter(move |(_, one)| is_of(one)).map(|(at, _)| at)
    }

    fn time(&self, at: usize) -> Option<Span> {
        self.placed.get(at)?.time
    }

    fn number(&self, at: usize) -> Option<u64> {
        Some(self.placed.get(at)?.numbered?.number)
    }

    /// Claims that the number goes down though time goes on.
    fn descends(&self, one: usize, next: usize) -> bool {
        let is_later =
            self.time(one).zip(self.time(next)).is_some_and(|(one, next)| one.is_before(next));
        is_later && self.number(next) <= self.number(one)
    }

    /// Claims that a number stands at two times that can be told apart.
    fn has_number_twice(&self, timed: &[usize]) -> bool {
        let mut times: BTreeMap<u64, Span> = BTreeMap::new();
        timed.iter().any(|at| {
            let (Some(number), Some(time)) = (self.number(*at), self.time(*at)) else {
                return false;
            };
            *times.entry(number).or_insert(time) != time
        })
    }

    /// Gives each frame its counter and its stretch, or finds that two bodies took turns.
    fn tell_counters_apart(&mut self, series: usize, members: &[usize], timed: &[usize]) {
        for at in members {
            if let Some(numbered) = self.placed.get_mut(*at).and_then(|one| one.numbered.as_mut()) {
                numbered.counter = None;
            }
        }
        let (mut counter, mut stretch) = (0_usize, 0_usize);
        let mut numbers: Vec<BTreeSet<u64>> = vec![BTreeSet::new()];
        let mut last: Option<usize> = None;
        for at in timed {
            let (Some(time), Some(number)) = (self.time(*at), self.number(*at)) else { continue };
            if let Some((before, its)) =
                last.and_then(|last| Some((self.time(last)?, self.number(last)?)))
            {
                let pause = time.from.saturating_sub(before.to);
                if number < its || (number == its && pause > 0) {
                    self.has_two_bodies |= pause < RESTART_PAUSE_MS;
                    counter += 1;
                    stretch += 1;
                    numbers.push(BTreeSet::new());
                } else if pause >= STRETCH_PAUSE_MS
                    || (number > its + 1 && pause >= RESTART_PAUSE_MS)
                {
                    stretch += 1;
                }
            }
            if let Some(set) = numbers.last_mut() {
                set.insert(number);
            }
            if let Some(numbered) = self.placed.get_mut(*at).and_then(|one| one.numbered.as_mut()) {
                numbered.counter = Some((counter, stretch));
            }
            last = Some(*at);
        }
        self.has_two_bodies |= counter >= MOST_COUNTERS;
        for (one, of_one) in numbers.iter().enumerate() {
            for (other, of_other) in numbers.iter().enumerate() {
                let both: BTreeSet<_> = of_one.intersection(of_other).copied().collect();
                if let Some((first, last)) = both.first().zip(both.last()) {
                    self.shared.insert((series, one, other), (*first, *last));
                }
            }
        }
    }

    /// Without any time: numbers decide where all frames are of one series and each number is there once.
    fn order_by_number_alone(&mut self, members: &[usize], series: usize) {
        let numbers: BTreeSet<_> = members.iter().filter_map(|at| self.number(*at)).collect();
        if series == 1 && numbers.len() == members.len() && members.len() == self.placed.len() {
            return;
        }
        for at in members {
            if let Some(one) = self.placed.get_mut(*at).filter(|one| !one.frame.is_lost) {
                one.numbered = None;
            }
        }
    }

    /// Puts each frame without a time between the neighbours of its number, or takes its number away.
    fn place_untimed(&mut self, members: &[usize], timed: &[usize], is_sound: bool) {
        // Where each number stands; `None` when it stands there twice.
        let mut places: BTreeMap<u64, Option<Span>> = BTreeMap::new();
        for at in timed {
            let (Some(number), Some(time)) = (self.number(*at), self.time(*at)) else { continue };
            places.entry(number).and_modify(|place| *place = None).or_insert(Some(time));
        }
        let untimed: Vec<usize> =
            members.iter().copied().filter(|at| self.time(*at).is_none()).collect();
        let mut twice: BTreeMap<u64, usize> = BTreeMap::new();
        for at in &untimed {
            *twice.entry(self.number(*at).unwrap_or_default()).or_default() += 1;
        }
        for at in untimed {
            let Some(number) = self.number(at) else { continue };
            let is_once = twice.get(&number) == Some(&1);
            let span = if is_sound && is_once { between(number, &places) } else { None };
            let Some(one) = self.placed.get_mut(at) else { continue };
            one.time = span;
            if span.is_none() && !one.frame.is_lost {
                one.numbered = None;
            }
        }
    }

    /// The break whose run the frame at this place is in, or why that is not known.
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

    /// The few breaks that can be the one before a frame: the nearest by either witness.
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
        let by_number = self.by_number(card, frame);
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

    /// Claims that a break is not between the card and the frame. The same student's card is no break between.
    fn is_outside(&self, other: &Placed<'_>, card: &Placed<'_>, frame: &Placed<'_>) -> bool {
        if card.shown.student().is_some() && other.shown.student() == card.shown.student() {
            return true;
        }
        let by_time = match (by_time(other, card), by_time(other, frame)) {
            (Some(Ordering::Less), _) | (_, Some(Ordering::Greater)) => Testimony::Outside,
            (Some(Ordering::Greater), Some(Ordering::Less)) => Testimony::Inside,
            _ => Testimony::Silent,
        };
        let by_number = match (self.by_number(other, card), self.by_number(other, frame)) {
            _ if self.is_of_another_counter(other, card) => Testimony::Silent,
            (Some(Ordering::Less), Some(_)) | (Some(_), Some(Ordering::Greater)) => {
                Testimony::Outside
            }
            (Some(Ordering::Greater), Some(Ordering::Less)) => Testimony::Inside,
            _ => Testimony::Silent,
        };
        match (by_time, by_number) {
            (Testimony::Inside, _) | (_, Testimony::Inside) => false,
            (_, Testimony::Outside) => true,
            (Testimony::Outside, Testimony::Silent) => {
                !self.needs_number || self.is_of_another_counter(other, card)
            }
            (Testimony::Silent, Testimony::Silent) => false,
        }
    }

    /// Which of two frames has the lower number, where these are of one series.
    fn by_number(&self, one: &Placed<'_>, other: &Placed<'_>) -> Option<Ordering> {
        let (one, other) = (one.numbered?, other.numbered?);
        (one.series == other.series).then(|| one.number.cmp(&other.number))
    }

    /// Claims that a break was numbered by another counter: the card's counter has used numbers on both sides of it.
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
            let says = (by_time(other, frame), self.by_number(other, frame));
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

/// When a frame with this number was taken: from its lower neighbour in the series to its higher one.
fn between(number: u64, places: &BTreeMap<u64, Option<Span>>) -> Option<Span> {
    if places.contains_key(&number) {
        return None;
    }
    let near = |other: u64| other.abs_diff(number) <= NEAR;
    let lower = places.range(..number).next_back().filter(|(other, _)| near(**other));
    let higher = places.range(number..).next().filter(|(other, _)| near(**other));
    match (lower, higher) {
        (Some((_, Some(lower))), Some((_, Some(higher)))) => {
            Some(Span { from: lower.from, to: higher.to })
        }
        (Some((_, Some(lower))), None) => Some(Span { from: lower.from, to: i64::MAX }),
        (None, Some((_, Some(higher)))) => Some(Span { from: i64::MIN, to: higher.to }),
        (Some((_, None)), _) | (_, Some((_, None))) | (None, None) => None,
    }
}

/// Files of one series.
struct Series<'a> {
    frames: Vec<(&'a Frame, Counter)>,
}

/// The series that have two files or more, in a fixed order.
fn all_series<'a>(frames: &[&'a Frame]) -> Vec<Series<'a>> {
    let mut series: BTreeMap<(String, String), Series<'a>> = BTreeMap::new();
    for frame in frames {
        if let Some(counter) = Counter::of(&frame.file_name) {
            let one = series.entry(counter.series.clone()).or_insert(Series { frames: Vec::new() });
            one.frames.push((frame, counter));
        }
    }
    series.into_values().filter(|one| one.frames.len() >= 2).collect()
}
