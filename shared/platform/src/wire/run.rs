//! A run on the wire, for its studio.

use serde::Serialize;
use utoipa::ToSchema;

use super::photo::{PhotoView, photo_view};
use crate::access::stores::StudioStore;
use crate::http::texts;
use crate::records::photos::{Run, RunState};
use crate::store::error::StoreError;

/// A camera card and the photos after it.
#[derive(Serialize, ToSchema)]
pub struct RunView {
    /// The id.
    pub id: String,
    /// The camera's label.
    pub camera: String,
    /// `doubtful`: held back from families until a person confirms it; `read`; `confirmed`.
    pub state: &'static str,
    /// The student of the card.
    pub student_id: String,
    /// The student's name.
    pub student_name: String,
    /// Why a person must look at it.
    pub reasons: Vec<RunReason>,
    /// The photo of the card.
    pub card: PhotoView,
    /// The student's photos, in capture order.
    pub photos: Vec<PhotoView>,
    /// What a confirmation sends back: it changes when a photo comes or goes.
    pub version: String,
}

/// Why a person must look at a run.
#[derive(Serialize, ToSchema)]
pub struct RunReason {
    /// A stable code.
    pub code: &'static str,
    /// The same for a person.
    pub text: &'static str,
}

/// The view of a run.
///
/// # Errors
///
/// When an address cannot be signed.
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
