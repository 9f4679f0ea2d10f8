//! From a file to a preview: read, compared with the school, and kept row by row. Nothing of the school changes.

use domain::audit::Action;
use domain::ids::{ImportId, StudentId};
use domain::picture_day::SchoolYear;
use domain::roster::{self, Counts, Mapping, ReadOptions, Roster, RosterError};
use domain::school::School;
use futures_util::future::try_join_all;
use jiff::tz::TimeZone;

use crate::app::App;
use crate::crypto::data_key::DataKey;
use crate::objects;
use crate::queue::{Queue, RosterTask, RosterWork, send};
use crate::scope::StudioStore;
use crate::table::change::{Edit, MOST_CHANGES, edit_one};
use crate::table::item::json;
use crate::table::roster_imports::line::{Line, Placed, RowKind};
use crate::table::roster_imports::lines::lines;
use crate::table::roster_imports::residents::residents;
use crate::table::roster_imports::{Columns, ImportState, MOST_AT_ONCE, RosterImport, Written};
use crate::table::{Change, Committed, StoreError, audit, commit, keys, student_keys};

/// Transactions that are under way at the same time while a preview is written.
const WRITES_AT_A_TIME: usize = 8;

/// What became of an uploaded file.
pub enum Uploaded {
    /// It is an import: previewed already, or being read.
    Import(Box<RosterImport>),
    /// It cannot be read.
    Unreadable(RosterError),
    /// The id was used for another file: an `Idempotency-Key` was reused.
    Differs,
}

