//! A gallery: its row and the lists of galleries.

use super::contents::{DayGallery, PhotosByStudent};
use domain::gallery::{Gallery, GalleryState, Target};
use domain::ids::{GalleryId, PhotoId, StudentId};
use domain::picture_day::PictureDay;

use crate::access::stores::StudioStore;
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::keys;
use crate::store::page::{List, Paging, cursor};

/// Reads a gallery from its row.
pub(crate) fn read(item: &Item) -> Result<Gallery, StoreError> {
    let corrupt = || StoreError::Corrupt("gallery");
    let sk = item.text("SK").ok_or_else(corrupt)?;
    let id = sk.strip_prefix("GALLERY#").ok_or_else(corrupt)?;
    let student = item.text("student").ok_or_else(corrupt)?;
    let state = item.json::<GalleryState>("state").ok_or_else(corrupt)?;
    let plan: Vec<PhotoId> = item.json_or_default("plan").ok_or_else(corrupt)?;
    let confirmed = match item.json::<Vec<PhotoId>>("confirmed") {
        Some(confirmed) => confirmed,
        // Rows published before `confirmed` existed: all of the plan was confirmed.
        None if state == GalleryState::Published => plan.clone(),
        None => Vec::new(),
    };
    Ok(Gallery {
        id: GalleryId::parse(id).map_err(|_| corrupt())?,
        student: StudentId::parse(&student).map_err(|_| corrupt())?,
        state,
        target: item.json::<Target>("target").ok_or_else(corrupt)?,
        generation: item.number("generation").ok_or_else(corrupt)?,
        plan,
        steps_done: item.number("done").unwrap_or(0),
        confirmed,
        expires_at: item.number("ends"),
        moved_at: item.number("moved"),
    })
}

impl StudioStore {
    /// Returns the rows of a picture day's galleries; what they show depends on the day's photos.
    pub(crate) async fn gallery_rows(&self, day: &PictureDay) -> Result<Vec<Gallery>, StoreError> {
        let partition = keys::day_partition(&self.studio, &day.id);
        let rows = self.app.records()?.all(&partition, "GALLERY#").await?;
        rows.iter().map(read).collect()
    }

    /// Returns a page of a picture day's galleries, with what each shows now.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn galleries(
        &self,
        day: &PictureDay,
        paging: Paging,
    ) -> Result<List<DayGallery>, StoreError> {
        let partition = keys::day_partition(&self.studio, &day.id);
        let table = self.app.records()?;
        let (photos, page) = futures_util::try_join!(
            self.all_photos(day),
            table.page(&partition, "GALLERY#", paging.after, paging.limit),
        )?;
        let photos = PhotosByStudent::of(&photos);
        let galleries: Result<Vec<_>, _> = page.items.iter().map(read).collect();
        let items = galleries?.into_iter().map(|gallery| photos.in_gallery(gallery)).collect();
        Ok(List { items, next_cursor: page.next.as_deref().map(cursor) })
    }
}
