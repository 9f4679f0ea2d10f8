//! Camera cards: their codes are derived from the picture day and the student, never stored.

use std::collections::BTreeMap;

use domain::audit::Action;
use domain::camera_card::{CardCode, Holder};
use domain::ids::StudentId;
use domain::picture_day::PictureDay;

use crate::access::stores::StudioStore;
use crate::store::audit;
use crate::store::error::StoreError;

/// Spare cards of a picture day, for walk-up children who have no card.
pub const SPARES: u16 = 24;

impl StudioStore {
    /// Returns the cards of a picture day: one per enrolled student, and the spares.
    ///
    /// The codes are valid for this picture day only.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn camera_cards(
        &self,
        day: &PictureDay,
    ) -> Result<BTreeMap<CardCode, Holder>, StoreError> {
        let students = self.enrolled_ids(&day.school_id, day.school_year()).await?;
        let mut cards = BTreeMap::new();
        for student in students {
            cards.insert(self.card_of(day, &student).await?, Holder::Student(student));
        }
        for spare in 1..=SPARES {
            let code = self.card_code(day, "camera-card-spare", &spare.to_be_bytes()).await?;
            cards.insert(code, Holder::Spare(spare));
        }
        Ok(cards)
    }

    /// Returns the code of a student's card on a picture day.
    ///
    /// # Errors
    ///
    /// When there is no key ring.
    pub async fn card_of(
        &self,
        day: &PictureDay,
        student: &StudentId,
    ) -> Result<CardCode, StoreError> {
        self.card_code(day, "camera-card", student.as_str().as_bytes()).await
    }

    async fn card_code(
        &self,
        day: &PictureDay,
        purpose: &str,
        whose: &[u8],
    ) -> Result<CardCode, StoreError> {
        let parts = [self.studio.as_str().as_bytes(), day.id.as_str().as_bytes(), whose];
        Ok(CardCode::from_digest(&self.app.ring().await?.digest(purpose, &parts)))
    }

    /// Logs that the cards of a picture day, which carry names, were printed.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn log_cards_printed(
        &self,
        day: &PictureDay,
        cards: usize,
    ) -> Result<(), StoreError> {
        let mut event = self.event(Action::CameraCardsPrinted, day.id.as_str());
        event.details = Some(format!("{cards} cards"));
        audit::record(self.app, &event).await
    }

    /// Logs that the reconciliation of a picture day, which carries names, was read.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn log_reconciliation(&self, day: &PictureDay) -> Result<(), StoreError> {
        let event = self.event(Action::ReconciliationRead, day.id.as_str());
        audit::record(self.app, &event).await
    }
}
