//! JSON view of a run, for its studio.

use serde::Serialize;
use utoipa::ToSchema;

use super::photo::{PhotoView, photo_view};
use crate::access::stores::StudioStore;
use crate::http::texts;
use crate::records::photos::{Run, RunState};
use crate::store::error::StoreError;

/// A camera card with the photos taken after it.
#[derive(Serialize, ToSchema)]
pub struct RunView {
    /// The run's id.
    pub id: String,
    /// Label of the camera.
    pub camera: String,
    /// `doubtful` (hidden from families until a person confirms it), `read` or `confirmed`.
    pub state: &'static str,
    /// Id of the student on the camera card.
    pub student_id: String,
    /// Name of the student.
    pub student_name: String,
    /// Reasons why a person must review the run.
    pub reasons: Vec<RunReason>,
    /// Photo of the camera card.
    pub card: PhotoView,
    /// Photos of the student, in capture order.
    pub photos: Vec<PhotoView>,
    /// Version to send back in a confirmation; it changes when a photo is added or removed.
    pub version: String,
}

/// A reason why a person must review a run.
#[derive(Serialize, ToSchema)]
pub struct RunReason {
    /// Stable code of the reason.
    pub code: &'static str,
    /// Text of the reason for the user.
    pub text: &'static str,
}

/// Builds the view of a run.
///
/// # Errors
///
/// When a URL cannot be signed.
pub async fn run_view(store: &StudioStore, run: Run, name: String) -> Result<RunView, StoreError> {
    let state = match run.state() {
        RunState::Doubtful => "doubtful",
        RunState::Read => "read",
        RunState::Confirmed => "confirmed",
    };
    let reasons = run.doubts.iter();
    let reasons =
        reasons.map(|doubt| RunReason { code: doubt.code(), text: texts::doubt(*doubt) }).collect();
    let mut photos = Vec::with_capacity(run.photos.len());
    for photo in run.photos {
        photos.push(photo_view(store, photo).await?);
    }
    Ok(RunView {
        id: run.card.id.to_string(),
        camera: run.card.camera.as_str().to_owned(),
        state,
        student_id: run.student.to_string(),
        student_name: name,
        reasons,
        card: photo_view(store, run.card).await?,
        photos,
        version: run.version,
    })
}
