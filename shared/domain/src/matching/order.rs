//! Capture order: the order in which one camera took its frames.
//!
//! 1. By the capture time with its fraction of a second.
//! 2. Within the same instant by the number in the file's name (`IMG_0042.JPG`), then by the name. Cameras count to
//!    9999 and begin again: in one burst `9999` comes before `0001`.
//! 3. A frame without a capture time is put between the two frames of the same series (the same name around the
//!    number) that its number lies between, if these follow each other directly; or at an end of the order, beside the
//!    first or last frame. The neighbour must be near: no more than [`NEAR`] numbers away.
//! 4. If no frame of the camera has a time and all are of one series with each number once, they are ordered by number.
//! 5. Every other frame without a time has no place.
//!
//! The answer depends on the set of frames alone.

use std::collections::BTreeMap;

use super::Frame;
use super::file_name::stem;

/// How far apart two numbers of a series may be for one frame to be placed beside the other.
pub const NEAR: u64 = 100;

/// The frames of a camera in the order they were taken.
pub(super) struct Order<'a> {
    pub(super) placed: Vec<&'a Frame>,
    /// Those of which it cannot be known when they were taken, by name.
    pub(super) without_place: Vec<&'a Frame>,
}

/// The number a camera gave a file, and the text around it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Counter {
    series: (String, String),
    number: u64,
}

impl Counter {
    /// The last run of at least three digits, or else the last run: `IMG_0042`, `P1010042`, `IMG_0042-2`.
    fn of(file_name: &str) -> Option<Self> {
        let stem = stem(file_name);
        let mut runs = Vec::new();
        let mut start = None;
        for (at, byte) in stem.bytes().enumerate().chain([(stem.len(), b' ')]) {
            match (byte.is_ascii_digit(), start) {
                (true, None) => start = Some(at),
                (false, Some(from)) => {
                    runs.push(from..at);
                    start = None;
                }
                (true, Some(_)) | (false, None) => {}
            }
        }
        let run = runs.iter().rev().find(|run| run.len() >= 3).or(runs.last())?;
        let number = stem.get(run.clone())?.parse().ok()?;
        let around = (stem.get(..run.start)?.to_lowercase(), stem.get(run.end..)?.to_lowercase());
        Some(Self { series: around, number })
    }
}

/// A frame and what its name says.
struct Counted<'a> {
    frame: &'a Frame,
    counter: Option<Counter>,
}

/// Puts the frames in order. See the module's page for the rules.
pub(super) fn capture_order(frames: &[Frame]) -> Order<'_> {
    let (timed, untimed): (Vec<_>, Vec<_>) = frames
        .iter()
        .map(|frame| Counted { frame, counter: Counter::of(&frame.file_name) })
        .partition(|counted| counted.frame.captured_at.is_some());
    let mut order = if timed.is_empty() { by_number(untimed) } else { by_time(timed, untimed) };
    order.without_place.sort_by(|a, b| (&a.file_name, &a.photo).cmp(&(&b.file_name, &b.photo)));
    order
}

/// All frames without a time: by number if that says everything, else none has a place.
fn by_number(mut untimed: Vec<Counted<'_>>) -> Order<'_> {
    let series = untimed.first().and_then(|first| first.counter.clone()).map(|c| c.series);
    let is_one_series = series.is_some()
        && untimed.iter().all(|c| c.counter.as_ref().map(|c| &c.series) == series.as_ref());
    sort_by_number(&mut untimed);
    let numbers = || untimed.iter().map(|c| c.counter.as_ref().map(|c| c.number));
    let each_once = numbers().zip(numbers().skip(1)).all(|(one, next)| one != next);
    let frames = untimed.iter().map(|counted| counted.frame).collect();
    if is_one_series && each_once {
        Order { placed: frames, without_place: Vec::new() }
    } else {
        Order { placed: Vec::new(), without_place: frames }
    }
}

fn by_time<'a>(mut timed: Vec<Counted<'a>>, untimed: Vec<Counted<'a>>) -> Order<'a> {
    timed.sort_by_key(|counted| counted.frame.captured_at);
    for instant in timed.chunk_by_mut(|a, b| a.frame.captured_at == b.frame.captured_at) {
        sort_by_number(instant);
    }

    // Where each number of each series stands; `None` when it stands in two places.
    let mut by_series: BTreeMap<&(String, String), BTreeMap<u64, Option<usize>>> = BTreeMap::new();
    for (place, counted) in timed.iter().enumerate() {
        if let Some(counter) = &counted.counter {
            by_series
                .entry(&counter.series)
                .or_default()
                .entry(counter.number)
                .and_modify(|place| *place = None)
                .or_insert(Some(place));
        }
    }

    // The frames to be put before each place, by number; a number that is there twice says nothing.
    let mut before: BTreeMap<usize, BTreeMap<u64, Vec<&Frame>>> = BTreeMap::new();
    let mut without_place = Vec::new();
    for counted in untimed {
        let place = counted.counter.as_ref().and_then(|counter| {
            let place = place_of(counter.number, by_series.get(&counter.series)?, timed.len())?;
            Some((place, counter.number))
        });
        match place {
            Some((place, number)) => {
                before.entry(place).or_default().entry(number).or_default().push(counted.frame);
            }
            None => without_place.push(counted.frame),
        }
    }

    let mut placed = Vec::with_capacity(timed.len());
    for place in 0..=timed.len() {
        for frames in before.remove(&place).unwrap_or_default().into_values() {
            match frames.as_slice() {
                [only] => placed.push(*only),
                _ => without_place.extend(frames),
            }
        }
        placed.extend(timed.get(place).map(|counted| counted.frame));
    }
    Order { placed, without_place }
}

/// Before which of `count` frames a frame with this number belongs, if its neighbours in the series agree.
fn place_of(number: u64, series: &BTreeMap<u64, Option<usize>>, count: usize) -> Option<usize> {
    if series.contains_key(&number) {
        return None;
    }
    let near = |other: u64| other.abs_diff(number) <= NEAR;
    let lower = series.range(..number).next_back().filter(|(other, _)| near(**other));
    let higher = series.range(number..).next().filter(|(other, _)| near(**other));
    let place = |neighbour: Option<(&u64, &Option<usize>)>| match neighbour {
        Some((_, Some(place))) => Some(*place),
        Some((_, None)) | None => None,
    };
    match (lower, higher) {
        (Some(_), Some(_)) => {
            let after = place(lower)?.checked_add(1)?;
            (place(higher)? == after).then_some(after)
        }
        (Some(_), None) => place(lower)?.checked_add(1).filter(|after| *after == count),
        (None, Some(_)) => place(higher).filter(|first| *first == 0),
        (None, None) => None,
    }
}

/// By number, then by name, then by id, so that the order never depends on how the frames arrived.
fn sort_by_number(frames: &mut [Counted<'_>]) {
    let number = |counted: &Counted<'_>| counted.counter.as_ref().map(|counter| counter.number);
    let has = |is: fn(u64) -> bool| frames.iter().filter_map(number).any(is);
    let begins_again = has(|n| n < 1_000)
        && has(|n| (9_000..10_000).contains(&n))
        && !has(|n| (1_000..9_000).contains(&n) || n >= 10_000);
    let counted_on = |n: u64| if begins_again && n < 1_000 { n + 10_000 } else { n };
    frames.sort_by(|a, b| {
        let key = |counted| number(counted).map(counted_on);
        (key(a), &a.frame.file_name, &a.frame.photo).cmp(&(
            key(b),
            &b.frame.file_name,
            &b.frame.photo,
        ))
    });
}
