//! Registering files before they are uploaded: the row exists before the address does.

use std::collections::{BTreeMap, BTreeSet};

use domain::audit::Action;
use domain::ids::PhotoId;
use domain::photo::{CameraLabel, CardSeen, Photo, PhotoState, PictureType};
use domain::picture_day::PictureDay;

use crate::crypto::data_key::DataKey;
use crate::objects::{self, PresignedPut};
use crate::scope::StudioStore;
use crate::table::change::Edit;
use crate::table::item::{json, number};
use crate::table::photos::check::Known;
use crate::table::photos::{PhotoRow, item, read};
use crate::table::{Change, Committed, StoreError, audit, commit, keys, student_keys};

/// Seconds a registered file is waited for: a day.
const WAITS_SECONDS: i64 = 24 * 3600;
/// Files of one transaction; each chunk carries its audit event, and a transaction takes 100 rows.
const CHUNK: usize = 50;

/// A file somebody wants to upload.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// What it is called.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its hash.
    pub sha256: [u8; 32],
    /// What it is declared to be, or the stable code of why it cannot be taken.
    pub picture_type: Result<PictureType, &'static str>,
}

/// What the client is to do with a file.
#[derive(Debug, Clone)]
pub enum Registration {
    /// Upload it.
    Upload {
        /// The photo.
        photo: PhotoId,
        /// How.
        put: PresignedPut,
    },
    /// Nothing: the bytes are in storage already.
    Duplicate {
        /// The photo.
        photo: PhotoId,
    },
    /// Nothing: it cannot be taken.
    Refused {
        /// The photo.
        photo: PhotoId,
        /// Why: a stable code.
        reason: String,
    },
}

/// A file with its ids.
struct Candidate<'a> {
    file: &'a NewFile,
    photo: PhotoId,
    content: String,
}

