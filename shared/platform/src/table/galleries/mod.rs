//! Galleries: built step by step by a worker, opened by photographers and by the families they are for.

mod build;
mod open;

pub use open::{OpenGallery, ShownPhoto};

use std::collections::BTreeMap;

use domain::audit::Action;
use domain::gallery::{Gallery, GalleryState, Target};
use domain::ids::{GalleryId, StudentId};
use domain::picture_day::PictureDay;

use crate::queue::{GalleryStep, Queue, send};
use crate::scope::StudioStore;
use crate::table::change::{Edit, edit_one};
use crate::table::item::{json, number};
use crate::table::{Item, StoreError, audit, keys};

/// A gallery read from its row. `photos_done` is counted elsewhere: no shared counter stands in a row.
pub(crate) fn read(item: &Item) -> Result<Gallery, StoreError> {
    let corrupt = || StoreError::Corrupt("gallery");
    let sk = item.text("SK").ok_or_else(corrupt)?;
    let id = sk.strip_prefix("GALLERY#").ok_or_else(corrupt)?;
    let student = item.text("student").ok_or_else(corrupt)?;
    Ok(Gallery {
        id: GalleryId::parse(id).map_err(|_| corrupt())?,
        student: StudentId::parse(&student).map_err(|_| corrupt())?,
        state: item.json::<GalleryState>("state").ok_or_else(corrupt)?,
        target: item.json::<Target>("target").ok_or_else(corrupt)?,
        generation: item.number("generation").ok_or_else(corrupt)?,
        photos_total: item.number("total").unwrap_or(0),
        photos_done: 0,
        expires_at: item.number("ends"),
    })
}

impl StudioStore {
    /// All galleries of a picture day, with how many photos are in each.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn all_galleries(&self, day: &PictureDay) -> Result<Vec<Gallery>, StoreError> {
        let partition = keys::day_partition(&self.studio, &day.id);
        let table = self.app.records()?;
        let (rows, shown) = futures_util::try_join!(
            table.all(&partition, "GALLERY#"),
            table.all(&partition, "SHOWN#"),
        )?;
        let mut done: BTreeMap<(String, u32), u32> = BTreeMap::new();
        for row in &shown {
            let sk = row.text("SK").ok_or(StoreError::Corrupt("gallery"))?;
            let gallery = sk.split('#').nth(1).unwrap_or_default().to_owned();
            let generation = row.number("generation").unwrap_or(0);
            *done.entry((gallery, generation)).or_default() += 1;
        }
        let mut galleries = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut gallery = read(row)?;
            let counted = done.get(&(gallery.id.to_string(), gallery.generation));
            gallery.photos_done = counted.copied().unwrap_or(0);
            galleries.push(gallery);
        }
        Ok(galleries)
    }

    /// Starts building a gallery for every student who has a photo. A gallery that is being built goes on;
    /// one that is published is built again with what there is now.
    ///
    /// # Errors
    ///
    /// When the store or the queue fails.
    pub async fn build_galleries(
        &self,
        day: &PictureDay,
        expires_at: Option<i64>,
    ) -> Result<Vec<Gallery>, StoreError> {
        let photos = self.all_photos(day).await?;
        let mut students: Vec<StudentId> = photos
            .iter()
            .filter(|photo| photo.is_publishable())
            .flat_map(|photo| photo.students.iter().cloned())
            .collect();
        students.sort();
        students.dedup();
        let mut event = self.event(Action::GalleriesStarted, day.id.as_str());
        event.details = Some(format!("{} galleries", students.len()));
        audit::record(self.app, &event).await?;
        let mut galleries = Vec::with_capacity(students.len());
        for student in students {
            let gallery = self.start_build(day, &student, expires_at).await?;
            self.send_step(&gallery.id, gallery.generation, 0).await?;
            galleries.push(gallery);
        }
        Ok(galleries)
    }

    async fn start_build(
        &self,
        day: &PictureDay,
        student: &StudentId,
        expires_at: Option<i64>,
    ) -> Result<Gallery, StoreError> {
        let parts = [
            self.studio.as_str().as_bytes(),
            day.id.as_str().as_bytes(),
            student.as_str().as_bytes(),
        ];
        let bits = self.app.ring().await?.id_bits("gallery", &parts);
        let id = GalleryId::child_of(&day.id, bits);
        let key = keys::gallery(&self.studio, &id);
        let table = self.app.records()?;
        // A build that is under way keeps its generation: asking twice builds once.
        let mut start = Edit::default()
            .add("generation", 1)
            .set("state", json(&GalleryState::Building))
            .set("target", json(&Target::Hosted))
            .set("student", aws_sdk_dynamodb::types::AttributeValue::S(student.to_string()))
            .expect_not("state", json(&GalleryState::Building));
        start = match expires_at {
            Some(ends) => start.set("ends", number(ends)),
            None => start.remove("ends"),
        };
        edit_one(self.app, table, &key, start).await?;
        read(&table.get(&key).await?.ok_or(StoreError::Corrupt("gallery"))?)
    }

    /// Sends one step of a build. The same step of the same build is one of a kind.
    async fn send_step(
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
