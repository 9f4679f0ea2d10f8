//! Camera bodies. Two bodies under one label have separate counters and clocks.

use std::collections::{BTreeMap, BTreeSet};

use super::Frame;
use super::counter::Counter;
use super::file_kind::{is_film, is_raw, may_be_a_card, path_stem};
use crate::photo::{CameraBody, CardSeen};

/// The frames of one body, and the label's other files that may belong to it.
pub(super) struct Body<'a> {
    /// Its own frames, and possible breaks: lost files, and cards whose body is unknown.
    pub(super) frames: Vec<&'a Frame>,
    /// Whether all its own frames name the same serial number.
    pub(super) is_known: bool,
    key: Option<CameraBody>,
}

impl Body<'_> {
    /// Returns whether the frame belongs to this body. Always `true` when the label has only one.
    pub(super) fn is_own(&self, frame: &Frame) -> bool {
        self.key.is_none() || frame.body == self.key
    }
}

/// The bodies of one label.
pub(super) struct Bodies<'a> {
    pub(super) bodies: Vec<Body<'a>>,
    /// Frames that name no body, where the label has several bodies.
    pub(super) of_unknown_body: Vec<&'a Frame>,
}

/// Splits a label's frames by body.
pub(super) fn split(frames: &[Frame]) -> Bodies<'_> {
    let counts = frames_that_count(frames);
    let live = || counts.iter().copied().filter(|frame| !frame.is_lost);
    let keys: BTreeSet<_> = live().filter_map(|frame| frame.body.clone()).collect();
    if keys.len() < 2 {
        let is_known = matches!(keys.first(), Some(CameraBody::Serial(_)))
            && live().all(|frame| frame.body.is_some());
        let only = Body { frames: counts, is_known, key: None };
        return Bodies { bodies: vec![only], of_unknown_body: Vec::new() };
    }
    let may_be_a_break =
        |frame: &&Frame| frame.is_lost || (frame.body.is_none() && frame.card != CardSeen::None);
    let bodies = keys
        .into_iter()
        .map(|key| {
            let is_known = matches!(key, CameraBody::Serial(_));
            let key = Some(key);
            let is_of = |frame: &&Frame| frame.body == key || may_be_a_break(frame);
            let frames = counts.iter().copied().filter(is_of).collect();
            Body { frames, is_known, key }
        })
        .collect();
    Bodies { bodies, of_unknown_body: live().filter(|frame| frame.body.is_none()).collect() }
}

/// Removes lost files that cannot show a card: movies, sidecars, and raw files whose JPEG is there.
fn frames_that_count(frames: &[Frame]) -> Vec<&Frame> {
    let there: BTreeSet<_> = frames
        .iter()
        .filter(|frame| !frame.is_lost)
        .map(|frame| path_stem(&frame.file_name))
        .collect();
    frames
        .iter()
        .filter(|frame| {
            let has_twin =
                || is_raw(&frame.file_name) && there.contains(&path_stem(&frame.file_name));
            !frame.is_lost || (may_be_a_card(&frame.file_name) && !has_twin())
        })
        .collect()
}

/// Returns the counter numbers of lost movies and photos, by series.
///
/// Such a number is not missing. With several bodies the result is empty, because it is unknown which body took the
/// file.
pub(super) fn present(
    frames: &[Frame],
    bodies: usize,
) -> BTreeMap<(String, String), BTreeSet<u64>> {
    let mut present: BTreeMap<_, BTreeSet<u64>> = BTreeMap::new();
    let has_a_number =
        |frame: &&Frame| is_film(&frame.file_name) || may_be_a_card(&frame.file_name);
    for frame in frames.iter().filter(|frame| bodies == 1 && frame.is_lost).filter(has_a_number) {
        if let Some(counter) = Counter::of(&frame.file_name) {
            present.entry(counter.series).or_default().insert(counter.number);
        }
    }
    present
}
