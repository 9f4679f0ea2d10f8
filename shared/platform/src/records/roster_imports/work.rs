//! Applying and undoing an import, from the first transaction to the last, chunk by chunk.
//!
//! Each chunk is one transaction that also moves the import on, and expects it where the chunk began. So a chunk is
//! written once, however often a worker is killed or a message is delivered, and a late worker writes nothing.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::audit::Action;
use domain::ids::ImportId;
use jiff::Timestamp;

use crate::access::stores::StudioStore;
use crate::access::work::{RosterTask, RosterWork};
use crate::records::roster_imports::chunk::{self, Direction, Outcome};
use crate::records::roster_imports::import::RosterImport;
use crate::records::roster_imports::line::{Placed, RowKind};
use crate::records::roster_imports::state::{
    ImportState, MOST_AT_ONCE, PREVIEW_LIVES_SECONDS, UNDO_LIVES_SECONDS, Written, later,
};
use crate::store::change::{Change, Committed, Edit, commit};
use crate::store::error::StoreError;
use crate::store::item::{json, number};
use crate::store::{audit, keys, student_keys};

/// Seconds of work before the rest goes to the next message; the endpoint has 29 seconds, the worker 60.
const SECONDS_AT_A_TIME: i64 = 20;
/// Rows per read.
const ROWS_A_PAGE: i32 = 300;

/// Outcome of a call that applies or undoes an import.
pub enum Turned {
    /// The call is done or under way.
    Import(Box<RosterImport>),
    /// The import's state does not allow the call.
    WrongState,
    /// The school's students changed since the preview.
    SchoolChanged,
    /// Another import is being written to the school.
    SchoolBusy,
    /// More than 5 % of the school would leave without a confirmed number, or the confirmed number is wrong.
    LeftUnconfirmed,
    /// The file can be read in several encodings, and a person has not chosen one.
    EncodingUnsure,
    /// The preview is too old to be applied.
    TooOld,
    /// The day in which the import can be undone is over.
    UndoIsOver,
}

/// Outcome of the first transaction.
enum Start {
    Done,
    /// The import has moved on in the meantime: read it again.
    Moved,
    Not(Turned),
}

