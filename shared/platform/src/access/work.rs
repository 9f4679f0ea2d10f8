//! Work: messages that this system sealed for itself. Opening one gives the store of the studio it was sealed for.

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

/// A camera whose photos are to be matched again.
#[derive(Debug, Serialize, Deserialize)]
pub struct MatchCamera {
    pub(crate) studio: StudioId,
    /// The picture day.
    pub day: PictureDayId,
    /// The camera.
    pub camera: CameraLabel,
    /// The generation that was dirty when this was sent.
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
    /// 0 plans, 1 to n put one photo in each, the one after publishes.
    pub step: u32,
}

/// A roster import that goes on in the background.
#[derive(Debug, Serialize, Deserialize)]
pub struct RosterWork {
    pub(crate) studio: StudioId,
    /// The school.
    pub school: SchoolId,
    /// The import.
    pub import: ImportId,
    /// What is to be done.
    pub task: RosterTask,
}

/// What is to be done with a roster import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RosterTask {
    /// Read the file and compare it with the school.
    Preview,
    /// Write its rows.
    Apply,
    /// Take them back.
    Undo,
}

/// Only the messages of this file are work: another kind could name another studio than the one it was sealed for.
mod sealed {
    #[expect(unnameable_types, reason = "that nobody else can name it is what it is for")]
    pub trait Ours {}
    impl Ours for super::MatchCamera {}
    impl Ours for super::GalleryStep {}
    impl Ours for super::RosterWork {}
}

/// A message that carries its studio: opening it gives the handle of just that studio.
pub trait Work: sealed::Ours + DeserializeOwned {
    /// The queue it travels in.
    const QUEUE: Queue;
    /// The studio it is about.
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

/// Opens a message and the store of its studio.
///
/// # Errors
///
/// When this system did not seal it.
pub async fn accept<W: Work>(
    app: &'static App,
    worker: &str,
    message: &SqsMessage,
) -> Result<(StudioStore, W), StoreError> {
    let work: W = open(app, W::QUEUE, worker, message).await?;
    let store = StudioStore::of_sealed_message(app, work.studio(), Caller::worker(app, worker));
    Ok((store, work))
}
