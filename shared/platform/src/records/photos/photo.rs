//! A photo: its row, its state, and the student it belongs to.

use std::collections::BTreeSet;

use domain::audit::Action;
use domain::ids::{PhotoId, StudentId, StudioId};
use domain::photo::{CameraLabel, CardSeen, MatchedBy, Photo, PhotoState, PictureType};
use domain::picture_day::PictureDay;
use domain::student::Student;

use crate::access::stores::StudioStore;
use crate::base::crypto::data_key::DataKey;
use crate::base::crypto::ring::KeyRing;
use crate::store::change::{Change, Committed, Edit, commit};
use crate::store::error::StoreError;
use crate::store::item::{Item, json};
use crate::store::objects::{self, For, Rendition};
use crate::store::page::{List, Paging, cursor};
use crate::store::untrusted::Untrusted;
use crate::store::{audit, keys, student_keys};

/// Seconds until a registered file that has not arrived is expired: one day.
pub(super) const WAITS_SECONDS: i64 = 24 * 3600;
/// Seconds until a registered file that is not in storage is missing: 20 minutes.
///
/// Its presigned URL was valid for 15 minutes; an upload that began just before had five more.
pub(super) const AWAITED_SECONDS: i64 = 20 * 60;

/// A photo with the attributes that only its row has.
#[derive(Debug, Clone)]
pub struct PhotoRow {
    /// The photo.
    pub photo: Photo,
    /// Whether it was checked and no matching has processed it since.
    ///
    /// Written with the check itself: a checked photo is at every moment either matched or known to wait for
    /// matching.
    pub waits_for_matching: bool,
    /// Number of the upload attempt, from 1: a refused file may be sent again.
    pub(crate) attempt: u32,
    /// When the row is removed if the file never arrives, in seconds since 1970: see [`StudioStore::keep_places`].
    pub(crate) forgotten_at: Option<i64>,
}

/// State of a registered photo's upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// The file is in storage and will be checked.
    InStorage,
    /// The file is not in storage, and its presigned URL may still be in use.
    Awaited,
    /// The file is not in storage, and its presigned URL has expired: it must be uploaded again.
    Missing,
    /// The file is not in storage, and intake no longer waits for it.
    Expired,
}

/// Uploads of a picture day that are in storage and not checked yet.
#[derive(Debug, Default)]
pub struct UploadsInStorage(BTreeSet<(PhotoId, u32)>);

impl std::ops::Deref for PhotoRow {
    type Target = Photo;
    fn deref(&self) -> &Photo {
        &self.photo
    }
}

impl PhotoRow {
    /// Returns whether it is a photo of a person: arrived, not refused, not a camera card.
    pub fn shows_someone(&self) -> bool {
        self.photo.state == PhotoState::Checked && !self.photo.is_camera_card
    }

    /// Returns whether it shows a camera card that was read: a child's name and code, not a person.
    pub fn is_read_card(&self) -> bool {
        matches!(self.photo.card, CardSeen::Code(_))
    }

    /// Returns whether a family may see it: a photo of a person that is not held back as doubtful.
    pub fn is_publishable(&self) -> bool {
        self.shows_someone() && !self.is_held_back()
    }

    /// Returns whether a person must confirm its run before a family may see it.
    pub fn is_held_back(&self) -> bool {
        self.photo.matched_by == Some(MatchedBy::Card) && !self.photo.doubts.is_empty()
    }

    /// Returns whether it was announced, and the time for its file to arrive is over.
    pub(crate) fn is_expired(&self, now_seconds: i64) -> bool {
        let is_over = self.photo.expires_at.is_some_and(|ends| ends <= now_seconds);
        self.photo.state == PhotoState::Registered && is_over
    }

    /// Returns whether it never arrived and its row has expired: the store removes such a row within days.
    pub(crate) fn is_forgotten(&self, now_seconds: i64) -> bool {
        let is_over = self.forgotten_at.is_some_and(|ends| ends <= now_seconds);
        self.photo.state == PhotoState::Registered && is_over
    }

    /// Returns the upload's state, for a photo that is registered and not checked.
    pub fn arrival(&self, uploads: &UploadsInStorage, now_seconds: i64) -> Option<Arrival> {
        if self.photo.state != PhotoState::Registered {
            return None;
        }
        if uploads.0.contains(&(self.photo.id.clone(), self.attempt)) {
            return Some(Arrival::InStorage);
        }
        if self.is_expired(now_seconds) {
            return Some(Arrival::Expired);
        }
        let ends = self.photo.expires_at.unwrap_or(i64::MAX);
        let missing_from = ends.saturating_sub(WAITS_SECONDS - AWAITED_SECONDS);
        let is_missing = now_seconds >= missing_from;
        Some(if is_missing { Arrival::Missing } else { Arrival::Awaited })
    }
}

/// Returns the studio's name for these bytes: a keyed hash of their SHA-256.
pub(super) fn content_name(ring: &KeyRing, studio: &StudioId, sha256: &[u8; 32]) -> String {
    let bits = ring.id_bits("content", &[studio.as_str().as_bytes(), sha256]);
    data_encoding::HEXLOWER.encode(&bits)
}