impl StudioStore {
    /// Writes a preview to the school. A repeated call continues an interrupted one.
    ///
    /// `confirm_left` repeats the number of students who leave. It is required above 5 % of the school, and must
    /// match if given.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn apply_import(
        &self,
        import: RosterImport,
        confirm_left: Option<usize>,
    ) -> Result<Turned, StoreError> {
        if import.state == ImportState::Previewed {
            let share = import.left_share();
            let is_confirmed =
                confirm_left.map_or(!share.must_be_confirmed(), |said| said == share.left);
            if !is_confirmed {
                return Ok(Turned::LeftUnconfirmed);
            }
            if !import.columns.is_encoding_certain {
                return Ok(Turned::EncodingUnsure);
            }
        }
        self.turn(import, Direction::Apply).await
    }

    /// Undoes an import. Rows that were changed since are left as they are.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn undo_import(&self, import: RosterImport) -> Result<Turned, StoreError> {
        self.turn(import, Direction::Undo).await
    }

    async fn turn(
        &self,
        mut import: RosterImport,
        direction: Direction,
    ) -> Result<Turned, StoreError> {
        let [from, under_way, done] = direction.states();
        if import.state == from {
            match self.begin(&import, direction).await? {
                Start::Done | Start::Moved => import = self.import_again(&import.id).await?,
                Start::Not(why) => return Ok(why),
            }
        }
        if import.state == done {
            return Ok(Turned::Import(Box::new(import)));
        }
        if import.state != under_way {
            return Ok(Turned::WrongState);
        }
        let is_small = import.to_write() <= MOST_AT_ONCE;
        if !is_small || !self.run(&mut import, direction).await? {
            self.send_roster_work(&import, direction.task()).await?;
        }
        Ok(Turned::Import(Box::new(import)))
    }

    /// Processes a worker's message. A repeated delivery finds the work done and changes nothing.
    ///
    /// # Errors
    ///
    /// When the store fails: the message is delivered again.
    pub async fn go_on_with_roster(&self, work: &RosterWork) -> Result<(), StoreError> {
        let Some(mut import) = self.import_by_id(&work.import).await? else {
            return Ok(());
        };
        let direction = match (work.task, import.state) {
            (RosterTask::Preview, ImportState::Reading) => {
                return self.read_waiting_file(&import).await;
            }
            // A worker that was killed after its last transaction left the file behind.
            (RosterTask::Preview, _) => return self.remove_roster_file(&import).await,
            (RosterTask::Apply, ImportState::Applying) => Direction::Apply,
            (RosterTask::Undo, ImportState::Undoing) => Direction::Undo,
            (RosterTask::Apply | RosterTask::Undo, _) => return Ok(()),
        };
        if self.run(&mut import, direction).await? {
            return Ok(());
        }
        self.send_roster_work(&import, direction.task()).await
    }

    async fn begin(
        &self,
        import: &RosterImport,
        direction: Direction,
    ) -> Result<Start, StoreError> {
        let table = self.app.records()?;
        let marker = keys::roster_marker(&self.studio, &import.school_id);
        let [from, under_way, _] = direction.states();
        let expected = match direction {
            Direction::Apply => {
                if self.is_over(import.created_at, PREVIEW_LIVES_SECONDS) {
                    return Ok(Start::Not(Turned::TooOld));
                }
                // A preview made while another import was being written shows only a part of it.
                if import.seen.as_deref().is_some_and(is_busy) {
                    return Ok(Start::Not(Turned::SchoolChanged));
                }
                import.seen.clone()
            }
            Direction::Undo => {
                let applied = import.applied_at.ok_or(StoreError::Corrupt("roster import"))?;
                if self.is_over(applied, UNDO_LIVES_SECONDS) {
                    return Ok(Start::Not(Turned::UndoIsOver));
                }
                let last = table.get(&marker).await?.and_then(|row| row.text("last"));
                // Another request started this undo a moment earlier: it is the undo that this caller wants.
                if last == Some(token(&import.id, under_way)) {
                    return Ok(Start::Moved);
                }
                if last.as_deref().is_some_and(is_busy) {
                    return Ok(Start::Not(Turned::SchoolBusy));
                }
                last
            }
        };
        let edit = Edit::default()
            .expect("state", json(&from))
            .set("state", json(&under_way))
            .set("written", json(&Written::default()))
            .remove("at");
        let mark = Edit::default().set("last", AttributeValue::S(token(&import.id, under_way)));
        let mark = match expected {
            Some(last) => mark.expect("last", AttributeValue::S(last)),
            None => mark.expect_absent("last"),
        };
        let mut event = self.event(direction.started(), import.id.as_str());
        event.details = Some(format!("{} rows", import.to_write()));
        let mut changes = vec![
            Change::edit(table, &keys::roster_import(&self.studio, &import.id), edit)?,
            Change::edit(table, &marker, mark)?,
            audit::add(self.app, &event).await?,
        ];
        if direction == Direction::Apply {
            changes.extend(self.remember_options(import).await?);
        }
        Ok(match (commit(self.app, changes).await?, direction) {
            (Committed::Yes, _) => Start::Done,
            (Committed::Refused(0), _) => Start::Moved,
            (Committed::Refused(_), Direction::Apply) => Start::Not(Turned::SchoolChanged),
            (Committed::Refused(_), Direction::Undo) => Start::Not(Turned::SchoolBusy),
        })
    }

    fn is_over(&self, since: Timestamp, seconds: i64) -> bool {
        later(since, seconds).is_none_or(|end| end <= self.app.now())
    }

    /// Writes rows until the last one is done (`true`) or the time is up (`false`).
    async fn run(
        &self,
        import: &mut RosterImport,
        direction: Direction,
    ) -> Result<bool, StoreError> {
        let [_, under_way, _] = direction.states();
        let until = self.app.now().as_second().saturating_add(SECONDS_AT_A_TIME);
        let in_use = match direction {
            Direction::Apply => std::collections::BTreeSet::new(),
            Direction::Undo => chunk::in_use(self, &import.school_id).await?,
        };
        let mut waiting = Vec::new();
        loop {
            if waiting.is_empty() {
                waiting = self.next_lines(import).await?;
            }
            if waiting.is_empty() {
                if self.finish(import, direction).await? {
                    *import = self.import_again(&import.id).await?;
                    return Ok(true);
                }
            } else {
                let rest = waiting.split_off(chunk::fits(&waiting, direction));
                match chunk::write(self, import, direction, &waiting, &in_use).await? {
                    Outcome::Written(written) => {
                        import.written = written;
                        import.at = waiting.last().map(|row| row.place.clone());
                        waiting = rest;
                    }
                    Outcome::Moved => waiting.clear(),
                }
            }
            if waiting.is_empty() {
                // Another worker may process the same import: read its current state.
                *import = self.import_again(&import.id).await?;
                if import.state != under_way {
                    return Ok(true);
                }
            }
            if self.app.now().as_second() >= until {
                return Ok(false);
            }
        }
    }

    /// Returns the next rows, all of the first kind that has any left.
    async fn next_lines(&self, import: &RosterImport) -> Result<Vec<Placed>, StoreError> {
        let reading = import.reading.as_deref().ok_or(StoreError::Corrupt("roster import"))?;
        let partition = keys::import_partition(&self.studio, &import.id);
        let key = student_keys::of_studio(self.app, &self.studio).await?;
        let table = self.app.records()?;
        for kind in RowKind::WRITTEN {
            let place = format!("{}#", kind.name());
            let after = match &import.at {
                Some(at) if at.starts_with(&place) => Some(at),
                Some(at) if *at > place => continue,
                Some(_) | None => None,
            };
            let start = after.map(|at| format!("ROW#{reading}#{at}"));
            let prefix = format!("ROW#{reading}#{place}");
            let page = table.page(&partition, &prefix, start, ROWS_A_PAGE).await?;
            if !page.items.is_empty() {
                return page.items.iter().map(|row| Placed::read(row, &key, &import.id)).collect();
            }
        }
        Ok(Vec::new())
    }

    /// Commits the last transaction; `false` when the import has moved on in the meantime.
    async fn finish(
        &self,
        import: &RosterImport,
        direction: Direction,
    ) -> Result<bool, StoreError> {
        // Without this check, rows that the store removed too early would be skipped silently.
        if import.written.total() != import.to_write() {
            return Err(StoreError::Corrupt("roster import"));
        }
        let [_, under_way, done] = direction.states();
        let mut edit = Edit::default()
            .expect("state", json(&under_way))
            .expect("written", json(&import.written))
            .set("state", json(&done));
        if direction == Direction::Apply {
            edit = edit.set("applied", number(self.app.now().as_second()));
        }
        let mark = Edit::default()
            .expect("last", AttributeValue::S(token(&import.id, under_way)))
            .set("last", AttributeValue::S(token(&import.id, done)));
        let event = self.import_event(direction.ended(), &import.id, import.written);
        let table = self.app.records()?;
        let changes = vec![
            Change::edit(table, &keys::roster_import(&self.studio, &import.id), edit)?,
            Change::edit(table, &keys::roster_marker(&self.studio, &import.school_id), mark)?,
            audit::add(self.app, &event).await?,
        ];
        Ok(commit(self.app, changes).await? == Committed::Yes)
    }
}

