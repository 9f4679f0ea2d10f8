//! One step of building a gallery: add one photo, or publish. Each step is idempotent.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::audit::Action;
use domain::gallery::{Gallery, GalleryState};
use domain::ids::PhotoId;

use crate::access::stores::StudioStore;
use crate::access::work::GalleryStep;
use crate::records::galleries::contents::belongs_in;
use crate::records::galleries::gallery::read;
use crate::records::photos::PhotoRow;
use crate::store::change::{Change, Edit, commit, edit_one};
use crate::store::error::StoreError;
use crate::store::item::{Item, json, number};
use crate::store::objects::{self, Rendition};
use crate::store::untrusted::Untrusted;
use crate::store::{audit, keys};

impl StudioStore {
    /// Executes one step of a build and queues the next. A step of an older build does nothing.
    ///
    /// # Errors
    ///
    /// When the store or the queue fails, or a photo's renditions are missing: the step is retried.
    pub async fn take_gallery_step(&self, work: &GalleryStep) -> Result<(), StoreError> {
        let key = keys::gallery(&self.studio, &work.gallery);
        let Some(row) = self.app.records()?.get(&key).await? else {
            return Ok(());
        };
        let gallery = read(&row)?;
        if gallery.generation != work.generation || gallery.state != GalleryState::Building {
            return Ok(());
        }
        let index = usize::try_from(work.step.saturating_sub(1)).unwrap_or(usize::MAX);
        let Some(photo) = gallery.plan.get(index) else {
            return self.publish_gallery(work, &gallery).await;
        };
        self.put_photo_in(work, &gallery, photo).await?;
        self.send_step(&work.gallery, work.generation, work.step.saturating_add(1)).await
    }

    /// Checks that a photo's renditions exist, if it still belongs to the student, and counts the step.
    async fn put_photo_in(
        &self,
        work: &GalleryStep,
        gallery: &Gallery,
        photo: &PhotoId,
    ) -> Result<(), StoreError> {
        if let Some(row) = self.photo(&Untrusted::new(photo.clone())).await?
            && belongs_in(&row, &gallery.student)
        {
            self.require_pictures(&row).await?;
        }
        let edit = Edit::default()
            .set("done", number(work.step))
            .set("moved", number(self.app.now().as_second()))
            .expect("state", json(&GalleryState::Building))
            .expect("generation", number(work.generation))
            .expect_below("done", i64::from(work.step));
        let key = keys::gallery(&self.studio, &work.gallery);
        // Refused: an earlier delivery of this step counted it, or a newer build began.
        edit_one(self.app, self.app.records()?, &key, edit).await?;
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

    /// Publishes the gallery: confirms the planned photos that still belong to the student, in one write.
    async fn publish_gallery(
        &self,
        work: &GalleryStep,
        gallery: &Gallery,
    ) -> Result<(), StoreError> {
        let table = self.app.records()?;
        let rows = self.photos_by_id(&gallery.plan).await?;
        let still = |id: &&PhotoId| {
            rows.iter().any(|row| row.id == **id && belongs_in(row, &gallery.student))
        };
        let confirmed: Vec<&PhotoId> = gallery.plan.iter().filter(still).collect();
        let edit = Edit::default()
            .set("state", json(&GalleryState::Published))
            .set("confirmed", json(&confirmed))
            .expect("state", json(&GalleryState::Building))
            .expect("generation", number(work.generation));
        let event = self.event(Action::GalleryPublished, work.gallery.as_str());
        let mut changes = vec![
            Change::edit(table, &keys::gallery(&self.studio, &work.gallery), edit)?,
            audit::add(self.app, &event).await?,
        ];
        if !confirmed.is_empty() {
            let pointer = keys::published(&self.studio, &gallery.student, &work.gallery);
            let pointer =
                Item::at(&pointer).with("gallery", AttributeValue::S(work.gallery.to_string()));
            changes.push(Change::put(table, pointer)?);
        }
        // Refused: an earlier delivery of this step published it, or a newer build began.
        commit(self.app, changes).await?;
        Ok(())
    }
}
