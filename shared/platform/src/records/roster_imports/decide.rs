//! Decisions about rows in conflict: made before the preview is applied, and changeable until then.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::audit::Action;
use domain::roster::RowDecision;

use crate::access::stores::StudioStore;
use crate::records::roster_imports::import::RosterImport;
use crate::records::roster_imports::line::{LineConflict, Placed, RowKind, decision_name};
use crate::records::roster_imports::rows::ImportRow;
use crate::records::roster_imports::state::ImportState;
use crate::store::change::{Change, Committed, Edit, commit};
use crate::store::error::StoreError;
use crate::store::item::{json, number};
use crate::store::{audit, keys, student_keys};

/// Attempts when another person decides at the same moment.
const MOST_TRIES: usize = 5;

/// Outcome of a decision.
pub enum Decided {
    /// The decision is stored; this is the row now.
    Row(Box<ImportRow>),
    /// The import has no such row in conflict.
    NotThere,
    /// The preview was applied already, or is gone.
    WrongState,
    /// Another row of the same conflict has claimed the school-issued id.
    Claimed,
}

impl StudioStore {
    /// Stores a person's decision about a row in conflict.
    ///
    /// Of the rows with the same school-issued id, at most one can claim it.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub(super) async fn decide_row(
        &self,
        import: &RosterImport,
        row: u32,
        decision: RowDecision,
    ) -> Result<Decided, StoreError> {
        if import.state != ImportState::Previewed {
            return Ok(Decided::WrongState);
        }
        let reading = import.reading.as_deref().ok_or(StoreError::Corrupt("roster import"))?;
        let key = student_keys::of_studio(self.app, &self.studio).await?;
        let table = self.app.records()?;
        let number_of_row = usize::try_from(row).unwrap_or(usize::MAX);
        let place = Placed::place(RowKind::Conflict, number_of_row);
        let at = keys::roster_row(&self.studio, &import.id, ("ROW", reading), &place);
        for _ in 0..MOST_TRIES {
            let Some(item) = table.get(&at).await? else { return Ok(Decided::NotThere) };
            let mut placed = Placed::read(&item, &key, &import.id)?;
            let Some(conflict) = &mut placed.line.conflict else { return Ok(Decided::NotThere) };
            let before = conflict.decision;
            if before == Some(decision) {
                return Ok(Decided::Row(Box::new(placed.line.into())));
            }
            conflict.decision = Some(decision);
            let claim = self.claim(import, reading, conflict, row, before)?;
            placed.line.target = match decision {
                RowDecision::Use => Some(conflict.used.clone()),
                RowDecision::UseWithoutId => Some(conflict.separate.clone()),
                RowDecision::LeaveOut => None,
            };
            let mut edit = Edit::default()
                .expect("state", json(&ImportState::Previewed))
                .set("state", json(&ImportState::Previewed));
            if before.is_none() {
                edit = edit.add("decided", 1);
            }
            let item = placed.item(&at, &key, &import.id, import.rows_end());
            let was = AttributeValue::S(decision_name(before).to_owned());
            let mut event = self.event(Action::RosterConflictDecided, import.id.as_str());
            event.details = Some(format!("row {row}, {}", decision_name(Some(decision))));
            let mut changes = vec![
                Change::edit(table, &keys::roster_import(&self.studio, &import.id), edit)?,
                Change::replace(table, item, "decision", was)?,
                audit::add(self.app, &event).await?,
            ];
            changes.extend(claim);
            match commit(self.app, changes).await? {
                Committed::Yes => return Ok(Decided::Row(Box::new(placed.line.into()))),
                Committed::Refused(0) => return Ok(Decided::WrongState),
                // Another person decided about this row a moment earlier: read again.
                Committed::Refused(1) => {}
                Committed::Refused(_) => return Ok(Decided::Claimed),
            }
        }
        Err(StoreError::Corrupt("roster row"))
    }

    /// Builds the change that claims the id of a conflict for a row, or releases it.
    fn claim(
        &self,
        import: &RosterImport,
        reading: &str,
        conflict: &LineConflict,
        row: u32,
        before: Option<RowDecision>,
    ) -> Result<Option<Change>, StoreError> {
        let edit = match (before, conflict.decision) {
            (Some(RowDecision::Use), _) => Edit::default().expect("row", number(row)).remove("row"),
            (_, Some(RowDecision::Use)) => Edit::default()
                .expect_absent("row")
                .set("row", number(row))
                .set("ttl", number(import.rows_end())),
            (_, _) => return Ok(None),
        };
        let at = keys::roster_claim(&self.studio, &import.id, reading, &conflict.claim);
        Change::edit(self.app.records()?, &at, edit).map(Some)
    }
}
