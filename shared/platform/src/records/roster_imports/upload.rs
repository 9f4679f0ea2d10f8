//! Uploads of roster files: in the request itself, or through storage.

use crate::records::roster_imports::wishes::RosterWishes;
use domain::audit::Action;
use domain::ids::ImportId;
use domain::picture_day::SchoolYear;
use domain::roster::RosterError;
use domain::school::School;
use jiff::tz::TimeZone;

use crate::access::stores::StudioStore;
use crate::access::work::{RosterTask, RosterWork};
use crate::base::app::App;
use crate::base::crypto::digest;
use crate::records::roster_imports::columns::Columns;
use crate::records::roster_imports::import::RosterImport;
use crate::records::roster_imports::read::{file_place, needs_a_choice};
use crate::records::roster_imports::sample::ImportSample;
use crate::records::roster_imports::state::{
    ImportState, MOST_AT_ONCE, MOST_BYTES_AT_ONCE, Written,
};
use crate::store::change::{Change, Committed, Edit, commit};
use crate::store::error::StoreError;
use crate::store::item::json;
use crate::store::objects::{self, PresignedPut};
use crate::store::queue::{Queue, send};
use crate::store::{audit, keys, student_keys};

/// A roster file that a client uploads to storage.
#[derive(Clone)]
pub struct RosterUpload {
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256 hash of the content.
    pub sha256: [u8; 32],
    /// Declared content type.
    pub content_type: &'static str,
}

/// Outcome of an upload in the request itself.
pub enum Uploaded {
    /// It is an import: previewed already, waiting for a choice, or being read.
    Import(Box<RosterImport>),
    /// It cannot be read.
    Unreadable(RosterError),
    /// The id was used for another file: an `Idempotency-Key` was reused.
    Differs,
}

/// Outcome of registering a file that goes through storage.
pub enum Registered {
    /// The client must upload the file, and then report the upload.
    Send(Box<RosterImport>, PresignedPut),
    /// The upload was reported already.
    Import(Box<RosterImport>),
    /// The id was used for another file: an `Idempotency-Key` was reused.
    Differs,
}

/// Outcome of reporting that a file is in storage.
pub enum RosterArrival {
    /// The file is being read, or was read already.
    Import(Box<RosterImport>),
    /// This import expects no file in storage.
    WrongState,
}

