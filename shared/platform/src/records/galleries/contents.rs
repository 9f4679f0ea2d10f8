//! The rule for what a gallery may contain now, used by every list, count and page.

use std::collections::BTreeMap;

use domain::gallery::{Gallery, GalleryContents, GalleryState};
use domain::ids::{PhotoId, StudentId};

use crate::records::photos::PhotoRow;

/// A gallery of a picture day, with what it shows now.
pub struct DayGallery {
    /// The gallery.
    pub gallery: Gallery,
    /// The photos it shows, and those that a person has not confirmed yet.
    pub contents: GalleryContents,
    /// Number of the student's doubtful photos: held back until a person has reviewed them.
    pub held_back: u32,
}

impl DayGallery {
    /// Returns the state at `now_seconds` (Unix time), as the studio sees it.
    pub fn state_at(&self, now_seconds: i64) -> GalleryState {
        self.gallery.state_at(now_seconds, &self.contents)
    }
}

/// Returns whether a photo may be in the student's gallery now.
pub(super) fn belongs_in(photo: &PhotoRow, student: &StudentId) -> bool {
    photo.is_publishable() && photo.students.contains(student)
}

/// The photos of a picture day by student.
#[derive(Default)]
pub(crate) struct PhotosByStudent(BTreeMap<StudentId, PhotosOfStudent>);

#[derive(Default)]
struct PhotosOfStudent {
    /// In capture order.
    publishable: Vec<PhotoId>,
    held_back: u32,
}

impl PhotosByStudent {
    /// Groups the photos of a day by student.
    pub(crate) fn of(photos: &[PhotoRow]) -> Self {
        let mut in_order: Vec<&PhotoRow> = photos.iter().collect();
        in_order
            .sort_by(|a, b| (&a.captured_at, &a.file_name).cmp(&(&b.captured_at, &b.file_name)));
        let mut sorted = Self::default();
        for photo in in_order.into_iter().filter(|photo| photo.shows_someone()) {
            for student in &photo.students {
                let of = sorted.0.entry(student.clone()).or_default();
                if belongs_in(photo, student) {
                    of.publishable.push(photo.id.clone());
                } else {
                    of.held_back = of.held_back.saturating_add(1);
                }
            }
        }
        sorted
    }

    /// Returns the photos that may be in a student's gallery, in capture order.
    pub(super) fn publishable(&self, student: &StudentId) -> &[PhotoId] {
        self.0.get(student).map_or(&[], |of| of.publishable.as_slice())
    }

    /// Returns the students who have a publishable photo.
    pub(crate) fn students(&self) -> impl Iterator<Item = &StudentId> {
        self.0.iter().filter(|(_, of)| !of.publishable.is_empty()).map(|(student, _)| student)
    }

    /// Returns a gallery of the day with what it shows now.
    pub(crate) fn in_gallery(&self, gallery: Gallery) -> DayGallery {
        let contents = gallery.contents(self.publishable(&gallery.student));
        let held_back = self.held_back(&gallery.student);
        DayGallery { gallery, contents, held_back }
    }

    /// Returns the number of a student's doubtful photos that are held back.
    pub(super) fn held_back(&self, student: &StudentId) -> u32 {
        self.0.get(student).map_or(0, |of| of.held_back)
    }

    /// Returns the number of the day's doubtful photos; a photo of two students counts twice.
    pub(super) fn all_held_back(&self) -> u32 {
        self.0.values().map(|of| of.held_back).fold(0, u32::saturating_add)
    }
}