impl Direction {
    /// Returns the states before, during and after.
    pub(super) const fn states(self) -> [ImportState; 3] {
        match self {
            Self::Apply => [ImportState::Previewed, ImportState::Applying, ImportState::Applied],
            Self::Undo => [ImportState::Applied, ImportState::Undoing, ImportState::Undone],
        }
    }

    const fn task(self) -> RosterTask {
        match self {
            Self::Apply => RosterTask::Apply,
            Self::Undo => RosterTask::Undo,
        }
    }

    const fn started(self) -> Action {
        match self {
            Self::Apply => Action::RosterApplyStarted,
            Self::Undo => Action::RosterUndoStarted,
        }
    }

    const fn ended(self) -> Action {
        match self {
            Self::Apply => Action::RosterApplied,
            Self::Undo => Action::RosterUndone,
        }
    }
}

/// Returns the value of the school's marker, for example `imp_…:applied`.
fn token(import: &ImportId, state: ImportState) -> String {
    format!("{import}:{}", state.name())
}

/// Returns whether the marker says that an import is being written.
fn is_busy(token: &str) -> bool {
    [ImportState::Applying, ImportState::Undoing]
        .iter()
        .any(|state| token.split_once(':').is_some_and(|(_, name)| name == state.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_of_a_school_that_is_being_written_is_known() {
        let import = ImportId::from_random([1; 16]);
        for (state, busy) in [
            (ImportState::Applying, true),
            (ImportState::Undoing, true),
            (ImportState::Applied, false),
            (ImportState::Undone, false),
        ] {
            assert_eq!(is_busy(&token(&import, state)), busy);
        }
    }
}