impl StudioStore {
    /// Creates an import from a roster file, for the current school year at the school.
    ///
    /// A small file is previewed at once, a large one by the worker. The file itself is stored only while the worker
    /// needs it, because it may contain columns that we refuse to read.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn upload_roster(
        &self,
        id: ImportId,
        school: &School,
        file: &[u8],
        wishes: RosterWishes,
    ) -> Result<Uploaded, StoreError> {
        let sha256 = digest::sha256(file);
        let mut import = self.new_import(id, school, wishes, &sha256).await?;
        let mut roster = None;
        let mut sample = None;
        if file.len() <= MOST_BYTES_AT_ONCE {
            let outcome = self.read_roster(&import.school_id, file, &import.wishes.options).await?;
            match outcome.roster {
                Ok(read) => {
                    import.columns = outcome.columns;
                    import.rows_in_file = read.data_rows();
                    roster = Some(read);
                    sample = Some(outcome.sample);
                }
                Err(error) if needs_a_choice(&error) => {
                    import.state = ImportState::Unclear;
                    import.failure = Some(error.code().to_owned());
                    import.columns = outcome.columns;
                    sample = Some(outcome.sample);
                }
                Err(error) => return Ok(Uploaded::Unreadable(error)),
            }
        }
        let Some(import) = self.create_import(import, sample.as_ref()).await? else {
            return Ok(Uploaded::Differs);
        };
        // A repeated request continues where the first one was interrupted.
        if import.state != ImportState::Reading {
            return Ok(Uploaded::Import(Box::new(import)));
        }
        if let (Some(roster), Some(sample)) = (roster, sample)
            && import.rows_in_file <= MOST_AT_ONCE
        {
            let import = self.compare_roster(&import, &roster, &sample).await?;
            return Ok(Uploaded::Import(Box::new(import)));
        }
        let key = student_keys::of_studio(self.app, &self.studio).await?;
        let sealed = key.seal(&file_place(&import.id), file);
        objects::write_file(self.app, &objects::roster_key(&self.studio, &import.id), sealed)
            .await?;
        self.send_roster_work(&import, RosterTask::Preview).await?;
        Ok(Uploaded::Import(Box::new(import)))
    }

    /// Registers a file that the client uploads to storage: the row exists before the presigned URL does.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn register_roster(
        &self,
        id: ImportId,
        school: &School,
        upload: &RosterUpload,
        wishes: RosterWishes,
    ) -> Result<Registered, StoreError> {
        let mut import = self.new_import(id, school, wishes, &upload.sha256).await?;
        import.state = ImportState::Uploading;
        import.sent_bytes = Some(upload.bytes);
        let Some(import) = self.create_import(import, None).await? else {
            return Ok(Registered::Differs);
        };
        // The worker compares the upload with the length that was announced first.
        if import.sent_bytes != Some(upload.bytes) {
            return Ok(Registered::Differs);
        }
        if import.state != ImportState::Uploading {
            return Ok(Registered::Import(Box::new(import)));
        }
        let at = objects::roster_upload_key(&self.studio, &import.id);
        let bytes =
            i64::try_from(upload.bytes).map_err(|_| StoreError::Corrupt("roster upload"))?;
        let put = objects::presign_bytes(self.app, &at, upload.content_type, bytes, &upload.sha256)
            .await?;
        Ok(Registered::Send(Box::new(import), put))
    }

    /// Queues the uploaded file for the worker. Idempotent.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn roster_arrived(&self, import: RosterImport) -> Result<RosterArrival, StoreError> {
        if import.sent_bytes.is_none() {
            return Ok(RosterArrival::WrongState);
        }
        let mut import = import;
        if import.state == ImportState::Uploading {
            let edit = Edit::default()
                .expect("state", json(&ImportState::Uploading))
                .set("state", json(&ImportState::Reading));
            let at = keys::roster_import(&self.studio, &import.id);
            let change = Change::edit(self.app.records()?, &at, edit)?;
            // Refused: the same request ran a moment earlier.
            let (Committed::Yes | Committed::Refused(_)) = commit(self.app, vec![change]).await?;
            import = self.import_again(&import.id).await?;
        }
        if import.state == ImportState::Reading {
            self.send_roster_work(&import, RosterTask::Preview).await?;
        }
        Ok(RosterArrival::Import(Box::new(import)))
    }

    async fn new_import(
        &self,
        id: ImportId,
        school: &School,
        wishes: RosterWishes,
        sha256: &[u8; 32],
    ) -> Result<RosterImport, StoreError> {
        Ok(RosterImport {
            school_id: school.id.clone(),
            state: ImportState::Reading,
            columns: Columns::default(),
            preview: None,
            warnings: std::collections::BTreeMap::new(),
            enrolled: 0,
            decided: 0,
            written: Written::default(),
            rows_in_file: 0,
            compared: 0,
            created_by: self.caller.person().cloned(),
            applied_at: None,
            failure: None,
            year: year_now(self.app, school)?,
            created_at: self.app.now(),
            content: self.content_of(&school.id, sha256, &wishes).await?,
            wishes,
            sent_bytes: None,
            reading: None,
            seen: None,
            at: None,
            id,
        })
    }

    /// Stores a new import, or returns the one that the same request created before.
    ///
    /// `None` if that one has another file or other options.
    async fn create_import(
        &self,
        mut import: RosterImport,
        sample: Option<&ImportSample>,
    ) -> Result<Option<RosterImport>, StoreError> {
        let key = student_keys::of_studio(self.app, &self.studio).await?;
        let mut changes = Vec::new();
        // A preview stores its sample with its rows. Without a preview, only the sample shows what a person must
        // choose.
        if import.state == ImportState::Unclear
            && let Some(sample) = sample
        {
            let reading = self.reading_token();
            changes.push(self.keep_sample(&import, &key, &reading, sample)?);
            import.reading = Some(reading);
        }
        changes.insert(0, Change::create(self.app.records()?, import.item(self, &key))?);
        changes.push(self.list_import(&import)?);
        if import.state == ImportState::Uploading {
            let event = self.event(Action::UploadLinksIssued, import.id.as_str());
            changes.push(audit::add(self.app, &event).await?);
        }
        match commit(self.app, changes).await? {
            Committed::Yes => Ok(Some(import)),
            Committed::Refused(_) => {
                let found = self.import_again(&import.id).await?;
                Ok((found.content == import.content).then_some(found))
            }
        }
    }

    /// Returns a keyed hash of the file, the school and the options.
    pub(super) async fn content_of(
        &self,
        school: &domain::ids::SchoolId,
        sha256: &[u8; 32],
        wishes: &RosterWishes,
    ) -> Result<String, StoreError> {
        let wishes =
            serde_json::to_vec(wishes).map_err(|_| StoreError::Corrupt("roster wishes"))?;
        let parts: [&[u8]; 4] =
            [self.studio.as_str().as_bytes(), school.as_str().as_bytes(), sha256, &wishes];
        let digest = self.app.ring().await?.digest("roster-file", &parts);
        Ok(data_encoding::HEXLOWER.encode(&digest))
    }

    /// Queues work for the worker. The number of rows already written makes the deduplication id unique.
    pub(super) async fn send_roster_work(
        &self,
        import: &RosterImport,
        task: RosterTask,
    ) -> Result<(), StoreError> {
        let work = RosterWork {
            studio: self.studio.clone(),
            school: import.school_id.clone(),
            import: import.id.clone(),
            task,
        };
        let one_of_a_kind = format!("{}|{task:?}|{}", import.id, import.written.total());
        let fifo = Some((import.school_id.as_str(), one_of_a_kind.as_str()));
        send(self.app, Queue::Roster, &work, fifo).await
    }

    /// Returns a random token that names one reading attempt.
    pub(super) fn reading_token(&self) -> String {
        data_encoding::HEXLOWER.encode(&self.app.random::<4>())
    }
}

/// Returns the current school year in the school's time zone.
fn year_now(app: &App, school: &School) -> Result<SchoolYear, StoreError> {
    let zone =
        TimeZone::get(school.time_zone.as_str()).map_err(|_| StoreError::Corrupt("school"))?;
    Ok(SchoolYear::of(app.now().to_zoned(zone).date()))
}
