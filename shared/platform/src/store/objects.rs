//! Objects: presigned URLs for browsers, and the bytes that workers read and write.

use futures_util::FutureExt as _;
use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_s3::operation::get_object::{GetObjectError, GetObjectOutput};
use aws_sdk_s3::operation::head_object::HeadObjectError;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use data_encoding::BASE64;
use domain::ids::{ImportId, PhotoId, PictureDayId, StudioId};
use domain::photo::PictureType;

use crate::base::app::App;
use crate::base::config::required;
use crate::base::crypto::digest::RunningSha256;
use crate::store::error::{StoreError, service};

/// Seconds until a presigned PUT URL expires: 15 minutes. Source: our security page.
pub const PUT_LIVES_SECONDS: u64 = 900;

/// The reader that a picture's URL is presigned for, which sets how soon the URL expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// The studio's own pages.
    Studio,
    /// A family or a family's guest.
    ///
    /// Their access may be revoked at any time, and a URL issued before works at most this much longer.
    Family,
}

impl For {
    /// Seconds until the URL expires.
    ///
    /// Source: the design, storage: 60 seconds for families and guests, five minutes for the studio.
    pub(crate) const fn seconds(self) -> u64 {
        match self {
            Self::Studio => 300,
            Self::Family => 60,
        }
    }
}

/// A presigned upload: the URL and the exact headers that a client sends to storage.
#[derive(Debug, Clone)]
pub struct PresignedPut {
    /// The presigned URL.
    pub url: String,
    /// Headers that the client sets, in lower case. Its HTTP stack sets the length, which is signed too.
    pub headers: Vec<(String, String)>,
}

/// The pictures stored of a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rendition {
    /// The upload, with its metadata removed losslessly.
    Original,
    /// At most 2048 pixels on the long side.
    Web,
    /// At most 1200 pixels on the long side, watermarked.
    Proof,
    /// At most 400 pixels on the long side.
    Thumbnail,
}

impl Rendition {
    const fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Web => "web",
            Self::Proof => "proof",
            Self::Thumbnail => "thumb",
        }
    }
}

/// Returns the key of an upload, which contains ids only.
///
/// Each attempt has its own key, so that a late message or removal of one attempt never affects the next.
pub(crate) fn upload_key(studio: &StudioId, photo: &PhotoId, attempt: u32) -> String {
    match attempt {
        0 | 1 => format!("intake/{studio}/{photo}"),
        _ => format!("intake/{studio}/{photo}/{attempt}"),
    }
}

