//! What may stand in a gallery now: the one place that decides it, for every list, count and page.

use std::collections::BTreeMap;

use domain::gallery::{Gallery, GalleryContents, GalleryState};
use domain::ids::{PhotoId, StudentId};

use crate::records::photos::PhotoRow;

/// A gallery of a picture day, with what it shows now.
pub struct DayGallery {
    /// The gallery.
    pub gallery: Gallery,
    /// What it shows, and what a person has not confirmed yet.
    pub contents: GalleryContents,
    /// Photos of the student that are doubtful: they stay out until a person has looked at them.
    pub held_back: u32,
}

impl DayGallery {
    /// The state at an instant, as its studio sees it.
    pub fn state_at(&self, now_seconds: i64) -> GalleryState {
        self.gallery.state_at(now_seconds, &self.contents)
    }
}

/// Whether a photo may stand in the gallery of a student now.
pub(super) fn belongs_in(photo: &PhotoRow, student: &StudentId) -> bool {
    photo.is_publishable() && photo.students.contains(student)
}

/// The photos of a picture day by student.
#[derive(Default)]
pub(crate) struct PhotosByStudent(BTreeMap<StudentId, PhotosOfStudent>);

#[derive(Default)]
struct PhotosOfStudent {
    /// In the order they were taken.
    publishable: Vec<PhotoId>,
    held_back: u32,
}

impl PhotosByStudent {
    /// Sorts the photos of a day to their students.
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

    /// The photos that may stand in a student's gallery, in the order they were taken.
    pub(super) fn publishable(&self, student: &StudentId) -> &[PhotoId] {
        self.0.get(student).map_or(&[], |of| of.publishable.as_slice())
    }

    /// The students who have a photo that may be published.
    pub(crate) fn students(&self) -> impl Iterator<Item = &StudentId> {
        self.0.iter().filter(|(_, of)| !of.publishable.is_empty()).map(|(student, _)| student)
    }

    /// What a gallery of the day shows now.
    pub(crate) fn in_gallery(&self, gallery: Gallery) -> DayGallery {
        let contents = gallery.contents(self.publishable(&gallery.student));
        let held_back = self.held_back(&gallery.student);
        DayGallery { gallery, contents, held_back }
    }

    /// How many doubtful photos of a student stay out.
    pub(super) fn held_back(&self, student: &StudentId) -> u32 {
        self.0.get(student).map_or(0, |of| of.held_back)
    }

    /// How many doubtful photos of the day stay out; one of two students counts for each.
    pub(super) fn all_held_back(&self) -> u32 {
        self.0.values().map(|of| of.held_back).fold(0, u32::saturating_add)
    }
}
