//! Result of the intake check of an upload, and how it is stored.
//!
//! One transaction writes the photo's row, what is known about its bytes, and the audit event. Then the camera is
//! marked for matching.

use aws_lambda_events::s3::S3Event;
use aws_lambda_events::sqs::SqsMessage;
use domain::audit::Action;
use domain::ids::PictureDayId;
use domain::photo::{CameraBody, CardSeen, Photo, PhotoState, PictureType};
use serde::{Deserialize, Serialize};

use crate::access::stores::StudioStore;
use crate::base::app::App;
use crate::http::caller::Caller;
use crate::records::photos::photo::{PhotoRow, content_name};
use crate::store::change::{Change, Committed, Edit, commit};
use crate::store::error::StoreError;
use crate::store::item::{Item, json, number};
use crate::store::objects::{self, Rendition, Upload};
use crate::store::untrusted::Untrusted;
use crate::store::{audit, keys};

/// Outcome of the check of an upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The picture is accepted.
    Checked(CheckedPhoto),
    /// The picture is refused: a stable code.
    Refused(String),
}

/// Facts about an accepted picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedPhoto {
    /// Number of bytes; `None` in rows written before intake counted them.
    #[serde(default)]
    pub bytes: Option<u64>,
    /// Detected file type; `None` in rows written before it was stored: then the declared type counts.
    #[serde(default)]
    pub picture_type: Option<PictureType>,
    /// Capture time by the camera's clock, without a time zone.
    pub captured_at: Option<String>,
    /// Whether `captured_at` is the time of the last edit.
    #[serde(default)]
    pub is_edit_time: bool,
    /// The camera body that took it, as [`Arrived::body_digest`] returns it.
    #[serde(default)]
    pub body: Option<CameraBody>,
    /// EXIF orientation of the original, 1 to 8; the renditions are upright.
    pub orientation: u8,
    /// Upright width and height in pixels.
    pub size: (u32, u32),
    /// What the picture shows of a camera card.
    pub card: CardSeen,
    /// Whether a shape in it may be part of a camera card, but too little to detect the card.
    #[serde(default)]
    pub looks_like_card: bool,
}

impl CheckedPhoto {
    /// Returns the photo with the check's facts applied.
    pub(crate) fn apply(&self, photo: Photo) -> Photo {
        Photo {
            state: PhotoState::Checked,
            refusal: None,
            picture_type: self.picture_type.unwrap_or(photo.picture_type),
            captured_at: self.captured_at.clone(),
            is_edit_time: self.is_edit_time,
            body: self.body.clone(),
            looks_like_card: self.looks_like_card,
            size: Some(self.size),
            is_camera_card: self.card != CardSeen::None,
            card: self.card.clone(),
            expires_at: None,
            ..photo
        }
    }
}

/// Facts about a file's bytes within a studio; only for accepted files.
///
/// A refusal belongs to one attempt and is never reused: the next attempt may have another file name, or run with a
/// fixed decoder.
pub(crate) struct Known {
    pub(crate) hash: String,
    pub(crate) checked: Option<CheckedPhoto>,
}

impl Known {
    pub(crate) fn read(item: &Item) -> Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt("content");
        let pk = item.text("PK").ok_or_else(corrupt)?;
        let hash = pk.rsplit('#').next().unwrap_or_default().to_owned();
        let checked = match item.json("outcome").ok_or_else(corrupt)? {
            Outcome::Checked(checked) => Some(checked),
            // Written by earlier versions.
            Outcome::Refused(_) => None,
        };
        Ok(Self { hash, checked })
    }
}

/// An upload in storage, with its registered photo and the handle of its studio.
pub struct Arrived {
    /// The studio.
    pub store: StudioStore,
    /// The photo.
    pub photo: PhotoRow,
    key: String,
}

/// Content of an upload's object in storage, compared with its registration.
pub enum ArrivedBytes {
    /// Exactly the registered bytes: same length and same SHA-256.
    AsRegistered(Vec<u8>),
    /// Different bytes. They say nothing about the photo.
    Differ,
    /// No object (any more): an earlier delivery of the message has processed it.
    Gone,
}

/// An object key that storage itself reported.
///
/// No other source may create one, because a key leads to a studio's data.
pub struct ToldByStorage(String);

impl ToldByStorage {
    /// Returns the object keys in a message of the intake queue.
    ///
    /// Empty for the test message that S3 sends when a notification is configured.
    pub fn all_of(message: &SqsMessage) -> Vec<Self> {
        let body = message.body.as_deref().unwrap_or_default();
        let Ok(event) = serde_json::from_str::<S3Event>(body) else {
            return Vec::new();
        };
        let object = event.records.into_iter().map(|record| record.s3.object);
        object.map(|it| Self(it.url_decoded_key.or(it.key).unwrap_or_default())).collect()
    }
}

