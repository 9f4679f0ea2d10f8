//! Work: messages that this system sealed for itself.
//!
//! Opening a message gives the store of the studio it was sealed for.

use aws_lambda_events::sqs::SqsMessage;
use domain::ids::{GalleryId, ImportId, PictureDayId, SchoolId, StudioId};
use domain::photo::CameraLabel;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::access::stores::StudioStore;
use crate::base::app::App;
use crate::http::caller::Caller;
use crate::store::error::StoreError;
use crate::store::queue::{Queue, open};

/// Work item: match a camera's photos again.
#[derive(Debug, Serialize, Deserialize)]
pub struct MatchCamera {
    pub(crate) studio: StudioId,
    /// The picture day.
    pub day: PictureDayId,
    /// The camera.
    pub camera: CameraLabel,
    /// The generation that was dirty when this message was sent.
    pub generation: u64,
}

/// One step of building a gallery.
#[derive(Debug, Serialize, Deserialize)]
pub struct GalleryStep {
    pub(crate) studio: StudioId,
    /// The gallery.
    pub gallery: GalleryId,
    /// The build this step belongs to.
    pub generation: u32,
    /// 0 plans the gallery; steps 1 to n add one photo each; step n + 1 publishes.
    pub step: u32,
}

/// Work item: continue a roster import in the background.
#[derive(Debug, Serialize, Deserialize)]
pub struct RosterWork {
    pub(crate) studio: StudioId,
    /// The school.
    pub school: SchoolId,
    /// The import.
    pub import: ImportId,
    /// The task to do.
    pub task: RosterTask,
}

/// Task of a background roster import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RosterTask {
    /// Reads the file and compares it with the school.
    Preview,
    /// Writes the import's rows.
    Apply,
    /// Reverts the import's rows.
    Undo,
}

/// Restricts `Work` to the message types of this file.
///
/// A type from elsewhere could name another studio than the one it was sealed for.
mod sealed {
    #[expect(unnameable_types, reason = "that nobody else can name it is what it is for")]
    pub trait Ours {}
    impl Ours for super::MatchCamera {}
    impl Ours for super::GalleryStep {}
    impl Ours for super::RosterWork {}
}

/// A message that carries its studio: opening it gives the handle of only that studio.
pub trait Work: sealed::Ours + DeserializeOwned {
    /// The queue that carries the message.
    const QUEUE: Queue;
    /// Returns the studio that the message is about.
    fn studio(&self) -> &StudioId;
}

impl Work for MatchCamera {
    const QUEUE: Queue = Queue::Matching;
    fn studio(&self) -> &StudioId {
        &self.studio
    }
}
impl Work for GalleryStep {
    const QUEUE: Queue = Queue::Gallery;
    fn studio(&self) -> &StudioId {
        &self.studio
    }
}
impl Work for RosterWork {
    const QUEUE: Queue = Queue::Roster;
    fn studio(&self) -> &StudioId {
        &self.studio
    }
}

/// Opens a message and returns it with the store of its studio.
///
/// # Errors
///
/// When this system did not seal the message.
pub async fn accept<W: Work>(
    app: &'static App,
    worker: &str,
    message: &SqsMessage,
) -> Result<(StudioStore, W), StoreError> {
    let work: W = open(app, W::QUEUE, worker, message).await?;
    let store = StudioStore::of_sealed_message(app, work.studio(), Caller::worker(app, worker));
    Ok((store, work))
}
