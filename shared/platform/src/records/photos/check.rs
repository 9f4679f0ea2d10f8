//! What intake finds out about an upload, and how it is written: the photo's row, what is known of its
//! bytes, and the audit event in one transaction; then the camera is to be matched.

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

/// What became of an upload's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A good picture.
    Checked(CheckedPhoto),
    /// Not to be taken: a stable code.
    Refused(String),
}

/// What is known of a good picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedPhoto {
    /// How many bytes it has. `None` in rows written before intake counted them.
    #[serde(default)]
    pub bytes: Option<u64>,
    /// What its bytes are. `None` in rows written before this was kept: then it is what was declared.
    #[serde(default)]
    pub picture_type: Option<PictureType>,
    /// The camera's civil time.
    pub captured_at: Option<String>,
    /// Whether that is the time of the last edit.
    #[serde(default)]
    pub is_edit_time: bool,
    /// The body that took it, as [`Arrived::body_digest`] gives it.
    #[serde(default)]
    pub body: Option<CameraBody>,
    /// EXIF orientation of the original, 1 to 8; the renditions are upright.
    pub orientation: u8,
    /// Upright width and height in pixels.
    pub size: (u32, u32),
    /// What it shows of a camera card.
    pub card: CardSeen,
    /// Whether something in it may be a part of a card, too little for a card that was found.
    #[serde(default)]
    pub looks_like_card: bool,
}

impl CheckedPhoto {
    /// The photo as it is once checked.
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

/// What is known of a file's bytes within a studio: only what is good.
///
/// A refusal belongs to one attempt and is never repeated from here: the next may come under another name, or meet a
/// decoder that has been mended.
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

/// An upload that arrived, with the photo it was registered as and the handle of its studio.
pub struct Arrived {
    /// The studio.
    pub store: StudioStore,
    /// The photo.
    pub photo: PhotoRow,
    key: String,
}

/// What stands where an upload was registered.
pub enum ArrivedBytes {
    /// Just the bytes that were registered: their number and their SHA-256 are the same.
    AsRegistered(Vec<u8>),
    /// Something else. It says nothing about the photo.
    Differ,
    /// Nothing (any more): an earlier delivery has done the work.
    Gone,
}

/// The key of an object, as storage itself told it. Nothing else is one: a key leads to a studio's data.
pub struct ToldByStorage(String);

impl ToldByStorage {
    /// The objects a message of the intake queue tells of. None for the test message that S3 sends when a
    /// notification is configured.
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
    /// The registered photo of an object's key; `None` when nothing was ever registered there: the
    /// object is removed, nobody can reach it.
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
            // What is left of an earlier attempt says nothing about this one.
            let photo = store.photo(&Untrusted::new(photo)).await?;
            if let Some(photo) = photo.filter(|photo| photo.attempt == attempt) {
                return Ok(Some(Self { store, photo, key: key.to_owned() }));
            }
        }
        objects::remove_upload(app, key).await?;
        Ok(None)
    }

    /// The bytes, compared with what was registered. That storage compares them too is not relied on: what stands
    /// there may have come another way.
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

    /// Writes one of the photo's pictures. Writing it again writes the same.
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

    /// The digest of a body: the same for the same body within a studio. A serial number is never stored.
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

    /// Writes what became of it. A repetition changes nothing.
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
        // Refused means that an earlier delivery wrote it: what is left to do is the same.
        let (Committed::Yes | Committed::Refused(_)) = commit(app, changes).await?;
        self.finish().await
    }

    /// What follows a conclusion, and what a repeated delivery does again: the camera is to be matched,
    /// the upload is removed.
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
