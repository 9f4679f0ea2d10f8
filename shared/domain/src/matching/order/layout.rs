//! Builds the capture order of one body: series, counters, clock changes, and places of frames without a time.

use std::collections::{BTreeMap, BTreeSet};

use super::{NEAR, Numbered, Order, Placed, RESTART_PAUSE_MS};
use crate::matching::clock::{Clock, Span};
use crate::matching::counter::{Counter, counted_on, unwrapped};
use crate::matching::shown::Shown;
use crate::matching::{DayFacts, Frame};

/// Minimum pause that ends a stretch where there are two counters, in milliseconds.
const STRETCH_PAUSE_MS: i64 = 300_000;
/// Maximum number of counters of a body in a day. More of them are two bodies that take turns.
const MOST_COUNTERS: usize = 6;
/// Maximum span of one day's times, in milliseconds. A wider span means that the clock was reset.
const WIDEST_DAY_MS: i64 = 36 * 3_600_000;

impl<'a> Order<'a> {
    /// Builds the order. The order of the input does not matter.
    pub(in crate::matching) fn of(
        frames: &[&'a Frame],
        is_one_body: bool,
        day: &DayFacts<'_>,
    ) -> Self {
        let mut series = all_series(frames);
        let live = |one: &Series<'_>| one.frames.iter().any(|(frame, _)| !frame.is_lost);
        let has_series = series.iter().any(live);
        series.retain(live);

        let own_time = |frame: &Frame| frame.captured_at.filter(|_| !frame.is_lost);
        let is_edited = |frame: &&&Frame| frame.is_edit_time;
        let timed = || frames.iter().filter(|frame| own_time(frame).is_some());
        let all_edited = timed().all(|frame| is_edited(&frame));
        let trusted = || timed().filter(|frame| all_edited || !frame.is_edit_time);
        let clock = Clock::of(
            trusted().filter_map(|frame| own_time(frame)).collect::<Vec<_>>().into_iter(),
        );

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
                // The name is in no series of this camera, so the file has no place. Without any series, it may belong
                // anywhere.
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

    /// Detects two counters and clock changes, and places the frames without a time.
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
            if has_times {
                self.place_untimed(&members, &timed, is_sound);
            } else {
                self.order_by_number_alone(&members, series);
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

    pub(super) fn time(&self, at: usize) -> Option<Span> {
        self.placed.get(at)?.time
    }

    fn number(&self, at: usize) -> Option<u64> {
        Some(self.placed.get(at)?.numbered?.number)
    }

    /// Returns whether the number does not increase although the time does.
    fn descends(&self, one: usize, next: usize) -> bool {
        let is_later =
            self.time(one).zip(self.time(next)).is_some_and(|(one, next)| one.is_before(next));
        is_later && self.number(next) <= self.number(one)
    }

    /// Returns whether a number occurs at two distinguishable times.
    fn has_number_twice(&self, timed: &[usize]) -> bool {
        let mut by_number: BTreeMap<u64, Span> = BTreeMap::new();
        timed.iter().any(|at| {
            let (Some(number), Some(time)) = (self.number(*at), self.time(*at)) else {
                return false;
            };
            *by_number.entry(number).or_insert(time) != time
        })
    }

    /// Gives each frame its counter and stretch, or detects that two bodies took turns.
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

    /// Orders frames without any time by number, if all are in one series and each number occurs once.
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

    /// Places each frame without a time between the neighbours of its number, or removes its number.
    fn place_untimed(&mut self, members: &[usize], timed: &[usize], is_sound: bool) {
        // The time of each number; `None` when the number occurs twice.
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
}

/// Returns the span in which a frame with this number was taken, from its lower to its higher neighbour.
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

/// The files of one series.
struct Series<'a> {
    frames: Vec<(&'a Frame, Counter)>,
}

/// Returns the series with at least two files, in a fixed order.
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
