//! Starting builds: which galleries of a day, with which photos, and with which expiry.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::audit::Action;
use domain::gallery::{ExpiryChange, Gallery, GalleryState, Target};
use domain::ids::{GalleryId, PhotoId, StudentId};
use domain::picture_day::PictureDay;
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};

use crate::access::stores::StudioStore;
use crate::access::work::GalleryStep;
use crate::records::galleries::contents::{DayGallery, PhotosByStudent};
use crate::records::galleries::gallery::read;
use crate::store::change::{Edit, Edited, edit_and_see};
use crate::store::error::StoreError;
use crate::store::item::{json, number};
use crate::store::queue::{Queue, send};
use crate::store::{audit, keys};

/// Builds that are started concurrently; each takes one write and one message.
const STARTED_AT_ONCE: usize = 16;

/// A request to build galleries of a picture day.
#[derive(Debug, Clone)]
pub struct BuildRequest {
    /// Galleries of the day to build; `None` means all, including those of students who have none yet.
    pub galleries: Option<BTreeSet<GalleryId>>,
    /// Change of the galleries' expiry.
    pub expiry: ExpiryChange,
}

/// Outcome of a request to build galleries.
pub enum BuildOutcome {
    /// The request was accepted; it may have started no build.
    Started(StartedBuilds),
    /// A named gallery does not belong to this day. No build was started.
    UnknownGallery,
}

/// The builds that were started, and what was left out.
pub struct StartedBuilds {
    /// The galleries that are being built.
    pub galleries: Vec<DayGallery>,
    /// Number of doubtful photos of their students that are held back.
    pub held_back: u32,
    /// Number of expired galleries that were skipped, because the request does not change their expiry.
    pub ended: u32,
}

impl StudioStore {
    /// Starts building galleries with the photos their students have now.
    ///
    /// Builds a gallery for every student with a photo, or the named galleries of the day. One read of the day plans
    /// all of them, so photos that arrive later wait for the next request. A gallery whose build is under way keeps
    /// its plan. One whose last photo was removed is built empty.
    ///
    /// # Errors
    ///
    /// When the store or the queue fails.
    pub async fn build_galleries(
        &self,
        day: &PictureDay,
        request: &BuildRequest,
    ) -> Result<BuildOutcome, StoreError> {
        let now = self.app.now().as_second();
        let (photos, existing) =
            futures_util::try_join!(self.all_photos(day), self.gallery_rows(day))?;
        let photos = PhotosByStudent::of(&photos);
        let existing: BTreeMap<StudentId, Gallery> =
            existing.into_iter().map(|gallery| (gallery.student.clone(), gallery)).collect();
        let Some(mut students) = students_to_build(&photos, &existing, request) else {
            return Ok(BuildOutcome::UnknownGallery);
        };
        let all = students.len();
        if request.expiry == ExpiryChange::Unchanged {
            students.retain(|student| !existing.get(student).is_some_and(|it| it.is_over(now)));
        }
        let ended = u32::try_from(all.saturating_sub(students.len())).unwrap_or(u32::MAX);
        let held_back = match request.galleries {
            None => photos.all_held_back(),
            Some(_) => students.iter().map(|student| photos.held_back(student)).sum(),
        };
        if !students.is_empty() {
            let mut event = self.event(Action::GalleriesStarted, day.id.as_str());
            event.details = Some(details(students.len(), held_back, ended, request.expiry));
            audit::record(self.app, &event).await?;
        }
        let of_day: Vec<_> = existing.values().collect();
        let of_new = match (request.expiry, Gallery::end_of_new(&of_day, now)) {
            (ExpiryChange::Unchanged, Some(end)) => ExpiryChange::At(end),
            (expiry, _) => expiry,
        };
        let mut starts = Vec::with_capacity(students.len());
        for student in &students {
            let (existing, plan) = (existing.get(student), photos.publishable(student));
            let expiry = if existing.is_some() { request.expiry } else { of_new };
            starts.push(self.start_build(day, student, existing, plan, expiry).boxed());
        }
        let galleries: Vec<Gallery> =
            stream::iter(starts).buffered(STARTED_AT_ONCE).try_collect().await?;
        let galleries = galleries.into_iter().map(|gallery| photos.in_gallery(gallery)).collect();
        Ok(BuildOutcome::Started(StartedBuilds { galleries, held_back, ended }))
    }

