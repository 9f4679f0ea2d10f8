//! Picture days are in the studio's own partition; the rows of one picture day have their own partition.

use std::collections::BTreeSet;

use domain::audit::Action;
use domain::gallery::GalleryState;
use domain::ids::{Id, Kind, PictureDayId, SchoolId};
use domain::photo::PhotoState;
use domain::picture_day::PictureDay;
use domain::school::School;

use crate::access::stores::{SchoolStore, StudioStore};
use crate::records::galleries::PhotosByStudent;
use crate::records::photos::Arrival;
use crate::records::schools::{self, Created};
use crate::store::change::{Change, Committed, commit};
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::page::{List, Paging};
use crate::store::untrusted::Untrusted;
use crate::store::{audit, keys};

/// Progress of a picture day, counted from its rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Students enrolled in the day's school year.
    pub students: u32,
    /// Files that are announced and not checked yet, while they may still arrive.
    pub waiting: u32,
    /// Of the waiting files, those in storage: they are being checked.
    pub arrived: u32,
    /// Files that were announced and never arrived; they must be uploaded again.
    pub missing: u32,
    /// Checked files, including refused ones and camera cards.
    pub checked: u32,
    /// Of the checked files, those that were refused.
    pub refused: u32,
    /// Photos that arrived, without camera cards.
    pub photos: u32,
    /// Of these photos, those that belong to a student.
    pub matched: u32,
    /// Of these photos, those held back until a person confirms their run.
    pub held_back: u32,
    /// Runs that a person must review.
    pub doubtful: u32,
    /// Cameras whose photos are still to be matched.
    pub cameras_to_match: u32,
    /// Number of galleries.
    pub galleries: u32,
    /// Of the galleries, those that families can see.
    pub published: u32,
    /// Of the galleries, those whose student's photos differ from what was published.
    pub galleries_changed: u32,
    /// Students with publishable photos and no gallery.
    pub without_gallery: u32,
}

impl SchoolStore {
    /// Returns a page of the school's picture days.
    ///
    /// It filters a page of the studio's picture days, so a page before the last may be short.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn picture_days(&self, paging: Paging) -> Result<List<PictureDay>, StoreError> {
        let mut page = self.store.picture_days(paging).await?;
        page.items.retain(|day| day.school_id == self.school.id);
        Ok(page)
    }
}

