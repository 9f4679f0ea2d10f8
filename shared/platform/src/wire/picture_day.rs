//! JSON view of a picture day.

use domain::picture_day::PictureDay;
use domain::school::School;
use serde::Serialize;
use utoipa::ToSchema;

use crate::records::picture_days::Counts;

/// A picture day.
#[derive(Serialize, ToSchema)]
pub struct PictureDayView {
    /// The picture day's id.
    pub id: String,
    /// The school's id.
    pub school_id: String,
    /// The school's name.
    pub school_name: String,
    /// Date of the picture day, for example `2026-09-14`.
    pub date: String,
    /// `fall`, `spring`, `retake`, `graduation` or `other`.
    pub kind: &'static str,
    /// Time zone of the school.
    pub time_zone: String,
    /// Id of the picture day that a retake repeats.
    pub repeats: Option<String>,
    /// Progress counts; only in the response for a single picture day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<CountsView>,
}

/// Progress of a picture day.
#[derive(Serialize, ToSchema)]
pub struct CountsView {
    /// Enrolled students.
    pub students: u32,
    /// Files that are announced and not checked yet, while they may still arrive.
    pub waiting: u32,
    /// Of the waiting files, those in storage: they are being checked.
    pub arrived: u32,
    /// Files that were announced and never arrived; they must be uploaded again. Their photos have the state
    /// `missing` or `expired`.
    pub missing: u32,
    /// Checked files, including refused ones and camera cards.
    pub checked: u32,
    /// Of the checked files, those that were refused.
    pub refused: u32,
    /// Photos that arrived, without camera cards.
    pub photos: u32,
    /// Of these photos, those that belong to a student.
    pub matched: u32,
    /// Of these photos, those held back until a person confirms their run.
    pub held_back: u32,
    /// Runs that a person must review.
    pub doubtful: u32,
    /// Cameras whose photos are still to be matched.
    pub cameras_to_match: u32,
    /// Number of galleries.
    pub galleries: u32,
    /// Of the galleries, those that families can see.
    pub published: u32,
    /// Of the galleries, those whose student's photos differ from what was published.
    pub galleries_changed: u32,
    /// Students who have photos and no gallery yet; the next build creates theirs.
    pub without_gallery: u32,
}

impl PictureDayView {
    /// Builds the view of a school's picture day.
    pub fn new(day: &PictureDay, school: &School, counts: Option<Counts>) -> Self {
        Self {
            id: day.id.to_string(),
            school_id: day.school_id.to_string(),
            school_name: school.name.as_str().to_owned(),
            date: day.date.to_string(),
            kind: day.kind.name(),
            time_zone: school.time_zone.as_str().to_owned(),
            repeats: day.repeats.as_ref().map(ToString::to_string),
            counts: counts.map(|counts| CountsView {
                students: counts.students,
                waiting: counts.waiting,
                arrived: counts.arrived,
                missing: counts.missing,
                checked: counts.checked,
                refused: counts.refused,
                photos: counts.photos,
                matched: counts.matched,
                held_back: counts.held_back,
                doubtful: counts.doubtful,
                cameras_to_match: counts.cameras_to_match,
                galleries: counts.galleries,
                published: counts.published,
                galleries_changed: counts.galleries_changed,
                without_gallery: counts.without_gallery,
            }),
        }
    }
}
