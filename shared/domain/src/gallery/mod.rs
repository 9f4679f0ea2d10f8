//! A gallery: the photos of one student on one picture day, built by a worker, shown after a person asked for it.

mod expiry;

pub use expiry::{ExpiryChange, ExpiryError, expiry};

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::{GalleryId, PhotoId, StudentId};

/// How far a gallery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GalleryState {
    /// Asked for; nothing is in it.
    Draft,
    /// A worker is putting photos in.
    Building,
    /// Its family sees it.
    Published,
    /// Its time is over: its photos are never shown, whatever the row says.
    Expired,
    /// It was published, and none of its photos is its student's any more.
    Withdrawn,
}

/// Where a gallery is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// In the parent portal.
    #[default]
    Hosted,
}

/// A build that has not taken a step for this long is reported as stalled, in seconds: 15 minutes.
///
/// The queue delivers a failed step five times, 180 seconds apart, before it is a dead letter (`template.yaml`).
const STALLED_AFTER_SECONDS: i64 = 15 * 60;

/// The photos of one student on one picture day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gallery {
    /// Its id: leads to the picture day, derived from the student.
    pub id: GalleryId,
    /// Whose photos.
    pub student: StudentId,
    /// How far it has come, as stored. Ask [`Gallery::state_at`] before showing anything.
    pub state: GalleryState,
    /// Where it is published.
    pub target: Target,
    /// Counts up with every build, so that a rebuild is not taken for a repetition.
    pub generation: u32,
    /// The photos that the newest build puts in, in order: the student's when a person asked for it.
    pub plan: Vec<PhotoId>,
    /// Photos of the plan that the worker has put in.
    pub steps_done: u32,
    /// The photos that were published last, in order. No other photo is shown.
    pub confirmed: Vec<PhotoId>,
    /// When it stops being shown: seconds since 1970.
    pub expires_at: Option<i64>,
    /// When the newest build took its last step: seconds since 1970.
    pub moved_at: Option<i64>,
}

/// What a gallery shows now, and what a person has not confirmed yet.
///
/// Every count of a gallery's photos comes from here: lists, pages, the picture day, for studio and family alike.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GalleryContents {
    /// The photos shown, in order: published, and still the student's.
    pub shown: Vec<PhotoId>,
    /// The student's photos that came since: shown after a person has published them.
    pub waiting: Vec<PhotoId>,
    /// How many photos were published and are not the student's any more: they disappeared at once.
    pub removed: u32,
    /// How many photos the newest build will show.
    pub planned: u32,
}

impl GalleryContents {
    /// Whether the student's photos differ from what a person confirmed last.
    pub fn is_changed(&self) -> bool {
        !self.waiting.is_empty() || self.removed > 0
    }
}

impl Gallery {
    /// What the gallery shows, given the photos that may stand in it now.
    ///
    /// While a build is under way, changes are those since that build was asked for.
    pub fn contents(&self, publishable: &[PhotoId]) -> GalleryContents {
        let now: BTreeSet<_> = publishable.iter().collect();
        let asked_for =
            if self.state == GalleryState::Building { &self.plan } else { &self.confirmed };
        let known: BTreeSet<_> = asked_for.iter().collect();
        let removed = asked_for.iter().filter(|photo| !now.contains(photo)).count();
        GalleryContents {
            shown: self.confirmed.iter().filter(|photo| now.contains(photo)).cloned().collect(),
            waiting: publishable.iter().filter(|photo| !known.contains(photo)).cloned().collect(),
            removed: count(removed),
            planned: count(self.plan.iter().filter(|photo| now.contains(photo)).count()),
        }
    }

    /// How many photos the gallery says it has: those that are done, and all.
    ///
    /// While a build is under way this is its progress; otherwise it is what is shown.
    pub fn photo_counts(&self, state: GalleryState, contents: &GalleryContents) -> (u32, u32) {
        match state {
            GalleryState::Building => (self.steps_done.min(contents.planned), contents.planned),
            GalleryState::Draft
            | GalleryState::Published
            | GalleryState::Expired
            | GalleryState::Withdrawn => {
                let shown = count(contents.shown.len());
                (shown, shown)
            }
        }
    }

