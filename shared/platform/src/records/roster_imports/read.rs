//! Reads a file into rows: with the columns a person chose at the school's last import, where they fit.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::ids::{ImportId, SchoolId};
use domain::roster::{self, MapTo, Mapping, ReadOptions, Roster, RosterError};
use serde::{Deserialize, Serialize};

use crate::access::stores::StudioStore;
use crate::base::crypto::digest;
use crate::records::roster_imports::columns::Columns;
use crate::records::roster_imports::import::RosterImport;
use crate::records::roster_imports::sample::ImportSample;
use crate::records::roster_imports::sealed::seal;
use crate::records::roster_imports::state::ImportState;
use crate::store::change::{Change, Committed, Edit, commit, edit_one};
use crate::store::error::StoreError;
use crate::store::item::{Item, bytes, json, number};
use crate::store::objects::{self, Upload};
use crate::store::{keys, student_keys};

/// Maximum number of columns, ignored at the last import, that a new file may lack.
///
/// A file that lacks more has its columns detected as for a first import.
const MOST_COLUMNS_MISSED: usize = 8;

/// Result of reading a file.
pub(super) struct ReadOutcome {
    pub(super) roster: Result<Roster, RosterError>,
    pub(super) columns: Columns,
    pub(super) sample: ImportSample,
}

/// Columns that a person chose at a school, for its next file: only headers and positions.
#[derive(Serialize, Deserialize)]
struct RememberedColumns {
    mapping: Mapping,
    /// 0: the file has no header, and its columns are named by position.
    header_row: Option<u32>,
}

impl RememberedColumns {
    /// Returns whether a column is named by its position.
    ///
    /// Such a mapping is used only for a file that cannot be read without it.
    fn is_by_place(&self) -> bool {
        self.header_row == Some(0) || self.mapping.0.keys().any(|column| column.starts_with('#'))
    }
}

/// Returns whether a person can make the file readable by choosing columns, an encoding or a sheet.
pub(super) fn needs_a_choice(error: &RosterError) -> bool {
    error.sample().is_some()
}

pub(super) fn file_place(import: &ImportId) -> [&str; 2] {
    ["files", import.as_str()]
}

impl StudioStore {
    /// Reads a file with the given options; without a mapping, it uses the columns of the last import if they fit.
    pub(super) async fn read_roster(
        &self,
        school: &SchoolId,
        file: &[u8],
        options: &ReadOptions,
    ) -> Result<ReadOutcome, StoreError> {
        let is_left_open = options.mapping.is_empty() && options.header_row.is_none();
        let remembered = if is_left_open { self.remembered_columns(school).await? } else { None };
        let Some(remembered) = remembered else {
            return Ok(outcome(roster::read(file, options), false));
        };
        let is_by_place = remembered.is_by_place();
        let as_before = ReadOptions {
            mapping: remembered.mapping,
            header_row: remembered.header_row.filter(|row| *row == 0),
            ..options.clone()
        };
        if is_by_place {
            let read = roster::read(file, options);
            let again = read.is_err().then(|| roster::read(file, &as_before));
            return Ok(match again {
                Some(Ok(again)) => outcome(Ok(again), true),
                Some(Err(_)) | None => outcome(read, false),
            });
        }
        match read_as_before(file, as_before) {
            Ok(again) => Ok(outcome(Ok(again), true)),
            Err(_) => Ok(outcome(roster::read(file, options), false)),
        }
    }

    async fn remembered_columns(
        &self,
        school: &SchoolId,
    ) -> Result<Option<RememberedColumns>, StoreError> {
        let at = keys::roster_options(&self.studio, school);
        let Some(item) = self.app.records()?.get(&at).await? else { return Ok(None) };
        let sealed = item.bytes("sealed").ok_or(StoreError::Corrupt("roster options"))?;
        let key = student_keys::of_studio(self.app, &self.studio).await?;
        let plain = key.open(&remembered_place(school), sealed)?;
        serde_json::from_slice(&plain).map(Some).map_err(|_| StoreError::Corrupt("roster options"))
    }

    /// Builds the change that stores the chosen columns for the school's next file; `None` when no columns were
    /// chosen.
    pub(super) async fn remember_options(
        &self,
        import: &RosterImport,
    ) -> Result<Option<Change>, StoreError> {
        let asked = &import.wishes.options;
        if asked.mapping.is_empty() {
            return Ok(None);
        }
        let remembered =
            RememberedColumns { mapping: asked.mapping.clone(), header_row: asked.header_row };
        let plain = serde_json::to_vec(&remembered).unwrap_or_default();
        let key = student_keys::of_studio(self.app, &self.studio).await?;
        let at = keys::roster_options(&self.studio, &import.school_id);
        let sealed = key.seal(&remembered_place(&import.school_id), &plain);
        Change::put(self.app.records()?, Item::at(&at).with_bytes("sealed", sealed)).map(Some)
    }

