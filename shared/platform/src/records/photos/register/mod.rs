//! Registers files before they are uploaded: the row exists before the presigned URL does.

mod announced;
mod attempts;

use crate::records::photos::photo::WAITS_SECONDS;
use std::collections::{BTreeMap, BTreeSet};

use domain::audit::Action;
use domain::ids::PhotoId;
use domain::photo::{CameraLabel, PhotoState};
use domain::picture_day::PictureDay;

pub use self::announced::NewFile;
use self::announced::{Announcement, Candidate};
use self::attempts::{LENGTH_DIFFERS, new_photo, next_attempt, wait_longer};
use crate::access::stores::StudioStore;
use crate::records::photos::check::Known;
use crate::records::photos::photo::{PhotoRow, content_name, item, read};
use crate::store::change::{Change, Committed, commit};
use crate::store::error::StoreError;
use crate::store::objects::{self, PresignedPut};
use crate::store::{audit, keys, student_keys};

/// Seconds until the row of a registered file that never arrived is removed: 19 days.
///
/// That is longer than the 4 days that its message lives plus the 14 days of a dead letter.
const FORGOTTEN_AFTER_SECONDS: i64 = 19 * 24 * 3600;
/// Files per transaction: each chunk has an audit event, and a transaction takes 100 rows.
const CHUNK: usize = 50;

/// The rows of photos by id, first as they were read, then as they are after the registration.
type Rows = BTreeMap<PhotoId, PhotoRow>;

/// What the client must do with a file.
#[derive(Debug, Clone)]
pub enum Registration {
    /// Upload it.
    Upload {
        /// The photo.
        photo: PhotoId,
        /// The presigned upload request.
        put: PresignedPut,
    },
    /// Nothing: the bytes are in storage already.
    Duplicate {
        /// The photo.
        photo: PhotoId,
    },
    /// Nothing: the file is refused.
    Refused {
        /// The photo.
        photo: PhotoId,
        /// Stable code of the reason.
        reason: String,
    },
}

