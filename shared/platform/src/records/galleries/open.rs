//! Opening a gallery: for the studio, or for the family of its student.

use domain::audit::Action;
use domain::gallery::{Gallery, GalleryContents, GalleryState};
use domain::ids::{GalleryId, PhotoId, StudioId};
use domain::picture_day::PictureDay;
use domain::school::School;
use domain::student::Student;

use crate::access::parent::Parent;
use crate::access::stores::{StudentStore, StudioStore};
use crate::base::app::App;
use crate::records::galleries::contents::{DayGallery, PhotosByStudent, belongs_in};
use crate::records::galleries::gallery::read;
use crate::records::photos::PhotoRow;
use crate::store::error::StoreError;
use crate::store::objects::{self, For, Rendition};
use crate::store::page::{List, Paging, cursor};
use crate::store::untrusted::Untrusted;
use crate::store::{audit, keys};

/// A gallery with all that a page shows of it.
pub struct OpenGallery {
    /// The gallery, with what it shows now.
    pub now: DayGallery,
    /// Its state as the reader sees it: the studio or the family.
    pub state: GalleryState,
    /// The student, unless erased or no longer enrolled.
    pub student: Option<Student>,
    /// The picture day.
    pub day: PictureDay,
    /// The school.
    pub school: School,
    /// The photos it shows, in order.
    pub photos: Vec<ShownPhoto>,
    /// Photos that were added after publication, in order; only for the studio.
    pub waiting: Vec<ShownPhoto>,
    app: &'static App,
    studio: StudioId,
    whose: For,
}

/// A photo in a gallery.
pub struct ShownPhoto {
    /// The photo.
    pub id: PhotoId,
    /// Upright width and height in pixels.
    pub size: (u32, u32),
    content: String,
}

impl ShownPhoto {
    /// Returns the photos with these ids, in the order of the ids.
    fn of(ids: &[PhotoId], rows: &[PhotoRow]) -> Vec<Self> {
        let row_of = |id: &PhotoId| rows.iter().find(|photo| photo.id == *id);
        let shown = |photo: &PhotoRow| Self {
            id: photo.id.clone(),
            size: photo.size.unwrap_or((0, 0)),
            content: photo.content.clone(),
        };
        ids.iter().filter_map(row_of).map(shown).collect()
    }
}

impl OpenGallery {
    pub(crate) fn app(&self) -> &'static App {
        self.app
    }

    pub(crate) fn studio(&self) -> &StudioId {
        &self.studio
    }

    /// Returns a presigned URL of a picture: valid for five minutes for the studio, for one minute for a family.
    ///
    /// # Errors
    ///
    /// When the URL cannot be signed.
    pub async fn url(
        &self,
        photo: &ShownPhoto,
        rendition: Rendition,
    ) -> Result<String, StoreError> {
        objects::presign_get(self.app, &self.studio, &photo.content, rendition, self.whose).await
    }
}

impl StudioStore {
    /// Returns the gallery with this id and its photos, and writes an audit event.
    ///
    /// `None` if the studio has no such gallery.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn gallery(
        &self,
        id: &Untrusted<GalleryId>,
    ) -> Result<Option<OpenGallery>, StoreError> {
        let Some(gallery) = self.gallery_row(id.inner()).await? else {
            return Ok(None);
        };
        let day = self.day_of_child(id.inner()).await?;
        let rows = self.all_photos(&day).await?;
        let now = PhotosByStudent::of(&rows).in_gallery(gallery);
        let state = now.state_at(self.app.now().as_second());
        let photos = ShownPhoto::of(&now.contents.shown, &rows);
        let waiting = ShownPhoto::of(&now.contents.waiting, &rows);
        let shown = (photos, waiting, For::Studio);
        let opened = self.open_gallery(now, state, day, shown).await?;
        let event = self.event(Action::GalleryOpened, id.inner().as_str());
        audit::record(self.app, &event).await?;
        Ok(Some(opened))
    }

    async fn gallery_row(&self, id: &GalleryId) -> Result<Option<Gallery>, StoreError> {
        let row = self.app.records()?.get(&keys::gallery(&self.studio, id)).await?;
        row.map(|row| read(&row)).transpose()
    }

    /// Returns a gallery as its family sees it.
    ///
    /// A photo is shown only while it belongs to the student: one that is reassigned to another child disappears at
    /// once. An expired gallery has no photos, and reports when it expired.
    async fn gallery_of_family(&self, id: &GalleryId) -> Result<Option<OpenGallery>, StoreError> {
        let Some(gallery) = self.gallery_row(id).await? else {
            return Ok(None);
        };
        let now = self.app.now().as_second();
        let (rows, day) = if gallery.is_over(now) {
            (Vec::new(), self.day_of_child(id).await?)
        } else {
            futures_util::try_join!(self.photos_by_id(&gallery.confirmed), self.day_of_child(id))?
        };
        let ids = rows.iter().filter(|photo| belongs_in(photo, &gallery.student));
        let ids: Vec<PhotoId> = ids.map(|photo| photo.id.clone()).collect();
        let contents: GalleryContents = gallery.contents(&ids);
        let state = gallery.family_state_at(now, &contents);
        let photos = ShownPhoto::of(&contents.shown, &rows);
        let now = DayGallery { gallery, contents, held_back: 0 };
        self.open_gallery(now, state, day, (photos, Vec::new(), For::Family)).await.map(Some)
    }

    async fn open_gallery(
        &self,
        now: DayGallery,
        state: GalleryState,
        day: PictureDay,
        (photos, waiting, whose): (Vec<ShownPhoto>, Vec<ShownPhoto>, For),
    ) -> Result<OpenGallery, StoreError> {
        let student = Untrusted::new(now.gallery.student.clone());
        let (student, school) = futures_util::try_join!(
            self.student(&student, day.school_year()),
            self.school_by_id(&day.school_id),
        )?;
        let (app, studio) = (self.app, self.studio.clone());
        Ok(OpenGallery { now, state, student, day, school, photos, waiting, app, studio, whose })
    }
}

