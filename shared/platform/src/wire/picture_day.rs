//! A picture day on the wire.

use domain::picture_day::PictureDay;
use domain::school::School;
use serde::Serialize;
use utoipa::ToSchema;

use crate::records::picture_days::Counts;

/// A picture day.
#[derive(Serialize, ToSchema)]
pub struct PictureDayView {
    /// The id.
    pub id: String,
    /// The school.
    pub school_id: String,
    /// The school's name.
    pub school_name: String,
    /// `2026-09-14`.
    pub date: String,
    /// `fall`, `spring`, `retake`, `graduation` or `other`.
    pub kind: &'static str,
    /// The school's zone.
    pub time_zone: String,
    /// The day a retake repeats.
    pub repeats: Option<String>,
    /// How far it has come; only where one day is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<CountsView>,
}

/// How far a picture day has come.
#[derive(Serialize, ToSchema)]
pub struct CountsView {
    /// Students enrolled.
    pub students: u32,
    /// Files that are announced and not checked yet, while they may still come.
    pub waiting: u32,
    /// Of them, files that are in storage: these are being checked.
    pub arrived: u32,
    /// Files that were announced and never arrived: to be uploaded again. Their photos have the state `missing` or
    /// `expired`.
    pub missing: u32,
    /// Files that were checked, refused ones and camera cards among them.
    pub checked: u32,
    /// Of them, files that were refused.
    pub refused: u32,
    /// Photos that arrived, camera cards not counted.
    pub photos: u32,
    /// Of them, photos that belong to a student.
    pub matched: u32,
    /// Of them, photos that are held back until a person has confirmed their run.
    pub held_back: u32,
    /// Runs that a person must look at.
    pub doubtful: u32,
    /// Cameras whose photos are still to be matched.
    pub cameras_to_match: u32,
    /// Galleries there are.
    pub galleries: u32,
    /// Of them, galleries that families can see.
    pub published: u32,
    /// Of them, galleries whose student's photos differ from what was published.
    pub galleries_changed: u32,
    /// Students who have photos and no gallery yet: the next build makes theirs.
    pub without_gallery: u32,
}

impl PictureDayView {
    /// The view of a day of a school.
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
