//! Compares a roster's rows with the school and stores them as a preview. Nothing of the school changes.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::audit::Action;
use domain::ids::StudentId;
use domain::roster::{Counts, Roster};
use futures_util::future::try_join_all;

use crate::access::stores::StudioStore;
use crate::base::crypto::data_key::DataKey;
use crate::records::roster_imports::import::RosterImport;
use crate::records::roster_imports::line::{Line, Placed, RowKind};
use crate::records::roster_imports::lines::lines;
use crate::records::roster_imports::residents::residents;
use crate::records::roster_imports::sample::ImportSample;
use crate::records::roster_imports::sealed::seal;
use crate::records::roster_imports::state::ImportState;
use crate::store::change::{Change, Committed, Edit, MOST_CHANGES, commit, edit_one};
use crate::store::error::StoreError;
use crate::store::item::{bytes, json, number};
use crate::store::{audit, keys, student_keys};

/// Concurrent transactions while a preview is written.
const WRITES_AT_A_TIME: usize = 8;

impl StudioStore {
    /// Compares a roster with the school and stores the result as the preview.
    pub(super) async fn compare_roster(
        &self,
        import: &RosterImport,
        roster: &Roster,
        sample: &ImportSample,
    ) -> Result<RosterImport, StoreError> {
        let table = self.app.records()?;
        // Read the marker first: whatever is written to the school from here on makes the preview outdated.
        let marker = table.get(&keys::roster_marker(&self.studio, &import.school_id)).await?;
        let seen = marker.and_then(|marker| marker.text("last"));
        let residents = residents(self, &import.school_id, import.year).await?;
        let enrolled = residents.iter().filter(|student| student.place.is_some()).count();
        let ring = self.app.ring().await?;
        let new_id = |row: u32| {
            let digest =
                ring.digest("student", &[import.id.as_str().as_bytes(), &row.to_be_bytes()]);
            let mut bits = [0; 16];
            bits.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
            StudentId::child_of(&import.school_id, bits)
        };
        let lines = lines(&residents, roster, &import.wishes.compare, new_id);
        drop(residents);
        let counts = counts(&lines);
        let warnings = warnings(&lines);
        // An attempt that was killed half-way leaves rows behind; they are never read again.
        let reading = self.reading_token();
        let key = student_keys::of_studio(self.app, &self.studio).await?;
        self.keep(import, &key, &reading, lines).await?;

        let mut edit = Edit::default()
            .expect("state", json(&ImportState::Reading))
            .set("state", json(&ImportState::Previewed))
            .set("columns", bytes(&seal(&key, &import.id, "columns", &import.columns)))
            .set("rows", number(import.rows_in_file))
            .set("preview", json(&counts))
            .set("warnings", json(&warnings))
            .set("enrolled", number(enrolled))
            .set("reading", AttributeValue::S(reading.clone()));
        if let Some(seen) = seen {
            edit = edit.set("seen", AttributeValue::S(seen));
        }
        let mut event = self.event(Action::RosterPreviewed, import.id.as_str());
        event.details = Some(told(&counts));
        let at = keys::roster_import(&self.studio, &import.id);
        let changes = vec![
            Change::edit(table, &at, edit)?,
            self.keep_sample(import, &key, &reading, sample)?,
            audit::add(self.app, &event).await?,
        ];
        // Refused: another delivery of the same message was faster, and its preview is equivalent.
        let (Committed::Yes | Committed::Refused(_)) = commit(self.app, changes).await?;
        self.import_again(&import.id).await
    }

    /// Stores the lines and, for a large roster, records the progress in between.
    async fn keep(
        &self,
        import: &RosterImport,
        key: &DataKey,
        reading: &str,
        lines: Vec<Line>,
    ) -> Result<(), StoreError> {
        let table = self.app.records()?;
        let ttl = import.rows_end();
        let placed = placed(lines);
        let at = keys::roster_import(&self.studio, &import.id);
        let chunks: Vec<_> = placed.chunks(MOST_CHANGES).collect();
        let mut kept = 0;
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
            kept += group.iter().map(|rows| rows.len()).sum::<usize>();
            if placed.len() > MOST_CHANGES * WRITES_AT_A_TIME {
                let done = kept.min(import.rows_in_file);
                let edit = Edit::default().expect("state", json(&ImportState::Reading));
                edit_one(self.app, table, &at, edit.set("compared", number(done))).await?;
            }
        }
        Ok(())
    }
}

/// Assigns each line its place. A line with warnings is added a second time, among the rows to review.
fn placed(lines: Vec<Line>) -> Vec<Placed> {
    let mut placed = Vec::with_capacity(lines.len());
    let mut counts: BTreeMap<RowKind, usize> = BTreeMap::new();
    for line in lines {
        let look = (!line.warnings.is_empty()).then(|| line.to_look_at());
        for line in look.into_iter().chain([line]) {
            let n = counts.entry(line.kind).or_default();
            *n += 1;
            // A conflict is found by its row number.
            let place = match (line.kind, line.row) {
                (RowKind::Conflict, Some(row)) => usize::try_from(row).unwrap_or(*n),
                _ => *n,
            };
            placed.push(Placed::new(line, place));
        }
    }
    placed
}

fn counts(lines: &[Line]) -> Counts {
    let mut counts = Counts::default();
    for line in lines {
        let count = match line.kind {
            RowKind::Added => &mut counts.added,
            RowKind::Changed => &mut counts.changed,
            RowKind::Conflict => &mut counts.conflicts,
            RowKind::Unchanged => &mut counts.unchanged,
            RowKind::Left => &mut counts.left,
            RowKind::Duplicate => &mut counts.duplicates,
            RowKind::Refused => &mut counts.refused,
            RowKind::Skipped => &mut counts.skipped,
            // A second listing of a row that has its own kind.
            RowKind::Warned => continue,
        };
        *count += 1;
    }
    counts
}

/// Counts the rows per warning; a row with the same warning in two cells counts once.
fn warnings(lines: &[Line]) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for line in lines {
        let codes: std::collections::BTreeSet<_> =
            line.warnings.iter().map(|warning| warning.reason.as_str()).collect();
        for code in codes {
            *counts.entry(code.to_owned()).or_default() += 1;
        }
    }
    counts
}

fn told(counts: &Counts) -> String {
    let Counts { added, changed, unchanged, left, duplicates, conflicts, refused, skipped } =
        counts;
    format!(
        "added {added}, changed {changed}, unchanged {unchanged}, left {left}, duplicates {duplicates}, conflicts {conflicts}, refused {refused}, skipped {skipped}"
    )
}