/// Returns the sealing context for a photo's file name, which is sealed under the studio's key.
pub(super) fn name_place(photo: &PhotoId) -> [&str; 3] {
    ["records", photo.as_str(), "name"]
}

/// Builds the row of a photo, with the file name sealed.
pub(super) fn item(store: &StudioStore, key: &DataKey, photo: &Photo) -> Item {
    let students = photo.students.iter().map(ToString::to_string).collect();
    let mut item = Item::at(&keys::photo(&store.studio, &photo.id))
        .with_json("camera", &photo.camera)
        .with_bytes("name", key.seal(&name_place(&photo.id), photo.file_name.as_bytes()))
        .with_number("bytes", photo.bytes)
        .with_json("type", &photo.picture_type)
        .with_json("state", &photo.state)
        .with_text("content", photo.content.clone())
        .with_json("card", &photo.card)
        .with_json("is_card", &photo.is_camera_card)
        .with_set("students", &students);
    if let Some(reason) = &photo.refusal {
        item = item.with_text("refusal", reason.clone());
    }
    if let Some(at) = &photo.captured_at {
        item = item.with_text("captured_at", at.clone());
    }
    if photo.is_edit_time {
        item = item.with_json("edit_time", &true);
    }
    if let Some(body) = &photo.body {
        item = item.with_json("body", body);
    }
    if photo.looks_like_card {
        item = item.with_json("like_card", &true);
    }
    if let Some(size) = photo.size {
        item = item.with_json("size", &size);
    }
    if let Some(by) = photo.matched_by {
        item = item.with_json("by", &by);
    }
    if photo.state == PhotoState::Checked {
        item = item.with_json("to_match", &true);
    }
    if let Some(ends) = photo.expires_at {
        item = item.with_number("ends", ends);
    }
    item
}

pub(super) fn read(key: &DataKey, item: &Item) -> Result<PhotoRow, StoreError> {
    let corrupt = || StoreError::Corrupt("photo");
    let sk = item.text("SK").ok_or_else(corrupt)?;
    let id = sk.strip_prefix("PHOTO#").ok_or_else(corrupt)?;
    let id = PhotoId::parse(id).map_err(|_| corrupt())?;
    let name = key.open(&name_place(&id), item.bytes("name").ok_or_else(corrupt)?)?;
    let students: Result<BTreeSet<_>, _> =
        item.set("students").iter().map(|id| StudentId::parse(id)).collect();
    let photo = Photo {
        camera: item.json::<CameraLabel>("camera").ok_or_else(corrupt)?,
        file_name: String::from_utf8(name).map_err(|_| corrupt())?,
        bytes: item.number("bytes").ok_or_else(corrupt)?,
        picture_type: item.json::<PictureType>("type").ok_or_else(corrupt)?,
        state: item.json::<PhotoState>("state").ok_or_else(corrupt)?,
        refusal: item.text("refusal"),
        content: item.text("content").ok_or_else(corrupt)?,
        captured_at: item.text("captured_at"),
        is_edit_time: item.json("edit_time") == Some(true),
        body: item.json("body"),
        size: item.json("size"),
        card: item.json("card").ok_or_else(corrupt)?,
        looks_like_card: item.json("like_card") == Some(true),
        is_camera_card: item.json("is_card").ok_or_else(corrupt)?,
        students: students.map_err(|_| corrupt())?,
        matched_by: item.json::<MatchedBy>("by"),
        note: item.json("note"),
        run: item.text("run").and_then(|run| PhotoId::parse(&run).ok()),
        doubts: item.json("doubts").unwrap_or_default(),
        expires_at: item.number("ends"),
        id,
    };
    let attempt = item.number("attempt").unwrap_or(1);
    let waits_for_matching = item.json("to_match") == Some(true);
    Ok(PhotoRow { photo, waits_for_matching, attempt, forgotten_at: item.number("ttl") })
}

