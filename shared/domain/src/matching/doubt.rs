//! Runs, and the doubts that a run may hide a card.
//!
//! A run is a card and the frames after it. If the next student's card was not photographed or its file was lost, that
//! student's photos are in the previous run. The signs of it:
//!
//! * The run is far longer than usual on this camera.
//! * It has a pause like the one between two students.
//! * It lacks a file number.
//! * It has a picture with a part of a card.
//! * It skips a card of the print order. This counts only with a weakly long run or pause, because absent students are
//!   usual.
//!
//! The bounds are constants of [`usual`](super::usual), measured in `never_another_child`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::counter::{Counter, is_any_missing};
use super::order::{Order, Placed};
use super::usual::Usual;
use super::{DayFacts, Match};
use crate::ids::{PhotoId, StudentId};

/// One in this many runs lacks a number where photos were culled before the upload.
const CULLED_ONE_IN: usize = 4;
/// Minimum number of runs with a missing number that show culling.
const CULLED_FEWEST: usize = 5;
/// Maximum number of cards between two cards that still count as near in the print order.
const SKIPPED_AT_MOST: usize = 3;

/// The prefix that Canon writes before a movie's number, whatever the photos' prefix is; one counter numbers both.
///
/// Other makers use the photos' prefix for movies too, or count movies separately.
const FILMS_OF_CANON: &str = "mvi_";

/// Why a person must check a run before a family sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// It has far more frames than usual on this camera.
    LongRun,
    /// It has a pause as long as the one between two students.
    PauseInside,
    /// A frame in it may show a part of a card.
    CardLike,
    /// It lacks a file number; the missing file may have been a card.
    NumberGap,
    /// A card printed between its own and the next run's was not photographed, and its student has no photo.
    PrintOrder,
    /// A file was lost, and its name does not tell its place.
    LostFile,
    /// A person assigned a frame in it to another student, and more frames follow.
    ///
    /// A frame assigned to no student counts only with a weakly long run or pause, because photos with closed eyes are
    /// removed too.
    HandDiffers,
}

impl Doubt {
    /// Returns the stable code in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::LongRun => "long_run",
            Self::PauseInside => "pause_inside",
            Self::CardLike => "card_like",
            Self::NumberGap => "number_gap",
            Self::PrintOrder => "print_order",
            Self::LostFile => "lost_file",
            Self::HandDiffers => "hand_differs",
        }
    }
}

/// The runs of one body: places of frames by the place of their card.
#[derive(Default)]
pub(super) struct Runs(BTreeMap<usize, Vec<usize>>);

/// Facts of the label and the day for judging a run.
pub(super) struct Evidence<'a> {
    /// Numbers of files beside the body's frames, by series.
    pub(super) present: &'a BTreeMap<(String, String), BTreeSet<u64>>,
    /// Students whose card or photo was seen.
    pub(super) seen: &'a BTreeSet<StudentId>,
    pub(super) day: &'a DayFacts<'a>,
}

/// One run with the values for judging it.
struct Judged<'a> {
    /// The card, then the frames up to the last one that got its student from the card.
    frames: Vec<&'a Placed<'a>>,
    /// Number of these frames without the card.
    length: f64,
    /// Seconds before each frame except the first; `None` where a time is missing.
    pauses: Vec<Option<f64>>,
    /// For each frame, whether a file number is missing directly before it.
    gaps: Vec<bool>,
}

impl Runs {
    /// Adds a frame to the run of the card at this place.
    pub(super) fn add(&mut self, card: usize, frame: usize) {
        self.0.entry(card).or_default().push(frame);
    }

