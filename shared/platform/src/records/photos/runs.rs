//! Runs of a picture day: a camera card and the photos it assigned to its student.
//!
//! A doubtful run is held back from families until a person confirms it.

use std::collections::{BTreeMap, BTreeSet};

use domain::audit::Action;
use domain::ids::{PhotoId, StudentId};
use domain::matching::{Doubt, card_holder};
use domain::photo::MatchedBy;
use domain::picture_day::PictureDay;

use crate::access::stores::StudioStore;
use crate::records::photos::photo::PhotoRow;
use crate::store::change::{Change, Committed, Edit, commit};
use crate::store::error::StoreError;
use crate::store::item::json;
use crate::store::page::{List, Paging, cursor};
use crate::store::untrusted::Untrusted;
use crate::store::{audit, keys};

/// Photos per transaction, which takes 100 rows; one row is the audit event.
const CHUNK: usize = 90;

/// How reliable a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RunState {
    /// A person must review it.
    Doubtful,
    /// Its card was read, and no doubt was found.
    Read,
    /// A person has decided each of its photos.
    Confirmed,
}

/// A camera card and the photos it assigned to its student.
#[derive(Debug, Clone)]
pub struct Run {
    /// The photo of the card; its id is the run's id.
    pub card: PhotoRow,
    /// The student of the card.
    pub student: StudentId,
    /// The student's photos of this run, in capture order.
    pub photos: Vec<PhotoRow>,
    /// Reasons why a person must review it.
    pub doubts: BTreeSet<Doubt>,
    /// Changes whenever a photo is added to the run or removed from it.
    pub version: String,
}

impl Run {
    /// Returns how reliable the run is.
    pub fn state(&self) -> RunState {
        if !self.doubts.is_empty() {
            RunState::Doubtful
        } else if self.photos.iter().all(|photo| photo.matched_by == Some(MatchedBy::Hand)) {
            RunState::Confirmed
        } else {
            RunState::Read
        }
    }

    /// Returns the sort key of a list: doubtful runs first, then by camera and time.
    fn list_key(&self) -> (bool, &str, Option<&str>, &str, &str) {
        let card = &self.card.photo;
        let is_sure = self.doubts.is_empty();
        let time = card.captured_at.as_deref();
        (is_sure, card.camera.as_str(), time, &card.file_name, card.id.as_str())
    }
}

/// Outcome of a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmationOutcome {
    /// Each of its photos is decided.
    Confirmed,
    /// A photo was added or removed since the caller read the run.
    Changed,
}