impl Arrived {
    /// Returns the registered photo for an object's key.
    ///
    /// `None` when no photo is registered for this key and attempt: the object is removed, because no caller can
    /// reach it.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn at(
        app: &'static App,
        ToldByStorage(key): &ToldByStorage,
    ) -> Result<Option<Self>, StoreError> {
        if let Some((studio, photo, attempt)) = objects::read_upload_key(key) {
            let store = StudioStore::of_upload(app, &studio, Caller::worker(app, "photo-intake"));
            // The rest of an earlier attempt says nothing about this one.
            let photo = store.photo(&Untrusted::new(photo)).await?;
            if let Some(photo) = photo.filter(|photo| photo.attempt == attempt) {
                return Ok(Some(Self { store, photo, key: key.to_owned() }));
            }
        }
        objects::remove_upload(app, key).await?;
        Ok(None)
    }

    /// Reads the bytes and compares them with the registration.
    ///
    /// Storage compares them too, but this check does not rely on that: the object may have been written another way.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn bytes(&self) -> Result<ArrivedBytes, StoreError> {
        let app = self.store.app;
        let (bytes, sha256) = match objects::read_upload(app, &self.key, self.photo.bytes).await? {
            None => return Ok(ArrivedBytes::Gone),
            Some(Upload::OtherLength) => return Ok(ArrivedBytes::Differ),
            Some(Upload::Whole { bytes, sha256 }) => (bytes, sha256),
        };
        let name = content_name(app.ring().await?, &self.store.studio, &sha256);
        let is_registered = name == self.photo.content;
        Ok(if is_registered { ArrivedBytes::AsRegistered(bytes) } else { ArrivedBytes::Differ })
    }

    /// Writes one of the photo's renditions. Idempotent.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn write(
        &self,
        rendition: Rendition,
        content_type: &str,
        bytes: Vec<u8>,
    ) -> Result<(), StoreError> {
        let key = objects::rendition_key(&self.store.studio, &self.photo.content, rendition);
        objects::write_rendition(self.store.app, &key, content_type, bytes).await
    }

    /// Returns the keyed digest of a camera body; the same body gives the same digest within a studio.
    ///
    /// A serial number is never stored.
    ///
    /// # Errors
    ///
    /// When there is no key ring.
    pub async fn body_digest(&self, body: CameraBody) -> Result<CameraBody, StoreError> {
        let ring = self.store.app.ring().await?;
        let studio = self.store.studio.as_str().as_bytes();
        let digest = |text: &str| {
            let bits = ring.id_bits("camera-body", &[studio, text.as_bytes()]);
            data_encoding::HEXLOWER.encode(&bits)
        };
        Ok(match body {
            CameraBody::Serial(text) => CameraBody::Serial(digest(&text)),
            CameraBody::Model(text) => CameraBody::Model(digest(&text)),
        })
    }

    /// Stores the outcome of the check. Idempotent.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn conclude(&self, outcome: &Outcome) -> Result<(), StoreError> {
        let store = &self.store;
        let (app, id) = (store.app, &self.photo.id);
        let (edit, did) = match outcome {
            Outcome::Checked(checked) => {
                let picture_type = checked.picture_type.unwrap_or(self.photo.picture_type);
                let mut edit = Edit::default()
                    .set("state", json(&PhotoState::Checked))
                    .set("type", json(&picture_type))
                    .set("to_match", json(&true))
                    .set("size", json(&checked.size))
                    .set("card", json(&checked.card))
                    .set("is_card", json(&(checked.card != CardSeen::None)))
                    .set("orientation", json(&checked.orientation));
                if checked.is_edit_time {
                    edit = edit.set("edit_time", json(&true));
                }
                if let Some(body) = &checked.body {
                    edit = edit.set("body", json(body));
                }
                if checked.looks_like_card {
                    edit = edit.set("like_card", json(&true));
                }
                if let Some(at) = &checked.captured_at {
                    edit = edit
                        .set("captured_at", aws_sdk_dynamodb::types::AttributeValue::S(at.clone()));
                }
                (edit, Action::PhotoChecked)
            }
            Outcome::Refused(reason) => {
                let reason = aws_sdk_dynamodb::types::AttributeValue::S(reason.clone());
                let edit =
                    Edit::default().set("state", json(&PhotoState::Refused)).set("refusal", reason);
                (edit, Action::PhotoRefused)
            }
        };
        let edit = edit.expect("state", json(&PhotoState::Registered)).remove("ends").remove("ttl");
        let edit = match self.photo.attempt {
            1 => edit.expect_absent("attempt"),
            attempt => edit.expect("attempt", number(attempt)),
        };
        let mut event = store.event(did, id.as_str());
        if let Outcome::Refused(reason) = outcome {
            event.details = Some(reason.clone());
        }
        let table = app.records()?;
        let mut changes = vec![
            Change::edit(table, &keys::photo(&store.studio, id), edit)?,
            audit::add(app, &event).await?,
        ];
        if let Outcome::Checked(_) = outcome {
            let content = keys::content(&store.studio, &self.photo.content);
            changes.push(Change::put(table, Item::at(&content).with_json("outcome", outcome))?);
        }
        // Refused: an earlier delivery wrote it. The remaining work is the same.
        let (Committed::Yes | Committed::Refused(_)) = commit(app, changes).await?;
        self.finish().await
    }

    /// Does the work after the conclusion: marks the camera for matching and removes the upload.
    ///
    /// A repeated delivery does this again.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn finish(&self) -> Result<(), StoreError> {
        let store = &self.store;
        let now = store.photo(&Untrusted::new(self.photo.id.clone())).await?;
        if now.is_some_and(|photo| photo.state == PhotoState::Checked) {
            let day = self.day().await?;
            store.touch_camera(&day, &self.photo.camera).await?;
        }
        objects::remove_upload(store.app, &self.key).await
    }

    async fn day(&self) -> Result<PictureDayId, StoreError> {
        Ok(self.store.picture_day_of(&self.photo).await?.id)
    }
}
