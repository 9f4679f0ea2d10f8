//! Cameras of a picture day, and when their photos are matched.
//!
//! A camera changes from clean to dirty when one of its photos was checked, registered with known bytes, or decided
//! by a person. Only this change queues a message, so matching stays linear however the photos arrive.

use std::collections::BTreeSet;

use domain::audit::Action;
use domain::ids::PictureDayId;
use domain::matching::Match;
use domain::photo::{CameraLabel, MatchedBy, PhotoState};
use domain::picture_day::PictureDay;
use futures_util::future::ready;
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};

use crate::access::stores::StudioStore;
use crate::access::work::MatchCamera;
use crate::records::photos::photo::PhotoRow;
use crate::store::change::{Edit, edit_one};
use crate::store::error::StoreError;
use crate::store::item::{json, number};
use crate::store::queue::{Queue, send};
use crate::store::untrusted::Untrusted;
use crate::store::{audit, keys};

/// Rows written concurrently by [`StudioStore::keep_places`], each with one write.
///
/// A worker has 30 seconds, and thousands of a camera's files may not have arrived yet.
const KEPT_AT_ONCE: usize = 16;

/// The photos of one camera, and the day they belong to.
pub struct CameraFrames {
    /// The picture day.
    pub day: PictureDay,
    /// All photos of the camera, also those that have not arrived: their place in the order counts.
    pub photos: Vec<PhotoRow>,
    /// The photos of the day's other cameras.
    pub elsewhere: Vec<PhotoRow>,
}

impl StudioStore {
    /// Marks the camera dirty and queues the message that starts its matching.
    ///
    /// The message is sent even when the camera was dirty already: the earlier caller may have been killed before
    /// sending. The deduplication id contains the generation, so the queue drops the repetition.
    pub(crate) async fn touch_camera(
        &self,
        day: &PictureDayId,
        camera: &CameraLabel,
    ) -> Result<(), StoreError> {
        let key = keys::camera(&self.studio, day, camera);
        let table = self.app.records()?;
        let turn = Edit::default()
            .add("generation", 1)
            .set("dirty", json(&true))
            .expect_not("dirty", json(&true));
        edit_one(self.app, table, &key, turn).await?;
        let row = table.get(&key).await?.ok_or(StoreError::Corrupt("camera"))?;
        let generation: u64 = row.number("generation").ok_or(StoreError::Corrupt("camera"))?;
        let message = MatchCamera {
            studio: self.studio.clone(),
            day: day.clone(),
            camera: camera.clone(),
            generation,
        };
        let group = format!("{day}|{}", camera.as_str());
        let one_of_a_kind = format!("{group}|{generation}");
        send(self.app, Queue::Matching, &message, Some((&group, &one_of_a_kind))).await
    }

