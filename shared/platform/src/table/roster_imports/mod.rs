//! Roster imports: a file becomes a preview, is applied to the school, and can be taken back within a day.
//!
//! The states: `reading` → `previewed` (or `failed`) → `applying` → `applied` → `undoing` → `undone`.
//! A school has one marker that names the import which wrote to it last. A preview remembers it, and is
//! applied only while it is still the same: what the photographer saw is what is written.

mod chunk;
mod line;
mod lines;
pub mod managed;
mod preview;
mod residents;
mod rows;
mod work;

pub use line::RowKind;
pub use preview::Uploaded;
pub use rows::{ImportRow, RowChange, RowList};
pub use work::Turned;

use domain::audit::Action;
use domain::ids::{ImportId, SchoolId};
use domain::picture_day::SchoolYear;
use domain::roster::{Counts, Mapping, RefusedColumnReason, Roster};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::crypto::data_key::DataKey;
use crate::http::request::Untrusted;
use crate::scope::StudioStore;
use crate::table::{Item, StoreError, keys, student_keys};

/// Rows that are worked on within the request; more go to the queue. Source: `design.md`, the wire.
const MOST_AT_ONCE: usize = 500;
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
    /// The file waits to be compared with the school.
    Reading,
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
            Self::Previewed | Self::Applied | Self::Undone | Self::Failed => false,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Previewed => "previewed",
            Self::Applying => "applying",
            Self::Applied => "applied",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
            Self::Failed => "failed",
        }
    }
}

/// What became of the columns of the file. Sealed: a header may hold anything.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns {
    /// The mapping that was used.
    pub mapping: Mapping,
    /// Columns that are personal beyond need, each with the reason.
    pub refused: Vec<(String, RefusedColumnReason)>,
    /// Columns nobody here knows.
    pub ignored: Vec<String>,
}

impl From<&Roster> for Columns {
    fn from(roster: &Roster) -> Self {
        Self {
            mapping: roster.mapping(),
            refused: roster.refused_columns().map(|(name, why)| (name.to_owned(), why)).collect(),
            ignored: roster.ignored_columns().map(str::to_owned).collect(),
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
}

impl Written {
    fn total(self) -> usize {
        self.added + self.changed + self.left + self.kept
    }
}

/// A roster import.
#[derive(Clone)]
pub struct RosterImport {
    /// Its id.
    pub id: ImportId,
    /// The school.
    pub school_id: SchoolId,
    /// How far it has come.
    pub state: ImportState,
    /// What became of the columns.
    pub columns: Columns,
    /// What applying it does; absent until it was compared.
    pub preview: Option<Counts>,
    /// What the last apply or undo has done so far.
    pub written: Written,
    /// Rows the file has below its header.
    pub rows_in_file: usize,
    /// When it was applied.
    pub applied_at: Option<Timestamp>,
    /// The stable code of why the file cannot be read.
    pub failure: Option<String>,
    year: SchoolYear,
    created_at: Timestamp,
    /// A keyed hash of the file and the mapping: the same request again finds the same.
    content: String,
    /// The attempt whose rows are the preview.
    reading: Option<String>,
    /// The school's marker when the preview was made.
    seen: Option<String>,
    /// Where the last row that was worked on lies.
    at: Option<String>,
}

impl RosterImport {
    /// How many rows are worked through, of how many; nothing when nothing is under way.
    pub fn progress(&self) -> Option<(usize, usize)> {
        match self.state {
            ImportState::Reading => Some((0, self.rows_in_file)),
            ImportState::Applying | ImportState::Undoing => {
                Some((self.written.total(), self.to_write()))
            }
            ImportState::Previewed
            | ImportState::Applied
            | ImportState::Undone
            | ImportState::Failed => None,
        }
    }

    /// The sentence that says why the file cannot be read.
    pub fn failure_text(&self) -> Option<&'static str> {
        self.failure.as_deref().map(crate::http::texts::sentence)
    }

    /// When undoing ends to be possible.
    pub fn undo_until(&self) -> Option<Timestamp> {
        let applied = self.applied_at.filter(|_| self.state == ImportState::Applied)?;
        later(applied, UNDO_LIVES_SECONDS)
    }

    /// Rows for which something is written.
    fn to_write(&self) -> usize {
        self.preview.map_or(0, |counts| counts.added + counts.changed + counts.left)
    }

    fn rows_end(&self) -> i64 {
        self.created_at.as_second().saturating_add(ROWS_LIVE_SECONDS)
    }

    fn item(&self, store: &StudioStore, key: &DataKey) -> Item {
        let columns = serde_json::to_vec(&self.columns).unwrap_or_default();
        Item::at(&keys::roster_import(&store.studio, &self.id))
            .with_text("school", self.school_id.as_str())
            .with_json("year", &self.year)
            .with_json("state", &self.state)
            .with_bytes("columns", key.seal(&columns_place(&self.id), &columns))
            .with_number("rows", self.rows_in_file)
            .with_json("written", &self.written)
            .with_number("created", self.created_at.as_second())
            .with_text("content", self.content.clone())
    }

    fn read(item: &Item, key: &DataKey, id: &ImportId) -> Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt("roster import");
        let sealed = item.bytes("columns").ok_or_else(corrupt)?;
        let columns = key.open(&columns_place(id), sealed)?;
        let school = item.text("school").ok_or_else(corrupt)?;
        let time = |name: &str| Timestamp::from_second(item.number(name)?).ok();
        Ok(Self {
            id: id.clone(),
            school_id: SchoolId::parse(&school).map_err(|_| corrupt())?,
            state: item.json("state").ok_or_else(corrupt)?,
            columns: serde_json::from_slice(&columns).map_err(|_| corrupt())?,
            preview: item.json("preview"),
            written: item.json("written").ok_or_else(corrupt)?,
            rows_in_file: item.number("rows").ok_or_else(corrupt)?,
            applied_at: time("applied"),
            failure: item.text("failure"),
            year: item.json("year").ok_or_else(corrupt)?,
            created_at: time("created").ok_or_else(corrupt)?,
            content: item.text("content").ok_or_else(corrupt)?,
            reading: item.text("reading"),
            seen: item.text("seen"),
            at: item.text("at"),
        })
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

    /// An import that was there a moment ago: nobody deletes one.
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
        let Written { added, changed, left, kept } = written;
        let mut event = self.event(did, import.as_str());
        event.details = Some(format!("added {added}, changed {changed}, left {left}, kept {kept}"));
        event
    }
}

fn columns_place(import: &ImportId) -> [&str; 3] {
    ["records", import.as_str(), "columns"]
}

fn later(time: Timestamp, seconds: i64) -> Option<Timestamp> {
    time.checked_add(jiff::SignedDuration::from_secs(seconds)).ok()
}