impl StudentStore {
    fn studio_store(&self) -> StudioStore {
        StudioStore::of_student(self)
    }

    /// Returns the gallery with this id, if it is this student's and was published to the family.
    ///
    /// Opening a published gallery is an audit event. An expired gallery, or one whose photos were all removed, is
    /// returned without photos, and its state says why.
    pub(crate) async fn gallery(
        &self,
        id: &Untrusted<GalleryId>,
    ) -> Result<Option<OpenGallery>, StoreError> {
        let pointer = keys::published(&self.studio, &self.student, id.inner());
        // The pointer is stored under this student, so a gallery of any other child is not found.
        if self.app.records()?.get(&pointer).await?.is_none() {
            return Ok(None);
        }
        let opened = self.studio_store().gallery_of_family(id.inner()).await?;
        let opened = opened.filter(|open| self.may_know_of(open));
        if opened.as_ref().is_some_and(|open| open.state == GalleryState::Published) {
            let event = self.event(Action::GalleryOpened, id.inner().as_str());
            audit::record(self.app, &event).await?;
        }
        Ok(opened)
    }

    /// Returns whether a gallery was published and belongs to this student.
    fn may_know_of(&self, open: &OpenGallery) -> bool {
        let was_published = match open.state {
            GalleryState::Published | GalleryState::Expired | GalleryState::Withdrawn => true,
            GalleryState::Draft | GalleryState::Building => false,
        };
        was_published && open.now.gallery.student == self.student
    }

    /// Returns the student's galleries that were published to the family, from up to `most` pointers after a sort
    /// key.
    ///
    /// The result has the galleries, the sort keys of all pointers, and whether there are more. Writes an audit
    /// event.
    async fn galleries(
        &self,
        after: Option<String>,
        most: i32,
    ) -> Result<(Vec<OpenGallery>, Vec<String>, bool), StoreError> {
        let partition = keys::school_partition(&self.studio, &self.student);
        let prefix = keys::published_of(&self.student);
        let page = self.app.records()?.page(&partition, &prefix, after, most).await?;
        let event = self.event(Action::GalleriesListed, self.student.as_str());
        audit::record(self.app, &event).await?;
        let (mut galleries, mut places) = (Vec::new(), Vec::with_capacity(page.items.len()));
        for row in page.items {
            let id = row.text("gallery").and_then(|id| GalleryId::parse(&id).ok());
            let id = id.ok_or(StoreError::Corrupt("gallery"))?;
            let opened = self.studio_store().gallery_of_family(&id).await?;
            galleries.extend(opened.filter(|open| self.may_know_of(open)));
            places.extend(row.text("SK"));
        }
        Ok((galleries, places, page.next.is_some()))
    }
}

impl Parent {
    /// Returns a page of the galleries that are open to this parent, student by student in the order of their ids.
    ///
    /// Writes an audit event for each student whose galleries are read.
    ///
    /// # Errors
    ///
    /// When the cursor is of another list, or the store fails.
    pub async fn galleries(&self, paging: Paging) -> Result<List<OpenGallery>, StoreError> {
        let (mut left, mut last) = (paging.limit, paging.after);
        if last.as_ref().is_some_and(|place| !place.starts_with(keys::PUBLISHED)) {
            return Err(StoreError::ForeignCursor);
        }
        let mut items = Vec::new();
        for student in self.students().await? {
            let prefix = keys::published_of(student.student_id());
            let after = match &last {
                Some(place) if place.starts_with(&prefix) => Some(place.clone()),
                // An earlier page is past this student already.
                Some(place) if *place > prefix => continue,
                Some(_) | None => None,
            };
            if left <= 0 {
                return Ok(List { items, next_cursor: last.as_deref().map(cursor) });
            }
            let (galleries, places, has_more) = student.galleries(after, left).await?;
            items.extend(galleries);
            left = left.saturating_sub(i32::try_from(places.len()).unwrap_or(i32::MAX));
            last = places.into_iter().last().or(last);
            if has_more {
                return Ok(List { items, next_cursor: last.as_deref().map(cursor) });
            }
        }
        Ok(List::whole(items))
    }
}
