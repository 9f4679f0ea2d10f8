//! One roster import as it is stored: the request, the progress and the result.

use crate::records::roster_imports::sealed::{open, seal};
use crate::records::roster_imports::wishes::RosterWishes;
use std::collections::BTreeMap;

use domain::ids::{ImportId, PersonId, SchoolId};
use domain::picture_day::SchoolYear;
use domain::roster::{Counts, LeftShare};
use jiff::Timestamp;

use crate::access::stores::StudioStore;
use crate::base::crypto::data_key::DataKey;
use crate::records::roster_imports::columns::Columns;
use crate::records::roster_imports::state::{
    ImportState, PREVIEW_LIVES_SECONDS, ROWS_LIVE_SECONDS, UNDO_LIVES_SECONDS, Written, later,
};
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::keys;

/// A roster import.
#[derive(Clone)]
pub struct RosterImport {
    /// Its id.
    pub id: ImportId,
    /// The school.
    pub school_id: SchoolId,
    /// State of the import.
    pub state: ImportState,
    /// How the file is to be read and compared.
    pub wishes: RosterWishes,
    /// Which columns were mapped, refused or ignored.
    pub columns: Columns,
    /// What applying would do; `None` until the file was compared.
    pub preview: Option<Counts>,
    /// Number of enrolled students when the preview was made.
    pub enrolled: usize,
    /// Number of conflicts that a person has decided.
    pub decided: usize,
    /// Number of rows per warning, by the warning's code.
    pub warnings: BTreeMap<String, usize>,
    /// Counts of the last apply or undo so far.
    pub written: Written,
    /// Rows below the file's header; zero until the file was read.
    pub rows_in_file: usize,
    /// Rows of the preview that are stored already.
    pub compared: usize,
    /// When the import was created.
    pub created_at: Timestamp,
    /// The person who sent the file; `None` for a program that is no person.
    pub created_by: Option<PersonId>,
    /// When it was applied.
    pub applied_at: Option<Timestamp>,
    /// Stable code of the reason why the file cannot be read.
    pub failure: Option<String>,
    pub(super) year: SchoolYear,
    /// Keyed hash of the school, the file and the options: a repeated request gives the same hash.
    pub(super) content: String,
    /// Announced bytes of a file that is uploaded to storage; `None` for a file in the request itself.
    pub(super) sent_bytes: Option<u64>,
    /// Token of the reading attempt whose rows are the preview.
    pub(super) reading: Option<String>,
    /// The school's marker when the preview was made.
    pub(super) seen: Option<String>,
    /// Place of the last row that was processed.
    pub(super) at: Option<String>,
}

impl RosterImport {
    /// Returns the processed rows and their total; `None` when nothing is under way.
    pub fn progress(&self) -> Option<(usize, usize)> {
        match self.state {
            ImportState::Reading => Some((self.compared, self.rows_in_file)),
            ImportState::Applying | ImportState::Undoing => {
                Some((self.written.total(), self.to_write()))
            }
            ImportState::Uploading
            | ImportState::Unclear
            | ImportState::Previewed
            | ImportState::Applied
            | ImportState::Undone
            | ImportState::Failed => None,
        }
    }

    /// Returns the sentence that says why the file cannot be read.
    pub fn failure_text(&self) -> Option<&'static str> {
        self.failure.as_deref().map(crate::http::texts::sentence)
    }

    /// Returns until when the import can be undone.
    pub fn undo_until(&self) -> Option<Timestamp> {
        let applied = self.applied_at.filter(|_| self.state == ImportState::Applied)?;
        later(applied, UNDO_LIVES_SECONDS)
    }

    /// Returns until when the import can be applied.
    pub fn apply_until(&self) -> Option<Timestamp> {
        let previewed = self.state == ImportState::Previewed;
        previewed.then(|| later(self.created_at, PREVIEW_LIVES_SECONDS)).flatten()
    }

    /// Returns how many of the school's students would leave.
    pub fn left_share(&self) -> LeftShare {
        let left = self.preview.map_or(0, |counts| counts.left);
        LeftShare { left, students: self.enrolled }
    }

    /// Returns the number of rows that applying processes, including conflicts for which nothing is written.
    pub(super) fn to_write(&self) -> usize {
        self.preview
            .map_or(0, |counts| counts.added + counts.changed + counts.conflicts + counts.left)
    }

    pub(super) fn rows_end(&self) -> i64 {
        self.created_at.as_second().saturating_add(ROWS_LIVE_SECONDS)
    }

    pub(super) fn item(&self, store: &StudioStore, key: &DataKey) -> Item {
        let mut item = Item::at(&keys::roster_import(&store.studio, &self.id))
            .with_text("school", self.school_id.as_str())
            .with_json("year", &self.year)
            .with_json("state", &self.state)
            .with_bytes("wishes", seal(key, &self.id, "wishes", &self.wishes))
            .with_bytes("columns", seal(key, &self.id, "columns", &self.columns))
            .with_number("rows", self.rows_in_file)
            .with_json("written", &self.written)
            .with_number("created", self.created_at.as_second())
            .with_text("content", self.content.clone());
        if let Some(person) = &self.created_by {
            item = item.with_text("by", person.as_str());
        }
        if let Some(bytes) = self.sent_bytes {
            item = item.with_number("bytes", bytes);
        }
        if let Some(reading) = &self.reading {
            item = item.with_text("reading", reading.clone());
        }
        item
    }

    pub(super) fn read(item: &Item, key: &DataKey, id: &ImportId) -> Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt("roster import");
        let school = item.text("school").ok_or_else(corrupt)?;
        let time = |name: &str| Timestamp::from_second(item.number(name)?).ok();
        Ok(Self {
            id: id.clone(),
            school_id: SchoolId::parse(&school).map_err(|_| corrupt())?,
            state: item.json("state").ok_or_else(corrupt)?,
            wishes: open(key, id, "wishes", item.bytes("wishes"))?,
            columns: open(key, id, "columns", item.bytes("columns"))?,
            preview: item.json("preview"),
            enrolled: item.number("enrolled").unwrap_or_default(),
            decided: item.number("decided").unwrap_or_default(),
            warnings: item.json_or_default("warnings").ok_or_else(corrupt)?,
            written: item.json("written").ok_or_else(corrupt)?,
            rows_in_file: item.number("rows").ok_or_else(corrupt)?,
            compared: item.number("compared").unwrap_or_default(),
            applied_at: time("applied"),
            failure: item.text("failure"),
            year: item.json("year").ok_or_else(corrupt)?,
            created_at: time("created").ok_or_else(corrupt)?,
            created_by: item.text("by").and_then(|by| PersonId::parse(&by).ok()),
            content: item.text("content").ok_or_else(corrupt)?,
            sent_bytes: item.number("bytes"),
            reading: item.text("reading"),
            seen: item.text("seen"),
            at: item.text("at"),
        })
    }
}
