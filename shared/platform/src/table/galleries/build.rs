//! One step of building a gallery: plan, put one photo in, publish. Each may be repeated.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::audit::Action;
use domain::gallery::GalleryState;
use domain::ids::PhotoId;

use crate::http::request::Untrusted;
use crate::objects::{self, Rendition};
use crate::queue::GalleryStep;
use crate::scope::StudioStore;
use crate::table::change::{Edit, edit_one};
use crate::table::galleries::read;
use crate::table::item::{json, number};
use crate::table::photos::PhotoRow;
use crate::table::{Change, Item, StoreError, audit, commit, keys};

impl StudioStore {
    /// Takes one step of a build and sends the next. A step of an older build does nothing.
    ///
    /// # Errors
    ///
    /// When the store or the queue fails, or a photo's pictures are not there: the step is tried again.
    pub async fn take_gallery_step(&self, work: &GalleryStep) -> Result<(), StoreError> {
        let key = keys::gallery(&self.studio, &work.gallery);
        let Some(row) = self.app.records()?.get(&key).await? else {
            return Ok(());
        };
        let gallery = read(&row)?;
        if gallery.generation != work.generation || gallery.state != GalleryState::Building {
            return Ok(());
        }
        let plan: Vec<PhotoId> = row.json("plan").unwrap_or_default();
        let last = u32::try_from(plan.len()).unwrap_or(u32::MAX).saturating_add(1);
        if work.step == 0 {
            self.plan_gallery(work, &gallery.student).await?;
        } else if work.step < last {
            let index = usize::try_from(work.step.saturating_sub(1)).unwrap_or(usize::MAX);
            if let Some(photo) = plan.get(index) {
                self.put_photo_in(work, photo).await?;
            }
        } else {
            return self.publish_gallery(work, &gallery.student).await;
        }
        self.send_step(&work.gallery, work.generation, work.step.saturating_add(1)).await
    }

    /// Which photos are put in: the student's, in the order they were taken, never a camera card.
    async fn plan_gallery(
        &self,
        work: &GalleryStep,
        student: &domain::ids::StudentId,
    ) -> Result<(), StoreError> {
        let day = self.day_of_child(&work.gallery).await?;
        let mut photos = self.all_photos(&day).await?;
        photos.retain(|photo| photo.is_publishable() && photo.students.contains(student));
        photos.sort_by(|a, b| (&a.captured_at, &a.file_name).cmp(&(&b.captured_at, &b.file_name)));
        let plan: Vec<_> = photos.iter().map(|photo| &photo.id).collect();
        let edit = Edit::default()
            .set("plan", json(&plan))
            .set("total", number(plan.len()))
            .expect("generation", number(work.generation));
        let key = keys::gallery(&self.studio, &work.gallery);
        edit_one(self.app, self.app.records()?, &key, edit).await?;
        Ok(())
    }

    /// Puts one photo in, if it is still the student's and its pictures are there.
    async fn put_photo_in(&self, work: &GalleryStep, photo: &PhotoId) -> Result<(), StoreError> {
        let Some(row) = self.photo(&Untrusted::new(photo.clone())).await? else {
            return Ok(());
        };
        self.require_pictures(&row).await?;
        let item = Item::at(&keys::shown(&self.studio, &work.gallery, photo))
            .with_number("generation", work.generation)
            .with_number("place", work.step);
        commit(self.app, vec![Change::put(self.app.records()?, item)?]).await?;
        Ok(())
    }

    async fn require_pictures(&self, photo: &PhotoRow) -> Result<(), StoreError> {
        for rendition in [Rendition::Thumbnail, Rendition::Proof] {
            let key = objects::rendition_key(&self.studio, &photo.content, rendition);
            if !objects::has_rendition(self.app, &key).await? {
                return Err(StoreError::Corrupt("rendition"));
            }
        }
        Ok(())
    }

    /// Takes out what an older build put in and this one did not, then shows the gallery to its family.
    async fn publish_gallery(
        &self,
        work: &GalleryStep,
        student: &domain::ids::StudentId,
    ) -> Result<(), StoreError> {
        let table = self.app.records()?;
        let partition = keys::day_partition(&self.studio, &work.gallery);
        let shown = table.all(&partition, &format!("SHOWN#{}#", work.gallery)).await?;
        for row in shown {
            if row.number::<u32>("generation") == Some(work.generation) {
                continue;
            }
            let sk = row.text("SK").ok_or(StoreError::Corrupt("gallery"))?;
            let key = keys::Key { pk: partition.clone(), sk };
            commit(self.app, vec![Change::delete_if_there(table, &key)?]).await?;
        }
        let edit = Edit::default()
            .set("state", json(&GalleryState::Published))
            .expect("state", json(&GalleryState::Building))
            .expect("generation", number(work.generation));
        let pointer = Item::at(&keys::published(&self.studio, student, &work.gallery))
            .with("gallery", AttributeValue::S(work.gallery.to_string()));
        let event = self.event(Action::GalleryPublished, work.gallery.as_str());
        let changes = vec![
            Change::edit(table, &keys::gallery(&self.studio, &work.gallery), edit)?,
            Change::put(table, pointer)?,
            audit::add(self.app, &event).await?,
        ];
        // Refused: an earlier delivery of this step has published it, or a newer build has begun.
        commit(self.app, changes).await?;
        Ok(())
    }
}
