//! Opening a gallery: by the studio, or by the family of its student.

use domain::audit::Action;
use domain::gallery::{Gallery, GalleryState};
use domain::ids::{GalleryId, PhotoId, StudioId};
use domain::picture_day::PictureDay;
use domain::school::School;
use domain::student::Student;

use crate::app::App;
use crate::http::request::Untrusted;
use crate::objects::{self, Rendition};
use crate::scope::{StudentStore, StudioStore};
use crate::table::galleries::read;
use crate::table::{StoreError, audit, keys};

/// A gallery with all that a page shows of it.
pub struct OpenGallery {
    /// The gallery.
    pub gallery: Gallery,
    /// The student, unless erased or no longer enrolled.
    pub student: Option<Student>,
    /// The picture day.
    pub day: PictureDay,
    /// The school.
    pub school: School,
    /// Its photos in order.
    pub photos: Vec<ShownPhoto>,
    app: &'static App,
    studio: StudioId,
}

/// A photo in a gallery.
pub struct ShownPhoto {
    /// The photo.
    pub id: PhotoId,
    /// Upright width and height in pixels.
    pub size: (u32, u32),
    content: String,
}

impl OpenGallery {
    pub(crate) fn app(&self) -> &'static App {
        self.app
    }

    pub(crate) fn studio(&self) -> &StudioId {
        &self.studio
    }

    /// A five-minute address of a picture.
    ///
    /// # Errors
    ///
    /// When it cannot be signed.
    pub async fn url(
        &self,
        photo: &ShownPhoto,
        rendition: Rendition,
    ) -> Result<String, StoreError> {
        objects::presign_get(self.app, &self.studio, &photo.content, rendition).await
    }
}

impl StudioStore {
    /// The gallery of an id, with its photos, or `None` if this studio has none such. An audit event.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn gallery(
        &self,
        id: &Untrusted<GalleryId>,
    ) -> Result<Option<OpenGallery>, StoreError> {
        let opened = self.open_gallery(id.inner()).await?;
        if opened.is_some() {
            let event = self.event(Action::GalleryOpened, id.inner().as_str());
            audit::record(self.app, &event).await?;
        }
        Ok(opened)
    }

    /// Reads a gallery. A photo is in it only while it is its student's now: a photo that was given to
    /// another child disappears at once, whatever an earlier build put in.
    async fn open_gallery(&self, id: &GalleryId) -> Result<Option<OpenGallery>, StoreError> {
        let table = self.app.records()?;
        let partition = keys::day_partition(&self.studio, id);
        let Some(row) = table.get(&keys::gallery(&self.studio, id)).await? else {
            return Ok(None);
        };
        let mut gallery = read(&row)?;
        let shown_prefix = format!("SHOWN#{id}#");
        let (mut shown, day) =
            futures_util::try_join!(table.all(&partition, &shown_prefix), self.day_of_child(id),)?;
        shown.retain(|row| row.number::<u32>("generation") == Some(gallery.generation));
        shown.sort_by_key(|row| row.number::<u32>("place"));
        gallery.photos_done = u32::try_from(shown.len()).unwrap_or(u32::MAX);
        let year = day.school_year();
        let student = Untrusted::new(gallery.student.clone());
        let (photos, student, school) = futures_util::try_join!(
            self.photos_now(&shown, &gallery),
            self.student(&student, year),
            self.school_by_id(&day.school_id),
        )?;
        let (app, studio) = (self.app, self.studio.clone());
        Ok(Some(OpenGallery { gallery, student, day, school, photos, app, studio }))
    }

    async fn photos_now(
        &self,
        shown: &[crate::table::Item],
        gallery: &Gallery,
    ) -> Result<Vec<ShownPhoto>, StoreError> {
        let mut ids = Vec::with_capacity(shown.len());
        for row in shown {
            let sk = row.text("SK").ok_or(StoreError::Corrupt("gallery"))?;
            let id = sk.rsplit('#').next().unwrap_or_default();
            ids.push(PhotoId::parse(id).map_err(|_| StoreError::Corrupt("gallery"))?);
        }
        let rows = self.photos_by_id(&ids).await?;
        let now_of = |id: &PhotoId| rows.iter().find(|photo| photo.id == *id);
        Ok(ids
            .iter()
            .filter_map(now_of)
            .filter(|photo| photo.shows_someone() && photo.students.contains(&gallery.student))
            .map(|photo| ShownPhoto {
                id: photo.id.clone(),
                size: photo.size.unwrap_or((0, 0)),
                content: photo.content.clone(),
            })
            .collect())
    }
}

impl StudentStore {
    fn studio_store(&self) -> StudioStore {
        StudioStore::new(self.app, self.studio.clone(), self.caller.clone())
    }

    /// The gallery of an id, if it is this student's and shown to families now. An audit event.
    pub(crate) async fn gallery(
        &self,
        id: &Untrusted<GalleryId>,
    ) -> Result<Option<OpenGallery>, StoreError> {
        let pointer = keys::published(&self.studio, &self.student, id.inner());
        // The pointer lies under this student: a gallery of anybody else is not found.
        if self.app.records()?.get(&pointer).await?.is_none() {
            return Ok(None);
        }
        let opened = self.studio_store().open_gallery(id.inner()).await?;
        let now = self.app.now().as_second();
        let opened = opened.filter(|open| {
            open.gallery.student == self.student
                && open.gallery.state_at(now) == GalleryState::Published
        });
        if opened.is_some() {
            let event = self.event(Action::GalleryOpened, id.inner().as_str());
            audit::record(self.app, &event).await?;
        }
        Ok(opened)
    }

    /// The student's galleries that families can see now. An audit event.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn galleries(&self) -> Result<Vec<OpenGallery>, StoreError> {
        let partition = keys::school_partition(&self.studio, &self.student);
        let prefix = format!("PUBLISHED#{}#", self.student);
        let rows = self.app.records()?.all(&partition, &prefix).await?;
        let event = self.event(Action::GalleriesListed, self.student.as_str());
        audit::record(self.app, &event).await?;
        let now = self.app.now().as_second();
        let mut galleries = Vec::new();
        for row in rows {
            let id = row.text("gallery").and_then(|id| GalleryId::parse(&id).ok());
            let id = id.ok_or(StoreError::Corrupt("gallery"))?;
            let opened = self.studio_store().open_gallery(&id).await?;
            galleries.extend(opened.filter(|open| {
                open.gallery.student == self.student
                    && open.gallery.state_at(now) == GalleryState::Published
            }));
        }
        Ok(galleries)
    }
}