    async fn start_build(
        &self,
        day: &PictureDay,
        student: &StudentId,
        existing: Option<&Gallery>,
        plan: &[PhotoId],
        expiry: ExpiryChange,
    ) -> Result<Gallery, StoreError> {
        let parts = [
            self.studio.as_str().as_bytes(),
            day.id.as_str().as_bytes(),
            student.as_str().as_bytes(),
        ];
        let bits = self.app.ring().await?.id_bits("gallery", &parts);
        let id = GalleryId::child_of(&day.id, bits);
        let key = keys::gallery(&self.studio, &id);
        let (table, now) = (self.app.records()?, self.app.now().as_second());
        let start = Edit::default()
            .add("generation", 1)
            .set("state", json(&GalleryState::Building))
            .set("target", json(&Target::Hosted))
            .set("student", AttributeValue::S(student.to_string()))
            .set("plan", json(&plan))
            .set("done", number(0))
            .set("moved", number(now));
        // A build that is under way keeps its generation: a repeated request builds once. A stalled build is
        // restarted, if nothing has moved it since it was read.
        let start = match existing.filter(|gallery| gallery.is_stalled(now)) {
            Some(stalled) => start.expect("moved", number(stalled.moved_at.unwrap_or(now))),
            None => start.expect_not("state", json(&GalleryState::Building)),
        };
        let row = match edit_and_see(self.app, table, &key, ends(start, expiry)).await? {
            Edited::Yes(row) => row,
            Edited::No(None) => return Err(StoreError::Corrupt("gallery")),
            Edited::No(Some(row)) if expiry == ExpiryChange::Unchanged => row,
            // The build continues, and the gallery expires when this request says.
            Edited::No(Some(_)) => {
                match edit_and_see(self.app, table, &key, ends(Edit::default().exists(), expiry))
                    .await?
                {
                    Edited::Yes(row) => row,
                    Edited::No(_) => return Err(StoreError::Corrupt("gallery")),
                }
            }
        };
        let gallery = read(&row)?;
        if gallery.state == GalleryState::Building {
            let next = gallery.steps_done.saturating_add(1);
            self.send_step(&gallery.id, gallery.generation, next).await?;
        }
        Ok(gallery)
    }

    /// Queues one step of a build; the deduplication id is unique per gallery, build and step.
    pub(super) async fn send_step(
        &self,
        gallery: &GalleryId,
        generation: u32,
        step: u32,
    ) -> Result<(), StoreError> {
        let message =
            GalleryStep { studio: self.studio.clone(), gallery: gallery.clone(), generation, step };
        let one_of_a_kind = format!("{gallery}|{generation}|{step}");
        let fifo = Some((gallery.as_str(), one_of_a_kind.as_str()));
        send(self.app, Queue::Gallery, &message, fifo).await
    }
}

/// Returns the students whose galleries are built, or `None` if a named gallery is not of this day.
fn students_to_build(
    photos: &PhotosByStudent,
    existing: &BTreeMap<StudentId, Gallery>,
    request: &BuildRequest,
) -> Option<BTreeSet<StudentId>> {
    let Some(named) = &request.galleries else {
        // Families of students whose last photo was removed learn that from an empty gallery, so those galleries are
        // built, too.
        let emptied = existing.values().filter(|gallery| !gallery.confirmed.is_empty());
        let emptied = emptied.map(|gallery| &gallery.student);
        return Some(photos.students().chain(emptied).cloned().collect());
    };
    let found: BTreeSet<_> = existing
        .values()
        .filter(|gallery| named.contains(&gallery.id))
        .map(|gallery| gallery.student.clone())
        .collect();
    (found.len() == named.len()).then_some(found)
}

/// Adds the change of a gallery's expiry to an edit.
fn ends(edit: Edit, expiry: ExpiryChange) -> Edit {
    match expiry {
        ExpiryChange::Unchanged => edit,
        ExpiryChange::Removed => edit.remove("ends"),
        ExpiryChange::At(ends) => edit.set("ends", number(ends)),
    }
}

fn details(galleries: usize, held_back: u32, ended: u32, expiry: ExpiryChange) -> String {
    let expiry = match expiry {
        ExpiryChange::Unchanged => "unchanged".to_owned(),
        ExpiryChange::Removed => "removed".to_owned(),
        ExpiryChange::At(ends) => crate::wire::time::rfc3339(ends),
    };
    format!("{galleries} galleries, {held_back} photos held back, {ended} ended, expiry {expiry}")
}