    /// Writes the run and its doubts into the matches.
    pub(super) fn judge(&self, order: &Order<'_>, evidence: &Evidence<'_>, matches: &mut [Match]) {
        let get = |at: &usize| order.placed.get(*at);
        let present = numbers_present(order, evidence.present);
        let usual = self.usual(order);
        let runs: Vec<(&Placed<'_>, Judged<'_>)> = self
            .0
            .iter()
            .filter_map(|(card, frames)| {
                let card = get(card)?;
                card.shown.student()?;
                let all: Vec<_> = frames.iter().filter_map(get).collect();
                Some((card, Judged::of(card, all, &present)))
            })
            .collect();
        let with_gap = runs.iter().filter(|(_, run)| run.gaps.contains(&true)).count();
        let is_culled = with_gap >= CULLED_FEWEST && with_gap * CULLED_ONE_IN >= runs.len();
        let skips = skipped(&runs, evidence);

        let mut found: BTreeMap<&PhotoId, (&PhotoId, BTreeSet<Doubt>)> = BTreeMap::new();
        for ((card, run), is_skip) in runs.iter().zip(skips) {
            let mut doubts = run.doubts(&usual, is_culled, is_skip);
            if order.lost_somewhere {
                doubts.insert(Doubt::LostFile);
            }
            for one in run.given() {
                found.insert(&one.frame.photo, (&card.frame.photo, doubts.clone()));
            }
        }
        for one in matches {
            if let Some((run, doubts)) = found.remove(&one.photo) {
                one.run = Some(run.clone());
                one.doubts = doubts;
            }
        }
    }

    /// Returns the usual values of this camera, from all its runs.
    fn usual(&self, order: &Order<'_>) -> Usual {
        let get = |at: &usize| order.placed.get(*at);
        let (mut lengths, mut within, mut between) = (Vec::new(), Vec::new(), Vec::new());
        for frames in self.0.values() {
            lengths.push(count(frames.len()));
            let pairs = frames.iter().zip(frames.iter().skip(1));
            within.extend(pairs.filter_map(|(one, next)| pause(get(one)?, get(next)?)));
            let last = frames.last().copied().unwrap_or_default();
            let next =
                order.placed.iter().skip(last.saturating_add(1)).find(|one| one.shown.is_break());
            between.extend(next.zip(get(&last)).and_then(|(next, last)| pause(last, next)));
        }
        Usual::of(lengths, within, between)
    }
}

impl<'a> Judged<'a> {
    fn of(
        card: &'a Placed<'a>,
        mut frames: Vec<&'a Placed<'a>>,
        present: &BTreeMap<usize, BTreeSet<u64>>,
    ) -> Self {
        // Frames after the last one that got its student from the card were decided by hand and raise no doubt.
        let is_given = |one: &&Placed<'_>| one.frame.by_hand.is_none();
        frames.truncate(frames.iter().rposition(is_given).map_or(0, |last| last.saturating_add(1)));
        let length = count(frames.len());
        frames.insert(0, card);
        let pairs = || frames.iter().zip(frames.iter().skip(1));
        let pauses = pairs().skip(1).map(|(one, next)| pause(one, next)).collect();
        let gaps = pairs().map(|(one, next)| is_number_missing(one, next, present)).collect();
        Self { frames, length, pauses, gaps }
    }

    fn doubts(&self, usual: &Usual, is_culled: bool, is_skip: bool) -> BTreeSet<Doubt> {
        let longest = self.pauses.iter().flatten().copied().fold(0.0, f64::max);
        let is_weakly_long = self.length > usual.weakly_long;
        let has_weak_pause = longest >= usual.weak_pause;
        let has_gap = self.gaps.contains(&true);
        let gap_counts = !is_culled || has_weak_pause || is_skip;
        let is_weak = is_weakly_long || has_weak_pause;
        let mut doubts = BTreeSet::new();
        let mut doubt_if = |holds: bool, doubt| {
            if holds {
                doubts.insert(doubt);
            }
        };
        doubt_if(self.length > usual.long, Doubt::LongRun);
        doubt_if(longest >= usual.pause || (has_weak_pause && is_weakly_long), Doubt::PauseInside);
        doubt_if(has_gap && gap_counts, Doubt::NumberGap);
        doubt_if(is_skip && is_weak, Doubt::PrintOrder);
        doubt_if(self.given().any(|one| one.frame.looks_like_card), Doubt::CardLike);
        doubt_if(self.is_contradicted(|others| !others.is_empty() || is_weak), Doubt::HandDiffers);
        doubts
    }