impl StudioStore {
    /// Creates a picture day. A repeated request finds the same one.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn create_picture_day(
        &self,
        day: PictureDay,
    ) -> Result<Created<PictureDay>, StoreError> {
        let key = keys::picture_day(&self.studio, &day.id);
        let item = Item::at(&key).with_json("day", &day);
        let event = self.event(Action::PictureDayCreated, day.id.as_str());
        let changes =
            vec![Change::create(self.app.records()?, item)?, audit::add(self.app, &event).await?];
        match commit(self.app, changes).await? {
            Committed::Yes => Ok(Created::Done(day)),
            Committed::Refused(_) => {
                let found = find(self, &day.id).await?.ok_or(StoreError::Corrupt("picture day"))?;
                Ok(Created::same(&day, found))
            }
        }
    }

    /// Returns the picture day with this id, or `None` if the studio has no such day.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn picture_day(
        &self,
        id: &Untrusted<PictureDayId>,
    ) -> Result<Option<PictureDay>, StoreError> {
        find(self, id.inner()).await
    }

    /// Returns a page of the studio's picture days.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn picture_days(&self, paging: Paging) -> Result<List<PictureDay>, StoreError> {
        self.studio_list("DAY#", "day", paging).await
    }

    /// Returns the school of a picture day.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn school_of(&self, day: &PictureDay) -> Result<School, StoreError> {
        self.school_by_id(&day.school_id).await
    }

    /// Returns the picture day that the id of one of its photos or galleries names.
    pub(crate) async fn day_of_child<K: Kind>(
        &self,
        child: &Id<K>,
    ) -> Result<PictureDay, StoreError> {
        let partition = keys::studio_partition(&self.studio);
        let prefix = format!("DAY#day_{}", child.parent_part());
        let rows = self.app.records()?.all(&partition, &prefix).await?;
        let day = rows.first().and_then(|item| item.json("day"));
        day.ok_or(StoreError::Corrupt("picture day"))
    }

    /// Returns the school that the id of a student, a code or a request names.
    ///
    /// `None` if the studio has no such school.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub(crate) async fn school_of_child<K: Kind>(
        &self,
        child: &Untrusted<Id<K>>,
    ) -> Result<Option<School>, StoreError> {
        let partition = keys::studio_partition(&self.studio);
        let prefix = format!("SCHOOL#sch_{}", child.inner().parent_part());
        let rows = self.app.records()?.all(&partition, &prefix).await?;
        let school = rows.first().map(|item| item.json("school"));
        school.map(|school| school.ok_or(StoreError::Corrupt("school"))).transpose()
    }

    /// Returns the school with an id from a row of this studio.
    pub(crate) async fn school_by_id(&self, id: &SchoolId) -> Result<School, StoreError> {
        schools::find(self, id).await?.ok_or(StoreError::Corrupt("school"))
    }

    /// Counts the progress of a picture day.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn counts(&self, day: &PictureDay) -> Result<Counts, StoreError> {
        let now = self.app.now().as_second();
        let table = self.app.records()?;
        let school = keys::school_partition(&self.studio, &day.school_id);
        let enrolments = keys::enrolments(day.school_year());
        let (students, photos, galleries, mut to_match) = futures_util::try_join!(
            table.count(&school, &enrolments),
            self.all_photos(day),
            self.gallery_rows(day),
            self.cameras_in_matching(day),
        )?;
        let uploads = self.uploads_in_storage(day, &photos).await?;
        let waiting = photos.iter().filter(|photo| photo.waits_for_matching);
        to_match.extend(waiting.map(|photo| photo.camera.as_str().to_owned()));
        let cameras_to_match = u32::try_from(to_match.len()).unwrap_or(u32::MAX);
        let mut counts = Counts { students, cameras_to_match, ..Counts::default() };
        for photo in &photos {
            match photo.photo.state {
                PhotoState::Registered => match photo.arrival(&uploads, now) {
                    Some(Arrival::InStorage) => {
                        counts.waiting += 1;
                        counts.arrived += 1;
                    }
                    Some(Arrival::Missing | Arrival::Expired) => counts.missing += 1,
                    Some(Arrival::Awaited) | None => counts.waiting += 1,
                },
                PhotoState::Refused => {
                    counts.checked += 1;
                    counts.refused += 1;
                }
                PhotoState::Checked => counts.checked += 1,
            }
        }
        for photo in photos.iter().filter(|photo| photo.shows_someone()) {
            counts.photos += 1;
            counts.matched += u32::from(!photo.students.is_empty());
            counts.held_back += u32::from(photo.is_held_back());
        }
        let held_back = photos.iter().filter(|photo| photo.is_held_back());
        let doubtful: BTreeSet<_> = held_back.filter_map(|photo| photo.run.as_ref()).collect();
        counts.doubtful = u32::try_from(doubtful.len()).unwrap_or(u32::MAX);
        let by_student = PhotosByStudent::of(&photos);
        let with_gallery: BTreeSet<_> = galleries.iter().map(|it| it.student.clone()).collect();
        let without = by_student.students().filter(|student| !with_gallery.contains(*student));
        counts.without_gallery = u32::try_from(without.count()).unwrap_or(u32::MAX);
        for gallery in galleries {
            let gallery = by_student.in_gallery(gallery);
            let is_published = gallery.state_at(now) == GalleryState::Published;
            counts.galleries += 1;
            counts.published += u32::from(is_published);
            counts.galleries_changed += u32::from(gallery.contents.is_changed());
        }
        Ok(counts)
    }
}

async fn find(store: &StudioStore, id: &PictureDayId) -> Result<Option<PictureDay>, StoreError> {
    let found = store.app.records()?.get(&keys::picture_day(&store.studio, id)).await?;
    found.map(|item| item.json("day").ok_or(StoreError::Corrupt("picture day"))).transpose()
}
