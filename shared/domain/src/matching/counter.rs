//! The counter number in a file name: `IMG_0042.JPG`, `P1010042.JPG`.

use std::collections::BTreeSet;

use super::file_name::stem;

/// The number at which most cameras restart their counter.
const BEGINS_AGAIN: u64 = 10_000;

/// A number and the text around it. All files of a series have the same text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Counter {
    pub(super) series: (String, String),
    pub(super) number: u64,
    pub(super) digits: usize,
}

impl Counter {
    /// Parses a file name. The number is the last run of at least three digits, or else the last run of digits.
    ///
    /// Examples: `IMG_0042`, `P1010042`, `IMG_0042-2`.
    pub(super) fn of(file_name: &str) -> Option<Self> {
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
        Some(Self { series: around, number, digits: run.len() })
    }
}

/// Returns the last number after a restart of the counter; `None` without a restart.
///
/// A day with `9998`, `9999` and `0001` gives 1: numbers up to it come after 9999. A restart needs numbers at both ends
/// of the range and a gap of at least 4,000 between them. That is far more than the frames one camera takes in a pause.
pub(super) fn counted_on(numbers: &BTreeSet<u64>) -> Option<u64> {
    let (first, last) = (numbers.first()?, numbers.last()?);
    if *first >= 1_000 || !(9_000..BEGINS_AGAIN).contains(last) {
        return None;
    }
    let gaps = numbers.iter().zip(numbers.iter().skip(1));
    let (below, above) = gaps.max_by_key(|(one, next)| next.abs_diff(**one))?;
    (above - below >= 4_000).then_some(*below)
}

/// Returns the number counted on after a restart: a number up to `up_to` comes after 9999.
pub(super) fn unwrapped(number: u64, up_to: Option<u64>) -> u64 {
    if up_to.is_some_and(|last| number <= last) { number + BEGINS_AGAIN } else { number }
}

/// Returns whether a number between `after` and `before` is in no file.
///
/// Most cameras skip `0000`, so it is never missing.
pub(super) fn is_any_missing(after: u64, before: u64, present: &BTreeSet<u64>) -> bool {
    // Compare counts instead of single numbers: a gap wider than the number of present files has a missing number.
    let between = present.range(after.saturating_add(1)..before.max(after.saturating_add(1)));
    let wide = before.saturating_sub(after).saturating_sub(1);
    let unused = u64::from(before > BEGINS_AGAIN && after < BEGINS_AGAIN);
    let there = between.filter(|number| **number != BEGINS_AGAIN).count();
    u64::try_from(there).is_ok_and(|there| there.saturating_add(unused) < wide)
}