impl StudioStore {
    /// Takes a roster for the school year it is now at the school. A small one is previewed at once, a large
    /// one by the worker.
    ///
    /// The file itself is kept only while the worker needs it: it may hold columns that we refuse to read.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn upload_roster(
        &self,
        id: ImportId,
        school: &School,
        file: &[u8],
        mapping: Option<&Mapping>,
    ) -> Result<Uploaded, StoreError> {
        let options = ReadOptions::with_mapping(mapping.cloned().unwrap_or_default());
        let roster = match roster::read(file, &options) {
            Ok(roster) => roster,
            Err(error) => return Ok(Uploaded::Unreadable(error)),
        };
        let import = RosterImport {
            school_id: school.id.clone(),
            state: ImportState::Reading,
            columns: Columns::from(&roster),
            preview: None,
            written: Written::default(),
            rows_in_file: roster.data_rows(),
            applied_at: None,
            failure: None,
            year: year_now(self.app, school)?,
            created_at: self.app.now(),
            content: self.content_of(school, file, mapping).await?,
            reading: None,
            seen: None,
            at: None,
            id,
        };
        let key = student_keys::of_studio(self.app, &self.studio).await?;
        let create = Change::create(self.app.records()?, import.item(self, &key))?;
        let import = match commit(self.app, vec![create]).await? {
            Committed::Yes => import,
            Committed::Refused(_) => {
                let found = self.import_again(&import.id).await?;
                if found.content != import.content {
                    return Ok(Uploaded::Differs);
                }
                found
            }
        };
        // A repetition goes on where the first one was interrupted.
        if import.state != ImportState::Reading {
            return Ok(Uploaded::Import(Box::new(import)));
        }
        if import.rows_in_file <= MOST_AT_ONCE {
            return Ok(Uploaded::Import(Box::new(self.compare(&import, &roster).await?)));
        }
        let sealed = key.seal(&file_place(&import.id), file);
        objects::write_file(self.app, &objects::roster_key(&self.studio, &import.id), sealed)
            .await?;
        self.send_roster_work(&import, RosterTask::Preview).await?;
        Ok(Uploaded::Import(Box::new(import)))
    }

    async fn content_of(
        &self,
        school: &School,
        file: &[u8],
        mapping: Option<&Mapping>,
    ) -> Result<String, StoreError> {
        let mapping = serde_json::to_vec(&mapping).map_err(|_| StoreError::Corrupt("mapping"))?;
        let parts =
            [self.studio.as_str().as_bytes(), school.id.as_str().as_bytes(), file, &mapping];
        let digest = self.app.ring().await?.digest("roster-file", &parts);
        Ok(data_encoding::HEXLOWER.encode(&digest))
    }

    /// Has the worker go on. What is already done tells one message from the next.
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

    /// The worker's part: reads the file again and compares it.
    pub(super) async fn preview_from_file(&self, import: &RosterImport) -> Result<(), StoreError> {
        let at = objects::roster_key(&self.studio, &import.id);
        let sealed = objects::read_file(self.app, &at).await?;
        let sealed = sealed.ok_or(StoreError::Corrupt("roster file"))?;
        let key = student_keys::of_studio(self.app, &self.studio).await?;
        let file = key.open(&file_place(&import.id), &sealed)?;
        let options = ReadOptions::with_mapping(import.columns.mapping.clone());
        match roster::read(&file, &options) {
            Ok(roster) => {
                self.compare(import, &roster).await?;
            }
            Err(error) => {
                // Asking again would give the same answer.
                let edit = Edit::default()
                    .expect("state", json(&ImportState::Reading))
                    .set("state", json(&ImportState::Failed))
                    .set(
                        "failure",
                        aws_sdk_dynamodb::types::AttributeValue::S(error.code().to_owned()),
                    );
                let import = keys::roster_import(&self.studio, &import.id);
                edit_one(self.app, self.app.records()?, &import, edit).await?;
            }
        }
        objects::remove_file(self.app, &at).await
    }

    /// Compares a roster with the school and keeps what was found as the preview.
    async fn compare(
        &self,
        import: &RosterImport,
        roster: &Roster,
    ) -> Result<RosterImport, StoreError> {
        let table = self.app.records()?;
        // The marker first: whatever is written to the school from here on makes the preview outdated.
        let marker = table.get(&keys::roster_marker(&self.studio, &import.school_id)).await?;
        let seen = marker.and_then(|marker| marker.text("last"));
        let residents = residents(self, &import.school_id, import.year).await?;
        let ring = self.app.ring().await?;
        let new_id = |row: u32| {
            let digest =
                ring.digest("student", &[import.id.as_str().as_bytes(), &row.to_be_bytes()]);
            let mut bits = [0; 16];
            bits.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
            StudentId::child_of(&import.school_id, bits)
        };
        let lines = lines(&residents, roster, new_id);
        let counts = counts(&lines);
        // An attempt that was killed half-way leaves rows behind; nobody ever looks at them again.
        let reading = data_encoding::HEXLOWER.encode(&self.app.random::<4>());
        let key = student_keys::of_studio(self.app, &self.studio).await?;
        self.keep(import, &key, &reading, lines).await?;

        let text = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
        let mut edit = Edit::default()
            .expect("state", json(&ImportState::Reading))
            .set("state", json(&ImportState::Previewed))
            .set("preview", json(&counts))
            .set("reading", text(&reading));
        if let Some(seen) = &seen {
            edit = edit.set("seen", text(seen));
        }
        let mut event = self.event(Action::RosterPreviewed, import.id.as_str());
        event.details = Some(format!(
            "added {}, changed {}, left {}, duplicates {}, refused {}",
            counts.added, counts.changed, counts.left, counts.duplicates, counts.refused
        ));
        let at = keys::roster_import(&self.studio, &import.id);
        let changes = vec![Change::edit(table, &at, edit)?, audit::add(self.app, &event).await?];
        // Refused: another delivery of the same message was quicker; its preview is as good.
        let (Committed::Yes | Committed::Refused(_)) = commit(self.app, changes).await?;
        self.import_again(&import.id).await
    }

    async fn keep(
        &self,
        import: &RosterImport,
        key: &DataKey,
        reading: &str,
        lines: Vec<Line>,
    ) -> Result<(), StoreError> {
        let table = self.app.records()?;
        let ttl = import.rows_end();
        let mut placed = Vec::with_capacity(lines.len());
        let mut counts = std::collections::BTreeMap::new();
        for line in lines {
            let n: &mut usize = counts.entry(line.kind).or_default();
            *n += 1;
            placed.push(Placed::new(line, *n));
        }
        let chunks: Vec<_> = placed.chunks(MOST_CHANGES).collect();
        for group in chunks.chunks(WRITES_AT_A_TIME) {
            let writes = group.iter().map(|rows| async {
                let change = |row: &Placed| {
                    let list = ("ROW", reading);
                    let at = keys::roster_row(&self.studio, &import.id, list, &row.place);
                    Change::put(table, row.item(&at, key, &import.id, ttl))
                };
                let changes = rows.iter().map(change).collect::<Result<Vec<_>, _>>()?;
                commit(self.app, changes).await
            });
            try_join_all(writes).await?;
        }
        Ok(())
    }
}

fn file_place(import: &ImportId) -> [&str; 2] {
    ["files", import.as_str()]
}

/// The school year it is now where the school is.
fn year_now(app: &App, school: &School) -> Result<SchoolYear, StoreError> {
    let zone =
        TimeZone::get(school.time_zone.as_str()).map_err(|_| StoreError::Corrupt("school"))?;
    Ok(SchoolYear::of(app.now().to_zoned(zone).date()))
}

fn counts(lines: &[Line]) -> Counts {
    let mut counts = Counts::default();
    for line in lines {
        let count = match line.kind {
            RowKind::Added => &mut counts.added,
            RowKind::Changed => &mut counts.changed,
            RowKind::Unchanged => &mut counts.unchanged,
            RowKind::Left => &mut counts.left,
            RowKind::Duplicate => &mut counts.duplicates,
            RowKind::Refused => &mut counts.refused,
        };
        *count += 1;
    }
    counts
}