    fn given(&self) -> impl Iterator<Item = &&'a Placed<'a>> {
        self.frames.iter().skip(1).filter(|one| one.frame.by_hand.is_none())
    }

    /// Returns whether a person assigned a frame of the run to someone other than its student.
    ///
    /// `counts` says which assignments count. More frames of the run always follow, because decided frames at its end
    /// were removed.
    fn is_contradicted(&self, counts: impl Fn(&BTreeSet<StudentId>) -> bool) -> bool {
        let student = self.frames.first().and_then(|card| card.shown.student());
        let mut decided = self.frames.iter().skip(1).filter_map(|one| one.frame.by_hand.as_ref());
        decided.any(|students| {
            student.is_none_or(|student| !students.contains(student)) && counts(students)
        })
    }
}

/// Returns for each run whether it skips a few printed cards, at least one of them never seen.
fn skipped(runs: &[(&Placed<'_>, Judged<'_>)], evidence: &Evidence<'_>) -> Vec<bool> {
    let places: BTreeMap<&StudentId, usize> =
        evidence.day.print_order.iter().enumerate().map(|(at, student)| (student, at)).collect();
    let place = |card: &Placed<'_>| places.get(card.shown.student()?).copied();
    let next = runs.iter().skip(1).map(|(card, _)| place(card)).chain([None]);
    runs.iter()
        .zip(next)
        .map(|((card, _), next)| {
            let (Some(own), Some(next)) = (place(card), next) else { return false };
            let between =
                evidence.day.print_order.get(own.saturating_add(1)..next).unwrap_or_default();
            (1..=SKIPPED_AT_MOST).contains(&between.len())
                && between.iter().any(|student| !evidence.seen.contains(student))
        })
        .collect()
}

/// Returns the numbers that any file has, by series of the body, counted on after a restart.
fn numbers_present(
    order: &Order<'_>,
    beside: &BTreeMap<(String, String), BTreeSet<u64>>,
) -> BTreeMap<usize, BTreeSet<u64>> {
    let mut present: BTreeMap<usize, BTreeSet<u64>> = BTreeMap::new();
    let mut added = BTreeSet::new();
    for one in &order.placed {
        let Some(numbered) = one.numbered else { continue };
        let numbers = present.entry(numbered.series).or_default();
        numbers.insert(numbered.number);
        if added.insert(numbered.series)
            && let Some(counter) = Counter::of(&one.frame.file_name)
        {
            let films_of_canon = (FILMS_OF_CANON.to_owned(), String::new());
            let others = [&counter.series, &films_of_canon].into_iter();
            let others = others.filter_map(|series| beside.get(series)).flatten();
            numbers.extend(others.flat_map(|number| [*number, number.saturating_add(10_000)]));
        }
    }
    present
}

fn is_number_missing(
    one: &Placed<'_>,
    next: &Placed<'_>,
    present: &BTreeMap<usize, BTreeSet<u64>>,
) -> bool {
    let (Some(one), Some(next)) = (one.numbered, next.numbered) else { return false };
    one.series == next.series
        && next.is_counter
        && present
            .get(&one.series)
            .is_some_and(|present| is_any_missing(one.number, next.number, present))
}

/// Returns the seconds between two frames; `None` without two exact times.
fn pause(one: &Placed<'_>, next: &Placed<'_>) -> Option<f64> {
    let is_exact = |one: &Placed<'_>| one.time.filter(|time| time.from == time.to);
    let milliseconds = is_exact(next)?.from.checked_sub(is_exact(one)?.to)?;
    // A pause of more than 49 days counts as 49 days (`u32` milliseconds).
    Some(f64::from(u32::try_from(milliseconds.max(0)).unwrap_or(u32::MAX)) / 1_000.0)
}

fn count(frames: usize) -> f64 {
    f64::from(u32::try_from(frames).unwrap_or(u32::MAX))
}