    /// The worker's part: reads the file that waits in storage and compares it with the school.
    pub(super) async fn read_waiting_file(&self, import: &RosterImport) -> Result<(), StoreError> {
        let file = match self.waiting_file(import).await? {
            None => return self.give_up(import, "roster_file_missing", None).await,
            Some(Upload::OtherLength) => None,
            Some(Upload::Whole { bytes, sha256 }) => {
                let content = self.content_of(&import.school_id, &sha256, &import.wishes).await?;
                (content == import.content).then_some(bytes)
            }
        };
        let Some(file) = file else {
            self.give_up(import, "roster_other_file", None).await?;
            return self.remove_roster_file(import).await;
        };
        let read = self.read_roster(&import.school_id, &file, &import.wishes.options).await?;
        drop(file);
        match &read.roster {
            Ok(roster) => {
                let import = RosterImport {
                    columns: read.columns.clone(),
                    rows_in_file: roster.data_rows(),
                    ..import.clone()
                };
                self.tell_rows(&import).await?;
                self.compare_roster(&import, roster, &read.sample).await?;
            }
            // A retry would give the same result.
            Err(error) => self.give_up(import, error.code(), Some(&read)).await?,
        }
        self.remove_roster_file(import).await
    }

    /// Reads the waiting file and its hash; decrypts it if it was sealed here.
    async fn waiting_file(&self, import: &RosterImport) -> Result<Option<Upload>, StoreError> {
        if let Some(announced) = import.sent_bytes {
            let at = objects::roster_upload_key(&self.studio, &import.id);
            return objects::read_upload(self.app, &at, announced).await;
        }
        let at = objects::roster_key(&self.studio, &import.id);
        let sealed = objects::read_file(self.app, &at).await?;
        let sealed = sealed.ok_or(StoreError::Corrupt("roster file"))?;
        let key = student_keys::of_studio(self.app, &self.studio).await?;
        let bytes = key.open(&file_place(&import.id), &sealed)?;
        let sha256 = digest::sha256(&bytes);
        Ok(Some(Upload::Whole { bytes, sha256 }))
    }

    /// Removes the file: it may contain columns that we refuse to read.
    pub(super) async fn remove_roster_file(&self, import: &RosterImport) -> Result<(), StoreError> {
        if import.sent_bytes.is_some() {
            let at = objects::roster_upload_key(&self.studio, &import.id);
            return objects::remove_upload(self.app, &at).await;
        }
        objects::remove_file(self.app, &objects::roster_key(&self.studio, &import.id)).await
    }

    /// Stores the number of rows, so that a page can show the progress of the comparison.
    async fn tell_rows(&self, import: &RosterImport) -> Result<(), StoreError> {
        let edit = Edit::default()
            .expect("state", json(&ImportState::Reading))
            .set("rows", number(import.rows_in_file))
            .set("compared", number(0));
        let at = keys::roster_import(&self.studio, &import.id);
        edit_one(self.app, self.app.records()?, &at, edit).await?;
        Ok(())
    }

    /// Stores that the file is not readable: for good, or until a person chooses how to read it.
    async fn give_up(
        &self,
        import: &RosterImport,
        code: &str,
        read: Option<&ReadOutcome>,
    ) -> Result<(), StoreError> {
        let key = student_keys::of_studio(self.app, &self.studio).await?;
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let choice = read.filter(|read| read.roster.as_ref().is_err_and(needs_a_choice));
        let state = if choice.is_some() { ImportState::Unclear } else { ImportState::Failed };
        let mut edit = Edit::default()
            .expect("state", json(&ImportState::Reading))
            .set("state", json(&state))
            .set("failure", text(code));
        let mut more = None;
        if let Some(read) = choice {
            let reading = self.reading_token();
            edit = edit
                .set("columns", bytes(&seal(&key, &import.id, "columns", &read.columns)))
                .set("reading", text(&reading));
            more = Some(self.keep_sample(import, &key, &reading, &read.sample)?);
        }
        let at = keys::roster_import(&self.studio, &import.id);
        let mut changes = vec![Change::edit(self.app.records()?, &at, edit)?];
        changes.extend(more);
        // Refused: another delivery of the same message was faster.
        let (Committed::Yes | Committed::Refused(_)) = commit(self.app, changes).await?;
        Ok(())
    }
}

/// Reads a file with an earlier file's columns. Columns that were ignored then may be missing now.
fn read_as_before(file: &[u8], mut options: ReadOptions) -> Result<Roster, RosterError> {
    for _ in 0..MOST_COLUMNS_MISSED {
        let read = roster::read(file, &options);
        let Err(RosterError::MappingUnknownColumn { column: missed }) = &read else {
            return read;
        };
        match options.mapping.0.remove(missed) {
            Some(MapTo::Ignore) => {}
            Some(_) | None => return read,
        }
    }
    roster::read(file, &options)
}

fn remembered_place(school: &SchoolId) -> [&str; 3] {
    ["records", school.as_str(), "roster options"]
}

fn outcome(roster: Result<Roster, RosterError>, is_remembered: bool) -> ReadOutcome {
    let (columns, sample) = match &roster {
        Ok(read) => (Columns::of(read, is_remembered), ImportSample::of(read)),
        Err(error) => {
            let first = error.sample().cloned().unwrap_or_default();
            (Columns::default(), ImportSample { first, ..ImportSample::default() })
        }
    };
    ReadOutcome { roster, columns, sample }
}