impl StudioStore {
    /// Returns all runs of a picture day, doubtful ones first.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn all_runs(&self, day: &PictureDay) -> Result<Vec<Run>, StoreError> {
        let (rows, cards) = futures_util::try_join!(self.all_photos(day), self.camera_cards(day))?;
        let mut of_run: BTreeMap<PhotoId, Vec<PhotoRow>> = BTreeMap::new();
        let mut by_id: BTreeMap<PhotoId, PhotoRow> = BTreeMap::new();
        for row in rows {
            if let Some(run) = &row.run {
                of_run.entry(run.clone()).or_default().push(row.clone());
            }
            by_id.insert(row.id.clone(), row);
        }
        let ring = self.app.ring().await?;
        let mut runs = Vec::with_capacity(of_run.len());
        for (id, mut photos) in of_run {
            let Some(card) = by_id.remove(&id) else { continue };
            let Some(student) = card_holder(&card.card, &cards) else { continue };
            // A person may have assigned one of them to another student: then it is not part of this run.
            photos.retain(|photo| photo.students.contains(&student));
            if photos.is_empty() {
                continue;
            }
            photos.sort_by(|a, b| {
                (&a.captured_at, &a.file_name, &a.id).cmp(&(&b.captured_at, &b.file_name, &b.id))
            });
            let held_back = photos.iter().filter(|photo| photo.is_held_back());
            let doubts = held_back.flat_map(|photo| photo.doubts.iter().copied()).collect();
            let mut parts = vec![id.as_str().as_bytes(), student.as_str().as_bytes()];
            let mut ids: Vec<_> = photos.iter().map(|photo| photo.id.as_str().as_bytes()).collect();
            ids.sort_unstable();
            parts.extend(ids);
            let version = data_encoding::HEXLOWER.encode(&ring.id_bits("run-version", &parts));
            runs.push(Run { card, student, photos, doubts, version });
        }
        runs.sort_by(|a, b| a.list_key().cmp(&b.list_key()));
        Ok(runs)
    }

    /// Returns a page of a picture day's runs, doubtful ones first; `only` restricts it to one state.
    ///
    /// Writes an audit event.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn runs(
        &self,
        day: &PictureDay,
        only: Option<RunState>,
        paging: Paging,
    ) -> Result<List<Run>, StoreError> {
        let event = self.event(Action::RunsListed, day.id.as_str());
        let (mut runs, ()) =
            futures_util::try_join!(self.all_runs(day), audit::record(self.app, &event))?;
        runs.retain(|run| only.is_none_or(|state| run.state() == state));
        // If the cursor's run has changed its state and is filtered out, the page starts again at the beginning.
        let is_last = |run: &Run| paging.after.as_deref() == Some(run.card.id.as_str());
        let begin = runs.iter().position(is_last).map_or(0, |at| at.saturating_add(1));
        let limit = usize::try_from(paging.limit).unwrap_or(1);
        let has_more = runs.len() > begin.saturating_add(limit);
        let items: Vec<_> = runs.into_iter().skip(begin).take(limit).collect();
        let last = items.last().filter(|_| has_more);
        let next_cursor = last.map(|run| cursor(run.card.id.as_str()));
        Ok(List { items, next_cursor })
    }

    /// Returns the run with this id, or `None` if the studio has no such run.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn card_run(&self, id: &Untrusted<PhotoId>) -> Result<Option<Run>, StoreError> {
        let Some(card) = self.photo(id).await? else { return Ok(None) };
        let day = self.picture_day_of(&card).await?;
        Ok(self.all_runs(&day).await?.into_iter().find(|run| run.card.id == card.id))
    }

    /// Confirms that all photos of the run show its student: each becomes a decision by hand.
    ///
    /// Idempotent. If a photo was assigned to another student in the meantime, the rest of its chunk is not written
    /// and the outcome is [`ConfirmationOutcome::Changed`].
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn confirm_run(
        &self,
        run: &Run,
        seen_version: &str,
    ) -> Result<ConfirmationOutcome, StoreError> {
        if run.version != seen_version {
            return Ok(ConfirmationOutcome::Changed);
        }
        let table = self.app.records()?;
        let open: Vec<_> =
            run.photos.iter().filter(|photo| photo.matched_by == Some(MatchedBy::Card)).collect();
        for chunk in open.chunks(CHUNK) {
            let mut changes = Vec::with_capacity(chunk.len().saturating_add(1));
            for photo in chunk {
                let id = aws_sdk_dynamodb::types::AttributeValue::S(run.card.id.to_string());
                let edit = Edit::default()
                    .expect("by", json(&MatchedBy::Card))
                    .expect("run", id)
                    .set("by", json(&MatchedBy::Hand))
                    .remove("doubts");
                changes.push(Change::edit(table, &keys::photo(&self.studio, &photo.id), edit)?);
            }
            let mut event = self.event(Action::RunConfirmed, run.card.id.as_str());
            event.details = Some(format!("{}, {} photos", run.student, chunk.len()));
            changes.push(audit::add(self.app, &event).await?);
            if commit(self.app, changes).await? != Committed::Yes {
                return Ok(ConfirmationOutcome::Changed);
            }
        }
        Ok(ConfirmationOutcome::Confirmed)
    }
}