/// Parses an upload key into studio, photo and attempt; `None` for any other key.
pub(crate) fn read_upload_key(key: &str) -> Option<(StudioId, PhotoId, u32)> {
    let mut parts = key.split('/');
    let (Some("intake"), Some(studio), Some(photo)) = (parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let attempt = match parts.next() {
        None => 1,
        Some(attempt) => attempt.parse().ok()?,
    };
    let read = (StudioId::parse(studio).ok()?, PhotoId::parse(photo).ok()?, attempt);
    (parts.next().is_none() && upload_key(&read.0, &read.1, attempt) == key).then_some(read)
}

/// Lists the uploads of a picture day that are in storage and not checked yet, by photo and attempt.
pub(crate) async fn uploads_in_storage(
    app: &App,
    studio: &StudioId,
    day: &PictureDayId,
) -> Result<BTreeSet<(PhotoId, u32)>, StoreError> {
    let bucket = required(app.config().intake_bucket.as_ref(), "INTAKE_BUCKET")?;
    let prefix = format!("intake/{studio}/pho_{}", day.parent_part());
    let mut pages =
        app.s3().list_objects_v2().bucket(bucket).prefix(prefix).into_paginator().send();
    let mut found = BTreeSet::new();
    while let Some(page) = pages.next().boxed().await {
        let page = page.map_err(service("list objects"))?;
        let keys = page.contents().iter().filter_map(|object| object.key());
        found.extend(keys.filter_map(read_upload_key).map(|(_, photo, attempt)| (photo, attempt)));
    }
    Ok(found)
}

/// Returns the key of a roster file that is too large for a request; it contains ids only.
///
/// The file is in the intake bucket, which pages may write to, and expires after a day. Only objects under
/// `intake/` are announced to the photo intake.
pub(crate) fn roster_upload_key(studio: &StudioId, import: &ImportId) -> String {
    format!("rosters/{studio}/{import}")
}

/// Returns the key of a roster file that came with a request; it contains ids only.
pub(crate) fn roster_key(studio: &StudioId, import: &ImportId) -> String {
    format!("imports/{studio}/{import}")
}

/// Returns the key of a rendition; it contains ids and a keyed hash of the content only.
pub(crate) fn rendition_key(studio: &StudioId, content: &str, rendition: Rendition) -> String {
    format!("photos/{studio}/{content}/{}", rendition.name())
}

/// Presigns the upload of exactly these bytes: length, type, SHA-256 and no-overwrite are signed.
pub(crate) async fn presign_put(
    app: &App,
    key: &str,
    picture_type: PictureType,
    bytes: i64,
    sha256: &[u8; 32],
) -> Result<PresignedPut, StoreError> {
    presign_bytes(app, key, picture_type.content_type(), bytes, sha256).await
}

/// Presigns the upload of exactly these bytes with this content type.
pub(crate) async fn presign_bytes(
    app: &App,
    key: &str,
    content_type: &str,
    bytes: i64,
    sha256: &[u8; 32],
) -> Result<PresignedPut, StoreError> {
    let lives = PresigningConfig::expires_in(Duration::from_secs(PUT_LIVES_SECONDS))
        .map_err(service("presign"))?;
    let bucket = required(app.config().intake_bucket.as_ref(), "INTAKE_BUCKET")?;
    let request = app
        .s3()
        .put_object()
        .bucket(bucket)
        .key(key)
        .content_type(content_type)
        .content_length(bytes)
        .checksum_sha256(BASE64.encode(sha256))
        .if_none_match("*")
        .presigned(lives)
        .boxed()
        .await
        .map_err(service("presign"))?;
    let headers = request
        .headers()
        .filter(|(name, _)| !matches!(*name, "content-length" | "host"))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    Ok(PresignedPut { url: request.uri().to_owned(), headers })
}

/// Presigns a GET of a rendition; the reader sets how soon the URL expires.
pub(crate) async fn presign_get(
    app: &App,
    studio: &StudioId,
    content: &str,
    rendition: Rendition,
    whose: For,
) -> Result<String, StoreError> {
    let lives = PresigningConfig::expires_in(Duration::from_secs(whose.seconds()))
        .map_err(service("presign"))?;
    let bucket = required(app.config().photos_bucket.as_ref(), "PHOTOS_BUCKET")?;
    let request = app
        .s3()
        .get_object()
        .bucket(bucket)
        .key(rendition_key(studio, content, rendition))
        .response_content_type("image/jpeg")
        .response_cache_control(format!("private, max-age={}", whose.seconds()))
        .presigned(lives)
        .boxed()
        .await
        .map_err(service("presign"))?;
    Ok(request.uri().to_owned())
}

/// The content of an upload.
pub(crate) enum Upload {
    /// The object has the announced length.
    Whole {
        /// The bytes.
        bytes: Vec<u8>,
        /// The hash, computed from these bytes: the checksum that storage reports is not used.
        sha256: [u8; 32],
    },
    /// The object is longer or shorter than announced. It is not read to its end.
    OtherLength,
}

/// Reads an upload that was announced with this length; `None` when the object does not exist (any more).
pub(crate) async fn read_upload(
    app: &App,
    key: &str,
    announced: u64,
) -> Result<Option<Upload>, StoreError> {
    let bucket = required(app.config().intake_bucket.as_ref(), "INTAKE_BUCKET")?;
    let Some(mut object) = open(app, bucket, key).await? else { return Ok(None) };
    let length = object.content_length().and_then(|length| u64::try_from(length).ok());
    if length.is_some_and(|length| length != announced) {
        return Ok(Some(Upload::OtherLength));
    }
    // One allocation of the announced length: the bytes are not copied again.
    let announced = usize::try_from(announced).map_err(|_| StoreError::Corrupt("photo"))?;
    let mut bytes = Vec::with_capacity(announced);
    let mut hash = RunningSha256::new();
    while let Some(part) = object.body.try_next().await.map_err(service("get object"))? {
        if part.len() > announced.saturating_sub(bytes.len()) {
            return Ok(Some(Upload::OtherLength));
        }
        hash.add(&part);
        bytes.extend_from_slice(&part);
    }
    if bytes.len() < announced {
        return match length {
            // Storage has the object but not all bytes arrived: the next retry reads it again.
            Some(_) => Err(StoreError::Corrupt("answer of storage")),
            None => Ok(Some(Upload::OtherLength)),
        };
    }
    Ok(Some(Upload::Whole { bytes, sha256: hash.finish() }))
}

/// Deletes an upload once its pictures exist, or once it was refused.
pub(crate) async fn remove_upload(app: &App, key: &str) -> Result<(), StoreError> {
    let bucket = required(app.config().intake_bucket.as_ref(), "INTAKE_BUCKET")?;
    remove(app, bucket, key).await
}

/// Writes a rendition. Idempotent: a retry writes the same bytes.
pub(crate) async fn write_rendition(
    app: &App,
    key: &str,
    content_type: &str,
    bytes: Vec<u8>,
) -> Result<(), StoreError> {
    let bucket = required(app.config().photos_bucket.as_ref(), "PHOTOS_BUCKET")?;
    app.s3()
        .put_object()
        .bucket(bucket)
        .key(key)
        .content_type(content_type)
        .body(ByteStream::from(bytes))
        .send()
        .boxed()
        .await
        .map_err(service("put object"))?;
    Ok(())
}

/// Does this rendition exist?
pub(crate) async fn has_rendition(app: &App, key: &str) -> Result<bool, StoreError> {
    let bucket = required(app.config().photos_bucket.as_ref(), "PHOTOS_BUCKET")?;
    match app.s3().head_object().bucket(bucket).key(key).send().boxed().await {
        Ok(_) => Ok(true),
        Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => {
            Ok(false)
        }
        Err(error) => Err(StoreError::Service("head object", Box::new(error))),
    }
}

/// Writes a file of an import or export.
pub(crate) async fn write_file(app: &App, key: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
    let bucket = required(app.config().files_bucket.as_ref(), "FILES_BUCKET")?;
    let body = ByteStream::from(bytes);
    app.s3()
        .put_object()
        .bucket(bucket)
        .key(key)
        .body(body)
        .send()
        .boxed()
        .await
        .map_err(service("put object"))?;
    Ok(())
}

/// Deletes a file of an import or export that is no longer needed.
pub(crate) async fn remove_file(app: &App, key: &str) -> Result<(), StoreError> {
    let bucket = required(app.config().files_bucket.as_ref(), "FILES_BUCKET")?;
    remove(app, bucket, key).await
}

/// Reads a file of an import or export; `None` when it does not exist.
pub(crate) async fn read_file(app: &App, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let bucket = required(app.config().files_bucket.as_ref(), "FILES_BUCKET")?;
    read(app, bucket, key).await
}

async fn remove(app: &App, bucket: &str, key: &str) -> Result<(), StoreError> {
    app.s3()
        .delete_object()
        .bucket(bucket)
        .key(key)
        .send()
        .boxed()
        .await
        .map_err(service("delete object"))?;
    Ok(())
}

async fn read(app: &App, bucket: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(object) = open(app, bucket, key).await? else { return Ok(None) };
    let bytes = object.body.collect().await.map_err(service("get object"))?;
    Ok(Some(bytes.into_bytes().to_vec()))
}

async fn open(app: &App, bucket: &str, key: &str) -> Result<Option<GetObjectOutput>, StoreError> {
    match app.s3().get_object().bucket(bucket).key(key).send().boxed().await {
        Ok(object) => Ok(Some(object)),
        Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => {
            Ok(None)
        }
        Err(error) => Err(StoreError::Service("get object", Box::new(error))),
    }
}
