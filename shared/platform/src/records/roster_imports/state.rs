//! The state of an import, and the counts of what it has written.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Maximum rows that are processed within the request; more go to the queue. Source: `design.md`, the wire.
pub(super) const MOST_AT_ONCE: usize = 500;
/// Maximum bytes of a file that is read within the request: 256 KiB.
///
/// That is 500 rows of long names. A larger file goes to the worker.
pub(super) const MOST_BYTES_AT_ONCE: usize = 256 * 1024;
/// Seconds after which a preview can no longer be applied: a week.
pub(super) const PREVIEW_LIVES_SECONDS: i64 = 7 * 24 * 3600;
/// Seconds in which an import can be undone: a day. Source: `design.md`, the wire.
pub(super) const UNDO_LIVES_SECONDS: i64 = 24 * 3600;
/// Seconds that the rows of a preview are stored: as long as an undo may need them.
pub(super) const ROWS_LIVE_SECONDS: i64 = PREVIEW_LIVES_SECONDS + UNDO_LIVES_SECONDS;

/// State of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// The client has a presigned URL for the file, and has not reported the upload yet.
    Uploading,
    /// The file waits to be read and compared with the school.
    Reading,
    /// A person must choose how the file is read: its columns, its encoding or its sheet.
    Unclear,
    /// Nothing is written yet: the preview can be reviewed and applied.
    Previewed,
    /// Its rows are being written.
    Applying,
    /// All its rows are written.
    Applied,
    /// Its rows are being reverted.
    Undoing,
    /// All its rows are reverted.
    Undone,
    /// The file cannot be read.
    Failed,
}

impl ImportState {
    /// Returns whether the state changes by itself, so that polling makes sense.
    pub fn is_under_way(self) -> bool {
        match self {
            Self::Reading | Self::Applying | Self::Undoing => true,
            Self::Uploading
            | Self::Unclear
            | Self::Previewed
            | Self::Applied
            | Self::Undone
            | Self::Failed => false,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Uploading => "uploading",
            Self::Reading => "reading",
            Self::Unclear => "unclear",
            Self::Previewed => "previewed",
            Self::Applying => "applying",
            Self::Applied => "applied",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
            Self::Failed => "failed",
        }
    }
}

/// Counts of rows that the last apply or undo has processed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Students that were added; after an undo, students that were removed again.
    pub added: usize,
    /// Students that were changed; after an undo, changed back.
    pub changed: usize,
    /// Students that are no longer enrolled; after an undo, enrolled again.
    pub left: usize,
    /// Rows that were skipped, because their student was changed in the meantime, is in use or is gone.
    pub kept: usize,
    /// Conflicts for which nothing was written: undecided, or left out by decision.
    #[serde(default)]
    pub left_out: usize,
}

impl Written {
    pub(super) const fn total(self) -> usize {
        self.added + self.changed + self.left + self.kept + self.left_out
    }
}

pub(super) fn later(time: Timestamp, seconds: i64) -> Option<Timestamp> {
    time.checked_add(jiff::SignedDuration::from_secs(seconds)).ok()
}
