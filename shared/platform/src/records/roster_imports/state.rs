//! How far an import has come, and what it has written.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Rows that are worked on within the request; more go to the queue. Source: `design.md`, the wire.
pub(super) const MOST_AT_ONCE: usize = 500;
/// Bytes of a file that is read within the request: 256 KiB, 500 rows of long names. More goes to the worker.
pub(super) const MOST_BYTES_AT_ONCE: usize = 256 * 1024;
/// Seconds after which a preview can no longer be applied: a week.
pub(super) const PREVIEW_LIVES_SECONDS: i64 = 7 * 24 * 3600;
/// Seconds in which an import can be undone: a day. Source: `design.md`, the wire.
pub(super) const UNDO_LIVES_SECONDS: i64 = 24 * 3600;
/// Seconds the rows of a preview are kept: as long as undoing can need them.
pub(super) const ROWS_LIVE_SECONDS: i64 = PREVIEW_LIVES_SECONDS + UNDO_LIVES_SECONDS;

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// The client has an address for the file and has not said that it is there.
    Uploading,
    /// The file waits to be compared with the school.
    Reading,
    /// A person must choose how the file is read: its columns, its encoding or its sheet.
    Unclear,
    /// Nothing is written yet: it can be looked at and applied.
    Previewed,
    /// Its rows are being written.
    Applying,
    /// All its rows are written.
    Applied,
    /// Its rows are being taken back.
    Undoing,
    /// All its rows are taken back.
    Undone,
    /// The file cannot be read.
    Failed,
}

impl ImportState {
    /// Whether it changes by itself: worth asking again.
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

/// Rows that the last apply or undo has worked through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Students that were added, or taken out again.
    pub added: usize,
    /// Students that were changed, or changed back.
    pub changed: usize,
    /// Students that are no longer enrolled, or enrolled again.
    pub left: usize,
    /// Rows that were left alone, because they were changed since or are gone.
    pub kept: usize,
    /// Conflicts nothing is written for: undecided, or the known student was kept.
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
