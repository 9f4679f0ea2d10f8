//! Files that a request announces for upload.

use domain::ids::PhotoId;
use domain::photo::{CameraLabel, PictureType};

use crate::base::crypto::data_key::DataKey;

/// A file that a client wants to upload.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// File name.
    pub name: String,
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256 hash of the content.
    pub sha256: [u8; 32],
    /// Declared file type, or the stable code of why the file cannot be accepted.
    pub picture_type: Result<PictureType, &'static str>,
}

/// Values that all files of a request share.
pub(super) struct Announcement<'a> {
    pub(super) camera: &'a CameraLabel,
    pub(super) key: std::sync::Arc<DataKey>,
    /// When a file expires that has not arrived, in seconds since 1970.
    pub(super) ends: i64,
    /// When the row of a file that never arrives is removed, in seconds since 1970: [`StudioStore::keep_places`].
    pub(super) forgotten_at: i64,
    /// Whether a frame of the camera was checked: then no row of its files is removed.
    pub(super) has_frames: bool,
}

impl Announcement<'_> {
    /// Returns when the row of a file of this camera is removed; `None` if it is kept.
    ///
    /// Only the announced camera was examined: for another camera this does not know whether frames have arrived.
    pub(super) fn forgotten_at_in(&self, camera: &CameraLabel) -> Option<i64> {
        let is_kept = self.has_frames && camera == self.camera;
        (!is_kept).then_some(self.forgotten_at)
    }
}

/// A file with its derived ids.
pub(super) struct Candidate<'a> {
    pub(super) file: &'a NewFile,
    pub(super) photo: PhotoId,
    pub(super) content: String,
}