impl StudioStore {
    /// Registers files of one camera, and says for each what is to be done, in the order asked.
    ///
    /// The same bytes on the same picture day are the same photo, however often they are registered:
    /// its id is derived from both.
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
        let mut is_camera_touched = false;
        for chunk in files.chunks(CHUNK) {
            // A parallel registration of the same file makes the transaction fail; then look again.
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
            is_camera_touched |= touched;
            for (file, photo) in chunk.iter().zip(photos) {
                answers.push(self.registration(file, photo).await?);
            }
        }
        if is_camera_touched {
            self.touch_camera(&day.id, camera).await?;
        }
        Ok(answers)
    }

    async fn registration(
        &self,
        file: &NewFile,
        photo: PhotoRow,
    ) -> Result<Registration, StoreError> {
        let photo = photo.photo;
        Ok(match photo.state {
            PhotoState::Checked => Registration::Duplicate { photo: photo.id },
            PhotoState::Refused => {
                Registration::Refused { photo: photo.id, reason: photo.refusal.unwrap_or_default() }
            }
            PhotoState::Registered => {
                let key = objects::upload_key(&self.studio, &photo.id);
                let bytes = i64::try_from(photo.bytes).map_err(|_| StoreError::Corrupt("photo"))?;
                let put =
                    objects::presign_put(self.app, &key, photo.picture_type, bytes, &file.sha256);
                Registration::Upload { put: put.await?, photo: photo.id }
            }
        })
    }

    /// The photos of a chunk after it was written, and whether a photo came to be checked by it;
    /// `None` when somebody else was quicker with one of them.
    async fn register_chunk(
        &self,
        day: &PictureDay,
        camera: &CameraLabel,
        files: &[NewFile],
    ) -> Result<Option<(Vec<PhotoRow>, bool)>, StoreError> {
        let candidates = self.candidates(day, files).await?;
        let photo_keys: BTreeSet<_> = candidates.iter().map(|c| c.photo.clone()).collect();
        let photo_keys: Vec<_> =
            photo_keys.iter().map(|id| keys::photo(&self.studio, id)).collect();
        let content_keys: BTreeSet<_> = candidates.iter().map(|c| c.content.clone()).collect();
        let content_keys: Vec<_> =
            content_keys.iter().map(|hash| keys::content(&self.studio, hash)).collect();
        let table = self.app.records()?;
        let (key, photos, contents) = futures_util::try_join!(
            student_keys::of_studio(self.app, &self.studio),
            table.get_many(&photo_keys),
            table.get_many(&content_keys),
        )?;
        let mut there = BTreeMap::new();
        for row in &photos {
            let photo = read(&key, row)?;
            there.insert(photo.id.clone(), photo);
        }
        let mut known = BTreeMap::new();
        for row in &contents {
            let content = Known::read(row)?;
            known.insert(content.hash.clone(), content);
        }
        let (changes, touched) = self.changes(&key, camera, &candidates, &mut there, &known)?;
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
            let content = ring.id_bits("content", &[studio, &file.sha256]);
            Candidate {
                file,
                photo: PhotoId::child_of(&day.id, bits),
                content: data_encoding::HEXLOWER.encode(&content),
            }
        });
        Ok(candidates.collect())
    }

    /// What is written for each candidate; `there` is brought to how things stand afterwards.
    fn changes(
        &self,
        key: &DataKey,
        camera: &CameraLabel,
        candidates: &[Candidate<'_>],
        there: &mut BTreeMap<PhotoId, PhotoRow>,
        known: &BTreeMap<String, Known>,
    ) -> Result<(Vec<Change>, bool), StoreError> {
        let table = self.app.records()?;
        let ends = self.app.now().as_second().saturating_add(WAITS_SECONDS);
        let mut changes = Vec::new();
        let mut seen = BTreeSet::new();
        let mut touched = false;
        for candidate in candidates {
            if !seen.insert(candidate.photo.clone()) {
                continue;
            }
            match there.get_mut(&candidate.photo) {
                Some(row) if row.photo.state == PhotoState::Registered => {
                    row.photo.expires_at = Some(ends);
                    let edit = Edit::default()
                        .expect("state", json(&PhotoState::Registered))
                        .set("ends", number(ends));
                    let at = keys::photo(&self.studio, &candidate.photo);
                    changes.push(Change::edit(table, &at, edit)?);
                }
                Some(_) => {}
                None => {
                    let photo = new_photo(candidate, camera, known.get(&candidate.content), ends);
                    changes.push(Change::create(table, item(self, key, &photo))?);
                    let waits_for_matching = photo.state == PhotoState::Checked;
                    touched |= waits_for_matching;
                    let row = PhotoRow { photo, waits_for_matching };
                    there.insert(candidate.photo.clone(), row);
                }
            }
        }
        Ok((changes, touched))
    }
}

/// The row of a photo that was not there: it waits for its bytes, unless they are known already.
fn new_photo(
    candidate: &Candidate<'_>,
    camera: &CameraLabel,
    known: Option<&Known>,
    ends: i64,
) -> Photo {
    let file = candidate.file;
    let photo = Photo {
        id: candidate.photo.clone(),
        camera: camera.clone(),
        file_name: file.name.clone(),
        bytes: file.bytes,
        picture_type: *file.picture_type.as_ref().unwrap_or(&PictureType::Jpeg),
        state: PhotoState::Registered,
        refusal: None,
        content: candidate.content.clone(),
        captured_at: None,
        is_edit_time: false,
        body: None,
        size: None,
        card: CardSeen::None,
        looks_like_paper: false,
        is_camera_card: false,
        students: BTreeSet::new(),
        matched_by: None,
        note: None,
        run: None,
        doubts: BTreeSet::new(),
        expires_at: Some(ends),
    };
    match (&file.picture_type, known) {
        (Err(reason), _) => Photo {
            state: PhotoState::Refused,
            refusal: Some((*reason).to_owned()),
            expires_at: None,
            ..photo
        },
        (Ok(_), Some(known)) => known.outcome.apply(photo),
        (Ok(_), None) => photo,
    }
}