impl StudioStore {
    /// Returns a page of a picture day's photos, and writes an audit event.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn photos(
        &self,
        day: &PictureDay,
        paging: Paging,
    ) -> Result<List<PhotoRow>, StoreError> {
        let partition = keys::day_partition(&self.studio, &day.id);
        let event = self.event(Action::PhotosListed, day.id.as_str());
        let table = self.app.records()?;
        let (key, page, ()) = futures_util::try_join!(
            student_keys::of_studio(self.app, &self.studio),
            table.page(&partition, "PHOTO#", paging.after, paging.limit),
            audit::record(self.app, &event),
        )?;
        let items = self.remembered(&key, &page.items)?;
        Ok(List { items, next_cursor: page.next.as_deref().map(cursor) })
    }

    /// Returns all photos of a picture day. The caller must log why it reads them.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn all_photos(&self, day: &PictureDay) -> Result<Vec<PhotoRow>, StoreError> {
        let partition = keys::day_partition(&self.studio, &day.id);
        let table = self.app.records()?;
        let (key, rows) = futures_util::try_join!(
            student_keys::of_studio(self.app, &self.studio),
            table.all(&partition, "PHOTO#"),
        )?;
        self.remembered(&key, &rows)
    }

    /// Reads photos from rows, without those whose row has expired.
    pub(super) fn remembered(
        &self,
        key: &DataKey,
        rows: &[Item],
    ) -> Result<Vec<PhotoRow>, StoreError> {
        let now = self.app.now().as_second();
        let photos: Result<Vec<_>, _> = rows.iter().map(|item| read(key, item)).collect();
        Ok(photos?.into_iter().filter(|photo| !photo.is_forgotten(now)).collect())
    }

    /// Returns a picture day's uploads that are in storage and not checked yet.
    ///
    /// Storage is queried only if one of these photos may have such an upload.
    ///
    /// # Errors
    ///
    /// When storage fails.
    pub async fn uploads_in_storage(
        &self,
        day: &PictureDay,
        photos: &[PhotoRow],
    ) -> Result<UploadsInStorage, StoreError> {
        if photos.iter().all(|photo| photo.state != PhotoState::Registered) {
            return Ok(UploadsInStorage::default());
        }
        let found = objects::uploads_in_storage(self.app, &self.studio, &day.id).await?;
        Ok(UploadsInStorage(found))
    }

    /// Returns the photo with this id, or `None` if the studio has no such photo.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn photo(&self, id: &Untrusted<PhotoId>) -> Result<Option<PhotoRow>, StoreError> {
        let key = keys::photo(&self.studio, id.inner());
        let Some(item) = self.app.records()?.get(&key).await? else {
            return Ok(None);
        };
        let key = student_keys::of_studio(self.app, &self.studio).await?;
        Ok(self.remembered(&key, &[item])?.pop())
    }

    /// Returns photos by ids that rows of this studio name, in no particular order.
    pub(crate) async fn photos_by_id(&self, ids: &[PhotoId]) -> Result<Vec<PhotoRow>, StoreError> {
        let wanted: Vec<_> = ids.iter().map(|id| keys::photo(&self.studio, id)).collect();
        let table = self.app.records()?;
        let (key, rows) = futures_util::try_join!(
            student_keys::of_studio(self.app, &self.studio),
            table.get_many(&wanted),
        )?;
        rows.iter().map(|item| read(&key, item)).collect()
    }

    /// Returns the picture day of a photo.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn picture_day_of(&self, photo: &PhotoRow) -> Result<PictureDay, StoreError> {
        self.day_of_child(&photo.id).await
    }

    /// Assigns a photo to a student by a person's decision, which later matching never overrides.
    ///
    /// Returns `false` if the photo is not checked.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn assign_photo(
        &self,
        day: &PictureDay,
        photo: &PhotoRow,
        student: &Student,
    ) -> Result<bool, StoreError> {
        self.decide_photo(day, photo, Some(student)).await
    }

    /// Removes the students of a photo by a person's decision.
    ///
    /// Returns `false` if the photo is not checked.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn unassign_photo(
        &self,
        day: &PictureDay,
        photo: &PhotoRow,
    ) -> Result<bool, StoreError> {
        self.decide_photo(day, photo, None).await
    }

    /// Stores a person's decision and starts matching of the camera again.
    ///
    /// The decision may contradict the photos that follow, which are then held back. A caller that is interrupted
    /// between the two writes gets no response and retries.
    pub(super) async fn decide_photo(
        &self,
        day: &PictureDay,
        photo: &PhotoRow,
        student: Option<&Student>,
    ) -> Result<bool, StoreError> {
        let edit = Edit::default()
            .expect("state", json(&PhotoState::Checked))
            .set("by", json(&MatchedBy::Hand))
            .set("is_card", json(&false))
            .remove("doubts")
            .remove("note")
            .remove("to_match");
        let (edit, did) = match student {
            Some(student) => {
                let set = vec![student.id.to_string()];
                let set = aws_sdk_dynamodb::types::AttributeValue::Ss(set);
                (edit.set("students", set), Action::PhotoAssigned)
            }
            None => (edit.remove("students"), Action::PhotoUnassigned),
        };
        let mut event = self.event(did, photo.id.as_str());
        event.details = student.map(|student| student.id.to_string());
        let key = keys::photo(&self.studio, &photo.id);
        let changes = vec![
            Change::edit(self.app.records()?, &key, edit)?,
            audit::add(self.app, &event).await?,
        ];
        let is_done = commit(self.app, changes).await? == Committed::Yes;
        if is_done {
            self.touch_camera(&day.id, &photo.camera).await?;
        }
        Ok(is_done)
    }

    /// Returns a presigned URL of one of a photo's renditions, valid for five minutes; `None` unless it is checked.
    ///
    /// # Errors
    ///
    /// When the URL cannot be signed.
    pub async fn picture_url(
        &self,
        photo: &PhotoRow,
        rendition: Rendition,
    ) -> Result<Option<String>, StoreError> {
        if photo.state != PhotoState::Checked {
            return Ok(None);
        }
        let url =
            objects::presign_get(self.app, &self.studio, &photo.content, rendition, For::Studio)
                .await?;
        Ok(Some(url))
    }
}