    /// The state at an instant, for the studio: expiry holds when the gallery is read, without any clean-up.
    pub fn state_at(&self, now_seconds: i64, contents: &GalleryContents) -> GalleryState {
        let is_over = self.is_over(now_seconds);
        match self.state {
            GalleryState::Published | GalleryState::Building | GalleryState::Draft if is_over => {
                GalleryState::Expired
            }
            GalleryState::Published if contents.shown.is_empty() => GalleryState::Withdrawn,
            GalleryState::Draft
            | GalleryState::Building
            | GalleryState::Published
            | GalleryState::Expired
            | GalleryState::Withdrawn => self.state,
        }
    }

    /// The state at an instant, for the family: what was published stays open while it is built again.
    pub fn family_state_at(&self, now_seconds: i64, contents: &GalleryContents) -> GalleryState {
        let was_published = self.state == GalleryState::Building && !self.confirmed.is_empty();
        if !was_published {
            return self.state_at(now_seconds, contents);
        }
        if self.is_over(now_seconds) {
            GalleryState::Expired
        } else if contents.shown.is_empty() {
            GalleryState::Withdrawn
        } else {
            GalleryState::Published
        }
    }

    /// Whether its time is over.
    pub fn is_over(&self, now_seconds: i64) -> bool {
        self.expires_at.is_some_and(|end| end <= now_seconds)
    }

    /// The end that a new gallery has where a build leaves ends as they are: the first of those of the day's galleries
    /// that families can still see. Otherwise the family of a child that came late would see it for ever.
    pub fn end_of_new(of_day: &[&Self], now_seconds: i64) -> Option<i64> {
        of_day.iter().filter(|it| !it.is_over(now_seconds)).filter_map(|it| it.expires_at).min()
    }

    /// Whether a build is under way and has taken no step for a quarter of an hour.
    pub fn is_stalled(&self, now_seconds: i64) -> bool {
        let is_late = |moved: i64| now_seconds.saturating_sub(moved) >= STALLED_AFTER_SECONDS;
        self.state == GalleryState::Building && self.moved_at.is_some_and(is_late)
    }
}