impl StudioStore {
    /// Registers files of one camera, and returns for each what the client must do, in the order of `files`.
    ///
    /// The same bytes on the same picture day are the same photo, however often they are registered: its id is
    /// derived from both. Registering a refused file again starts another attempt with a new check. So does another
    /// length: a wrong length says nothing about the right one that comes later. A file that has not arrived keeps
    /// its camera and its name.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn register_photos(
        &self,
        day: &PictureDay,
        camera: &CameraLabel,
        files: &[NewFile],
    ) -> Result<Vec<Registration>, StoreError> {
        let mut answers = Vec::with_capacity(files.len());
        let mut touched_cameras = BTreeSet::new();
        for chunk in files.chunks(CHUNK) {
            // A parallel registration of the same file makes the transaction fail; then read again.
            let mut tries_left = 5;
            let (photos, touched) = loop {
                if let Some(done) = self.register_chunk(day, camera, chunk).await? {
                    break done;
                }
                tries_left -= 1;
                if tries_left == 0 {
                    return Err(StoreError::Corrupt("registration"));
                }
            };
            touched_cameras.extend(touched);
            let may_be_forgotten =
                |row: &PhotoRow| row.forgotten_at.is_some() && row.photo.camera == *camera;
            if photos.iter().any(may_be_forgotten) && self.has_frames(day, camera).await? {
                // The camera's first frame arrived while these rows were written.
                self.keep_places(camera, &photos).await?;
            }
            for (file, photo) in chunk.iter().zip(photos) {
                answers.push(self.registration(file, photo).await?);
            }
        }
        for camera in &touched_cameras {
            self.touch_camera(&day.id, camera).await?;
        }
        Ok(answers)
    }

    async fn registration(
        &self,
        file: &NewFile,
        row: PhotoRow,
    ) -> Result<Registration, StoreError> {
        let PhotoRow { photo, attempt, .. } = row;
        let is_other_length = photo.bytes != file.bytes;
        Ok(match photo.state {
            // Its bytes are verified, or another file of this request announced them with another length.
            PhotoState::Checked | PhotoState::Registered if is_other_length => {
                let reason = file.picture_type.err().unwrap_or(LENGTH_DIFFERS).to_owned();
                Registration::Refused { photo: photo.id, reason }
            }
            PhotoState::Checked => Registration::Duplicate { photo: photo.id },
            PhotoState::Refused => {
                Registration::Refused { photo: photo.id, reason: photo.refusal.unwrap_or_default() }
            }
            PhotoState::Registered => {
                let key = objects::upload_key(&self.studio, &photo.id, attempt);
                let bytes = i64::try_from(photo.bytes).map_err(|_| StoreError::Corrupt("photo"))?;
                let put =
                    objects::presign_put(self.app, &key, photo.picture_type, bytes, &file.sha256);
                Registration::Upload { put: put.await?, photo: photo.id }
            }
        })
    }

    /// Writes a chunk, and returns its photos and the cameras to match again.
    ///
    /// `None` when a parallel request changed one of the photos first.
    async fn register_chunk(
        &self,
        day: &PictureDay,
        camera: &CameraLabel,
        files: &[NewFile],
    ) -> Result<Option<(Vec<PhotoRow>, BTreeSet<CameraLabel>)>, StoreError> {
        let candidates = self.candidates(day, files).await?;
        let photo_keys: BTreeSet<_> = candidates.iter().map(|c| c.photo.clone()).collect();
        let photo_keys: Vec<_> =
            photo_keys.iter().map(|id| keys::photo(&self.studio, id)).collect();
        let content_keys: BTreeSet<_> = candidates.iter().map(|c| c.content.clone()).collect();
        let content_keys: Vec<_> =
            content_keys.iter().map(|hash| keys::content(&self.studio, hash)).collect();
        let table = self.app.records()?;
        let (key, photos, contents, has_frames) = futures_util::try_join!(
            student_keys::of_studio(self.app, &self.studio),
            table.get_many(&photo_keys),
            table.get_many(&content_keys),
            self.has_frames(day, camera),
        )?;
        let now = self.app.now().as_second();
        let announced = Announcement {
            camera,
            key,
            ends: now.saturating_add(WAITS_SECONDS),
            forgotten_at: now.saturating_add(FORGOTTEN_AFTER_SECONDS),
            has_frames,
        };
        let mut there = BTreeMap::new();
        for row in &photos {
            let photo = read(&announced.key, row)?;
            there.insert(photo.id.clone(), photo);
        }
        let mut known = BTreeMap::new();
        for row in &contents {
            let content = Known::read(row)?;
            known.insert(content.hash.clone(), content);
        }
        let (changes, touched) = self.changes(&announced, &candidates, &mut there, &known)?;
        let mut event = self.event(Action::UploadLinksIssued, day.id.as_str());
        event.details = Some(format!("{} files", files.len()));
        let mut changes = changes;
        changes.push(audit::add(self.app, &event).await?);
        if commit(self.app, changes).await? != Committed::Yes {
            return Ok(None);
        }
        let photos = candidates.iter().filter_map(|c| there.get(&c.photo).cloned()).collect();
        Ok(Some((photos, touched)))
    }

    async fn candidates<'a>(
        &self,
        day: &PictureDay,
        files: &'a [NewFile],
    ) -> Result<Vec<Candidate<'a>>, StoreError> {
        let ring = self.app.ring().await?;
        let studio = self.studio.as_str().as_bytes();
        let candidates = files.iter().map(|file| {
            let bits = ring.id_bits("photo", &[studio, day.id.as_str().as_bytes(), &file.sha256]);
            let content = content_name(ring, &self.studio, &file.sha256);
            Candidate { file, photo: PhotoId::child_of(&day.id, bits), content }
        });
        Ok(candidates.collect())
    }

    /// Builds the changes for each candidate, and updates `there` to the state after them.
    fn changes(
        &self,
        announced: &Announcement<'_>,
        candidates: &[Candidate<'_>],
        there: &mut Rows,
        known: &BTreeMap<String, Known>,
    ) -> Result<(Vec<Change>, BTreeSet<CameraLabel>), StoreError> {
        let table = self.app.records()?;
        let camera = announced.camera;
        let mut changes = Vec::new();
        let mut seen = BTreeSet::new();
        let mut touched = BTreeSet::new();
        for candidate in candidates {
            if !seen.insert(candidate.photo.clone()) {
                continue;
            }
            let at = keys::photo(&self.studio, &candidate.photo);
            if let Some(row) = there.get_mut(&candidate.photo) {
                match row.photo.state {
                    PhotoState::Refused => {
                        if row.photo.camera != *camera {
                            touched.extend([row.photo.camera.clone(), camera.clone()]);
                        }
                        let edit = next_attempt(row, candidate.file, announced);
                        changes.push(Change::edit(table, &at, edit)?);
                    }
                    PhotoState::Registered => {
                        let edit = wait_longer(row, candidate.file, announced);
                        changes.push(Change::edit(table, &at, edit)?);
                    }
                    // Its bytes were known at its first registration. That request may have been stopped between its
                    // write and its matching message, so this one sends the message; the queue drops a repetition.
                    PhotoState::Checked if row.waits_for_matching => {
                        touched.insert(row.photo.camera.clone());
                    }
                    PhotoState::Checked => {}
                }
                continue;
            }
            let photo = new_photo(candidate, announced, known.get(&candidate.content));
            let forgotten_at =
                announced.forgotten_at_in(camera).filter(|_| photo.state == PhotoState::Registered);
            let mut item = item(self, &announced.key, &photo);
            if let Some(at) = forgotten_at {
                item = item.with_number("ttl", at);
            }
            changes.push(Change::create(table, item)?);
            let waits_for_matching = photo.state == PhotoState::Checked;
            if waits_for_matching {
                touched.insert(camera.clone());
            }
            let row = PhotoRow { waits_for_matching, photo, attempt: 1, forgotten_at };
            there.insert(candidate.photo.clone(), row);
        }
        Ok((changes, touched))
    }
}