    /// Marks the camera clean, then reads its photos: a photo checked from now on marks it dirty again.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn frames_to_match(
        &self,
        work: &MatchCamera,
    ) -> Result<Option<CameraFrames>, StoreError> {
        let key = keys::camera(&self.studio, &work.day, &work.camera);
        let clean = Edit::default()
            .set("dirty", json(&false))
            .expect("generation", number(work.generation));
        edit_one(self.app, self.app.records()?, &key, clean).await?;
        let Some(day) = self.picture_day(&Untrusted::new(work.day.clone())).await? else {
            return Ok(None);
        };
        let photos = self.all_photos(&day).await?;
        let (photos, elsewhere): (Vec<_>, _) =
            photos.into_iter().partition(|photo| photo.camera == work.camera);
        self.keep_places(&work.camera, &photos).await?;
        Ok(Some(CameraFrames { day, photos, elsewhere }))
    }

    /// Returns whether a frame of this camera was checked: then each of its registrations is a place in the order.
    pub(super) async fn has_frames(
        &self,
        day: &PictureDay,
        camera: &CameraLabel,
    ) -> Result<bool, StoreError> {
        let key = keys::camera(&self.studio, &day.id, camera);
        Ok(self.app.records()?.get(&key).await?.is_some())
    }

    /// Keeps the rows of this camera's registered files that never arrive: removes their expiry (`ttl`).
    ///
    /// Such a file may have been a camera card. If other frames arrived, its place in the order prevents that the
    /// frames after it are assigned to the wrong child. Without any frame of the camera, the row may expire.
    pub(super) async fn keep_places(
        &self,
        camera: &CameraLabel,
        photos: &[PhotoRow],
    ) -> Result<(), StoreError> {
        let table = self.app.records()?;
        let of_camera = photos.iter().filter(|row| row.photo.camera == *camera);
        let mut writes = Vec::new();
        for photo in of_camera.filter(|photo| photo.forgotten_at.is_some()) {
            let key = keys::photo(&self.studio, &photo.id);
            let edit = Edit::default().expect("state", json(&PhotoState::Registered)).remove("ttl");
            writes.push(async move { edit_one(self.app, table, &key, edit).await }.boxed());
        }
        // A refused edit is fine: a file that arrived or was refused has no expiry to remove.
        stream::iter(writes).buffer_unordered(KEPT_AT_ONCE).try_for_each(|_| ready(Ok(()))).await
    }

    /// Writes the match of a photo, unless a person has decided it; `row` is the photo as the matching read it.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn write_match(&self, row: &PhotoRow, found: &Match) -> Result<bool, StoreError> {
        let mut edit = Edit::default()
            .exists()
            .set("is_card", json(&found.is_camera_card))
            .expect_not("by", json(&MatchedBy::Hand));
        edit = if found.students.is_empty() {
            edit.remove("students")
        } else {
            let ids = found.students.iter().map(ToString::to_string).collect();
            edit.set("students", aws_sdk_dynamodb::types::AttributeValue::Ss(ids))
        };
        edit = match found.by {
            Some(by) => edit.set("by", json(&by)),
            None => edit.remove("by"),
        };
        edit = match &found.run {
            Some(run) => {
                edit.set("run", aws_sdk_dynamodb::types::AttributeValue::S(run.to_string()))
            }
            None => edit.remove("run"),
        };
        edit = match &found.note {
            Some(note) => edit.set("note", json(note)),
            None => edit.remove("note"),
        };
        edit = if found.doubts.is_empty() {
            edit.remove("doubts")
        } else {
            edit.set("doubts", json(&found.doubts))
        };
        if row.waits_for_matching {
            edit = edit.remove("to_match");
        }
        let key = keys::photo(&self.studio, &row.id);
        edit_one(self.app, self.app.records()?, &key, edit).await
    }

    /// Logs that a camera was matched, as the end of a bulk operation, and stores the matched generation.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn log_matched(&self, work: &MatchCamera, changed: usize) -> Result<(), StoreError> {
        let mut event = self.event(Action::PhotosMatched, work.day.as_str());
        event.details = Some(format!("generation {}, {changed} changed", work.generation));
        audit::record(self.app, &event).await?;
        let key = keys::camera(&self.studio, &work.day, &work.camera);
        let edit = Edit::default()
            .set("matched", number(work.generation))
            .expect("generation", number(work.generation));
        // If the camera is dirty again, its generation is newer, and another message is queued for it.
        edit_one(self.app, self.app.records()?, &key, edit).await?;
        Ok(())
    }

    /// Returns the labels of the cameras whose matching is not finished.
    pub(crate) async fn cameras_in_matching(
        &self,
        day: &PictureDay,
    ) -> Result<BTreeSet<String>, StoreError> {
        let partition = keys::day_partition(&self.studio, &day.id);
        let rows = self.app.records()?.all(&partition, "CAMERA#").await?;
        let under_way = rows
            .iter()
            .filter(|row| row.number::<u64>("generation") != row.number::<u64>("matched"))
            .filter_map(|row| Some(row.text("SK")?.strip_prefix("CAMERA#")?.to_owned()));
        Ok(under_way.collect())
    }
}
