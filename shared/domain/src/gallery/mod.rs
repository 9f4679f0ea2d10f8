//! A gallery: the photos of one student on one picture day.
//!
//! A worker builds it, and it is shown after a person has requested its publication.

mod expiry;

pub use expiry::{ExpiryChange, ExpiryError, expiry};

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::{GalleryId, PhotoId, StudentId};

/// The state of a gallery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GalleryState {
    /// Requested; still empty.
    Draft,
    /// A worker is adding photos.
    Building,
    /// The family can see it.
    Published,
    /// Expired: its photos are never shown, whatever state is stored.
    Expired,
    /// It was published, but none of its photos shows its student any more.
    Withdrawn,
}

/// The place where a gallery is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// In the parent portal.
    #[default]
    Hosted,
}

/// Seconds without progress after which a build is reported as stalled: 15 minutes.
///
/// The queue delivers a failed step five times, 180 seconds apart, before it moves to the dead-letter queue
/// (`template.yaml`).
const STALLED_AFTER_SECONDS: i64 = 15 * 60;

/// The gallery of one student on one picture day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gallery {
    /// The id: leads to the picture day, derived from the student.
    pub id: GalleryId,
    /// The student whose photos it contains.
    pub student: StudentId,
    /// The stored state. Use [`Gallery::state_at`] or [`Gallery::family_state_at`] before showing anything.
    pub state: GalleryState,
    /// Where it is published.
    pub target: Target,
    /// Number of builds, so that a rebuild is not taken for a repeated request.
    pub generation: u32,
    /// The photos of the newest build, in order: the student's photos when a person requested the build.
    pub plan: Vec<PhotoId>,
    /// Number of photos of the plan that the worker has added.
    pub steps_done: u32,
    /// The photos that were last published, in order. No other photo is shown.
    pub confirmed: Vec<PhotoId>,
    /// Expiry, in seconds since 1970.
    pub expires_at: Option<i64>,
    /// Time of the newest build's last step, in seconds since 1970.
    pub moved_at: Option<i64>,
}

/// The photos that a gallery shows now, and the changes that a person has not published yet.
///
/// Every count of a gallery's photos comes from here: lists, pages and the picture day, for studio and family.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GalleryContents {
    /// The photos shown, in order: published, and still the student's.
    pub shown: Vec<PhotoId>,
    /// New photos of the student since the last publication or the build in progress. They are shown after a person
    /// publishes them.
    pub waiting: Vec<PhotoId>,
    /// Number of published (or, during a build, planned) photos that no longer show the student. They disappear at
    /// once.
    pub removed: u32,
    /// Number of photos that the newest build will show.
    pub planned: u32,
}

impl GalleryContents {
    /// Returns whether the student's photos differ from those that a person last confirmed.
    pub fn is_changed(&self) -> bool {
        !self.waiting.is_empty() || self.removed > 0
    }
}

impl Gallery {
    /// Returns the contents, given the photos that may be published now.
    ///
    /// During a build, changes are counted from the request of that build.
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

    /// Returns the number of finished photos and of all photos.
    ///
    /// During a build this is its progress; otherwise both are the number of shown photos.
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

    /// Returns the state at an instant for the studio. Expiry is computed on read, without a clean-up job.
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

    /// Returns the state at an instant for the family. A published gallery stays open during a rebuild.
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

    /// Returns whether the gallery has expired.
    pub fn is_over(&self, now_seconds: i64) -> bool {
        self.expires_at.is_some_and(|end| end <= now_seconds)
    }

    /// Returns the expiry of a new gallery when a build keeps expiries: the earliest one of the day's unexpired
    /// galleries.
    ///
    /// Without it, the family of a student who was added late would see the gallery for ever.
    pub fn end_of_new(of_day: &[&Self], now_seconds: i64) -> Option<i64> {
        of_day.iter().filter(|it| !it.is_over(now_seconds)).filter_map(|it| it.expires_at).min()
    }

    /// Returns whether a build is in progress and took no step for 15 minutes.
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
        assert_eq!(contents.shown, photos(&[1]), "photos of a build in progress are not shown");
        assert_eq!(
            contents.waiting,
            photos(&[3]),
            "photos that came after the build was requested"
        );
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
        /// Shows only photos that are published and still the student's, and reports exactly the changes.
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