fn count(photos: usize) -> u32 {
    u32::try_from(photos).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn photo(number: u8) -> PhotoId {
        PhotoId::from_random([number; 16])
    }

    fn photos(numbers: &[u8]) -> Vec<PhotoId> {
        numbers.iter().copied().map(photo).collect()
    }

    fn gallery(state: GalleryState, confirmed: &[u8], plan: &[u8]) -> Gallery {
        Gallery {
            id: GalleryId::from_random([1; 16]),
            student: StudentId::from_random([2; 16]),
            state,
            target: Target::Hosted,
            generation: 1,
            plan: photos(plan),
            steps_done: 0,
            confirmed: photos(confirmed),
            expires_at: Some(1_000),
            moved_at: Some(100),
        }
    }

    #[test]
    fn a_gallery_whose_time_is_over_is_expired_whatever_the_row_says() {
        for state in [GalleryState::Draft, GalleryState::Building, GalleryState::Published] {
            let gallery = gallery(state, &[1], &[1]);
            let contents = gallery.contents(&photos(&[1]));
            assert_eq!(gallery.state_at(999, &contents), state);
            assert_eq!(gallery.state_at(1_000, &contents), GalleryState::Expired);
            assert_eq!(gallery.family_state_at(1_000, &contents), GalleryState::Expired);
        }
    }

    #[test]
    fn a_photo_taken_away_disappears_and_one_that_came_waits() {
        let gallery = gallery(GalleryState::Published, &[1, 2, 3], &[1, 2, 3]);
        let contents = gallery.contents(&photos(&[3, 4, 1]));
        assert_eq!(contents.shown, photos(&[1, 3]));
        assert_eq!((contents.waiting.clone(), contents.removed), (photos(&[4]), 1));
        assert!(contents.is_changed());
        assert!(!gallery.contents(&photos(&[1, 2, 3])).is_changed());
    }

    #[test]
    fn a_published_gallery_without_photos_says_so() {
        let gallery = gallery(GalleryState::Published, &[1], &[1]);
        let contents = gallery.contents(&[]);
        assert_eq!(gallery.state_at(0, &contents), GalleryState::Withdrawn);
        assert_eq!(gallery.family_state_at(0, &contents), GalleryState::Withdrawn);
    }

    #[test]
    fn a_family_keeps_its_gallery_while_it_is_built_again() {
        let again = gallery(GalleryState::Building, &[1], &[1, 2]);
        let contents = again.contents(&photos(&[1, 2, 3]));
        assert_eq!(contents.shown, photos(&[1]), "what is being built is not shown");
        assert_eq!(contents.waiting, photos(&[3]), "what came after the build was asked for");
        assert_eq!(again.state_at(0, &contents), GalleryState::Building);
        assert_eq!(again.family_state_at(0, &contents), GalleryState::Published);
        let first = gallery(GalleryState::Building, &[], &[1]);
        let contents = first.contents(&photos(&[1]));
        assert_eq!(first.family_state_at(0, &contents), GalleryState::Building);
        assert!(contents.shown.is_empty() && !contents.is_changed());
    }

    #[test]
    fn a_gallery_says_as_many_photos_as_it_shows() {
        let (five, three) = (photos(&[1, 2, 3, 4, 5]), photos(&[1, 2, 4]));
        let mut gallery = gallery(GalleryState::Published, &[1, 2, 3, 4, 5], &[1, 2, 3, 4, 5]);
        let contents = gallery.contents(&five);
        assert_eq!(gallery.photo_counts(GalleryState::Published, &contents), (5, 5));
        let contents = gallery.contents(&three);
        assert_eq!(gallery.photo_counts(GalleryState::Published, &contents), (3, 3));
        (gallery.state, gallery.steps_done) = (GalleryState::Building, 4);
        assert_eq!(gallery.photo_counts(GalleryState::Building, &contents), (3, 3));
        gallery.steps_done = 1;
        assert_eq!(gallery.photo_counts(GalleryState::Building, &contents), (1, 3));
    }

    #[test]
    fn a_new_gallery_ends_with_those_that_are_open() {
        let with_end =
            |expires_at| Gallery { expires_at, ..gallery(GalleryState::Published, &[1], &[1]) };
        let [over, first, second, none] = [Some(10), Some(500), Some(900), None].map(with_end);
        assert_eq!(Gallery::end_of_new(&[&over, &second, &none, &first], 100), Some(500));
        assert_eq!(Gallery::end_of_new(&[&over, &none], 100), None);
        assert_eq!(Gallery::end_of_new(&[], 100), None);
    }

    #[test]
    fn a_build_without_a_step_for_a_quarter_of_an_hour_is_stalled() {
        let building = gallery(GalleryState::Building, &[], &[1]);
        assert!(!building.is_stalled(999));
        assert!(building.is_stalled(1_000));
        assert!(!gallery(GalleryState::Published, &[1], &[1]).is_stalled(1_000_000));
    }

    proptest! {
        /// Nothing is shown that is not both published and the student's now; and the changes are all there are.
        #[test]
        fn only_what_was_published_and_is_still_theirs_is_shown(
            confirmed in proptest::collection::btree_set(0_u8..12, 0..8),
            plan in proptest::collection::btree_set(0_u8..12, 0..8),
            now in proptest::collection::btree_set(0_u8..12, 0..8),
            is_building in proptest::bool::ANY,
        ) {
            let state = if is_building { GalleryState::Building } else { GalleryState::Published };
            let list = |set: &BTreeSet<u8>| set.iter().copied().collect::<Vec<_>>();
            let gallery = gallery(state, &list(&confirmed), &list(&plan));
            let contents = gallery.contents(&photos(&list(&now)));
            let both: Vec<_> = confirmed.intersection(&now).copied().collect();
            prop_assert_eq!(&contents.shown, &photos(&both));
            let asked = if is_building { &plan } else { &confirmed };
            prop_assert_eq!(contents.is_changed(), asked != &now);
            prop_assert!(contents.waiting.iter().all(|photo| !contents.shown.contains(photo) || is_building));
        }
    }
}
