//! Roster imports: a file becomes a preview, is applied to the school, and can be taken back within a day.
//!
//! The states: `uploading` → `reading` → `previewed` (or `unclear`, or `failed`) → `applying` → `applied` →
//! `undoing` → `undone`. A file that came with the request begins at `reading`.
//! A school has one marker that names the import which wrote to it last. A preview remembers it, and is
//! applied only while it is still the same: what the photographer saw is what is written.

mod chunk;
mod columns;
mod compare;
mod decide;
mod import;
mod line;
mod lines;
mod list;
pub mod managed;
mod read;
mod residents;
mod rows;
mod targets;
mod upload;
mod work;

pub use columns::{Columns, ImportSample};
pub use decide::Decided;
pub use import::RosterImport;
pub use line::{LineWarning, RowKind, ShownStudent};
pub use rows::{ImportRow, RowChange, RowConflict, RowList};
pub use upload::{Registered, RosterArrival, RosterUpload, RosterWishes, Uploaded};
pub use work::Turned;

use domain::audit::Action;
use domain::ids::ImportId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::http::request::Untrusted;
use crate::scope::StudioStore;
use crate::table::{StoreError, keys, student_keys};

/// Rows that are worked on within the request; more go to the queue. Source: `design.md`, the wire.
const MOST_AT_ONCE: usize = 500;
/// Bytes of a file that is read within the request: 256 KiB, 500 rows of long names. More goes to the worker.
const MOST_BYTES_AT_ONCE: usize = 256 * 1024;
/// Seconds after which a preview can no longer be applied: a week.
const PREVIEW_LIVES_SECONDS: i64 = 7 * 24 * 3600;
/// Seconds in which an import can be undone: a day. Source: `design.md`, the wire.
const UNDO_LIVES_SECONDS: i64 = 24 * 3600;
/// Seconds the rows of a preview are kept: as long as undoing can need them.
const ROWS_LIVE_SECONDS: i64 = PREVIEW_LIVES_SECONDS + UNDO_LIVES_SECONDS;

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

    const fn name(self) -> &'static str {
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
    const fn total(self) -> usize {
        self.added + self.changed + self.left + self.kept + self.left_out
    }
}

impl StudioStore {
    /// The roster import of an id, or `None` if this studio has none such.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn roster_import(
        &self,
        id: &Untrusted<ImportId>,
    ) -> Result<Option<RosterImport>, StoreError> {
        self.import_by_id(id.inner()).await
    }

    async fn import_by_id(&self, id: &ImportId) -> Result<Option<RosterImport>, StoreError> {
        let Some(item) = self.app.records()?.get(&keys::roster_import(&self.studio, id)).await?
        else {
            return Ok(None);
        };
        let key = student_keys::of_studio(self.app, &self.studio).await?;
        RosterImport::read(&item, &key, id).map(Some)
    }

    /// An import that was there a moment ago: no code deletes one.
    async fn import_again(&self, id: &ImportId) -> Result<RosterImport, StoreError> {
        self.import_by_id(id).await?.ok_or(StoreError::Corrupt("roster import"))
    }

    /// An event about an import, with its counts.
    fn import_event(
        &self,
        did: Action,
        import: &ImportId,
        written: Written,
    ) -> domain::audit::AuditEvent {
        let Written { added, changed, left, kept, left_out } = written;
        let mut event = self.event(did, import.as_str());
        event.details = Some(format!(
            "added {added}, changed {changed}, left {left}, kept {kept}, left out {left_out}"
        ));
        event
    }
}

fn later(time: Timestamp, seconds: i64) -> Option<Timestamp> {
    time.checked_add(jiff::SignedDuration::from_secs(seconds)).ok()
}
