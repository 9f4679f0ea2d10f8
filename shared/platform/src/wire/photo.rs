//! JSON view of a photo, for its studio.

use domain::photo::{MatchedBy, PhotoState};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::stores::StudioStore;
use crate::records::photos::{Arrival, PhotoRow, UploadsInStorage};
use crate::store::error::StoreError;
use crate::store::objects::Rendition;

/// A photo as its photographer sees it.
#[derive(Serialize, ToSchema)]
pub struct PhotoView {
    /// The photo's id.
    pub id: String,
    /// Name of the uploaded file.
    pub name: String,
    /// Label of the camera.
    pub camera: String,
    /// State of the photo.
    ///
    /// `registered` (announced, file not yet uploaded), `arrived` (in storage, check in progress), `missing`
    /// (announced but never arrived; must be uploaded again), `expired` (as `missing`, after a day), `checked`,
    /// `matched` or `refused`.
    pub state: &'static str,
    /// Stable code of the reason for refusal.
    pub reason: Option<String>,
    /// Text for the user: why it was refused and what to do.
    pub reason_text: Option<&'static str>,
    /// Students the photo belongs to.
    pub student_ids: Vec<String>,
    /// Stable code of the reason why matching found no student.
    pub unmatched_reason: Option<&'static str>,
    /// How it was matched: `card`, `file_name` or `hand`.
    #[schema(value_type = Option<String>)]
    pub matched_by: Option<MatchedBy>,
    /// Whether a person must confirm its run before families can see it.
    pub is_held_back: bool,
    /// Whether it shows a camera card.
    pub is_camera_card: bool,
    /// Whether that camera card was read; such a photo cannot be assigned to a student.
    pub is_read_card: bool,
    /// Capture time by the camera's clock, without a time zone.
    pub captured_at: Option<String>,
    /// Presigned URL of the thumbnail, valid for five minutes.
    pub thumbnail_url: Option<String>,
    /// Size of the upload in bytes.
    pub bytes: u64,
}

/// Builds the view of a photo without checking storage.
///
/// A photo that is not checked yet has the state `registered` or `expired`.
///
/// # Errors
///
/// When the URL cannot be signed.
pub async fn photo_view(store: &StudioStore, photo: PhotoRow) -> Result<PhotoView, StoreError> {
    let state = match photo.state {
        PhotoState::Registered if photo.is_expired(store.app().now().as_second()) => "expired",
        PhotoState::Registered => "registered",
        PhotoState::Refused | PhotoState::Checked => settled(&photo),
    };
    view(store, photo, state).await
}

/// Builds the view of a photo; `uploads` lists what storage has for its picture day.
///
/// # Errors
///
/// When the URL cannot be signed.
pub async fn photo_view_with(
    store: &StudioStore,
    photo: PhotoRow,
    uploads: &UploadsInStorage,
) -> Result<PhotoView, StoreError> {
    let state = match photo.arrival(uploads, store.app().now().as_second()) {
        Some(Arrival::InStorage) => "arrived",
        Some(Arrival::Missing) => "missing",
        Some(Arrival::Expired) => "expired",
        Some(Arrival::Awaited) => "registered",
        None => settled(&photo),
    };
    view(store, photo, state).await
}

/// Returns the state of a photo that the intake check has accepted or refused.
fn settled(photo: &PhotoRow) -> &'static str {
    if photo.state == PhotoState::Refused {
        "refused"
    } else if photo.students.is_empty() {
        "checked"
    } else {
        "matched"
    }
}

async fn view(
    store: &StudioStore,
    photo: PhotoRow,
    state: &'static str,
) -> Result<PhotoView, StoreError> {
    let thumbnail_url = store.picture_url(&photo, Rendition::Thumbnail).await?;
    let (is_held_back, is_read_card) = (photo.is_held_back(), photo.is_read_card());
    let photo = photo.photo;
    Ok(PhotoView {
        id: photo.id.to_string(),
        name: photo.file_name,
        camera: photo.camera.into(),
        state,
        reason_text: photo.refusal.as_deref().map(crate::http::texts::refusal),
        reason: photo.refusal,
        student_ids: photo.students.iter().map(ToString::to_string).collect(),
        unmatched_reason: photo.note.map(domain::matching::Note::code),
        matched_by: photo.matched_by,
        is_held_back,
        is_camera_card: photo.is_camera_card,
        is_read_card,
        captured_at: photo.captured_at,
        thumbnail_url,
        bytes: photo.bytes,
    })
}
