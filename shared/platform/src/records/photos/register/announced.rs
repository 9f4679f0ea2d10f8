//! Files that a request announces.

use domain::ids::PhotoId;
use domain::photo::{CameraLabel, PictureType};

use crate::base::crypto::data_key::DataKey;

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

/// What the files of a request have in common.
pub(super) struct Announcement<'a> {
    pub(super) camera: &'a CameraLabel,
    pub(super) key: std::sync::Arc<DataKey>,
    /// When a file stops being waited for, in seconds since 1970.
    pub(super) ends: i64,
    /// When a file is forgotten that has not arrived by then, in seconds since 1970: [`StudioStore::keep_places`].
    pub(super) forgotten_at: i64,
    /// Whether a frame of the camera has arrived: then none of its files is forgotten.
    pub(super) has_frames: bool,
}

impl Announcement<'_> {
    /// When a file of this camera is forgotten; `None` if it never is.
    ///
    /// Only the announced camera was looked at: whether frames of another one have arrived is not known here.
    pub(super) fn forgotten_at_in(&self, camera: &CameraLabel) -> Option<i64> {
        let is_kept = self.has_frames && camera == self.camera;
        (!is_kept).then_some(self.forgotten_at)
    }
}

/// A file with its ids.
pub(super) struct Candidate<'a> {
    pub(super) file: &'a NewFile,
    pub(super) photo: PhotoId,
    pub(super) content: String,
}
