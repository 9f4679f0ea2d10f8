//! A photo on the wire, for its studio.

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
    /// The id.
    pub id: String,
    /// What the file was called.
    pub name: String,
    /// The camera's label.
    pub camera: String,
    /// `registered` (announced, its bytes awaited), `arrived` (in storage, being checked), `missing` (announced and
    /// never arrived: to be uploaded again), `expired` (the same, after a day), `checked`, `matched` or `refused`.
    pub state: &'static str,
    /// Why it was refused: a stable code.
    pub reason: Option<String>,
    /// The same for a person: what to do about it.
    pub reason_text: Option<&'static str>,
    /// Whose photo it is.
    pub student_ids: Vec<String>,
    /// Why matching found no student: a stable code.
    pub unmatched_reason: Option<&'static str>,
    /// `card`, `file_name` or `hand`.
    #[schema(value_type = Option<String>)]
    pub matched_by: Option<MatchedBy>,
    /// Whether a person must confirm its run before a family is shown it.
    pub is_held_back: bool,
    /// Whether it shows a camera card.
    pub is_camera_card: bool,
    /// Whether that card was read: it can be given to nobody.
    pub is_read_card: bool,
    /// The camera's civil time.
    pub captured_at: Option<String>,
    /// A five-minute address.
    pub thumbnail_url: Option<String>,
    /// Bytes of the upload.
    pub bytes: u64,
}

/// The view of a photo at an instant, without a look at storage: what is not checked is `registered` or `expired`.
///
/// # Errors
///
/// When an address cannot be signed.
pub async fn photo_view(store: &StudioStore, photo: PhotoRow) -> Result<PhotoView, StoreError> {
    let state = match photo.state {
        PhotoState::Registered if photo.is_expired(store.app().now().as_second()) => "expired",
        PhotoState::Registered => "registered",
        PhotoState::Refused | PhotoState::Checked => settled(&photo),
    };
    view(store, photo, state).await
}

/// The view of a photo at an instant; `uploads` is what storage has of its picture day.
///
/// # Errors
///
/// When an address cannot be signed.
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

/// The state of a photo that intake has judged.
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
