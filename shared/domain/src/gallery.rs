//! A gallery: the photos of one student on one picture day, built by a worker.

use serde::{Deserialize, Serialize};

use crate::ids::{GalleryId, StudentId};

/// How far a gallery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GalleryState {
    /// Asked for; nothing is in it.
    Draft,
    /// A worker is putting photos in.
    Building,
    /// Whoever may see it can.
    Published,
    /// Its time is over: never shown, whatever the row says.
    Expired,
    /// Taken back by the photographer.
    Withdrawn,
}

/// Where a gallery is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// In the parent portal.
    #[default]
    Hosted,
}

/// The photos of one student on one picture day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gallery {
    /// Its id: leads to the picture day, derived from the student.
    pub id: GalleryId,
    /// Whose photos.
    pub student: StudentId,
    /// How far it has come, as stored. Ask [`Gallery::state_at`] before showing anything.
    pub state: GalleryState,
    /// Where it is published.
    pub target: Target,
    /// Counts up with every build, so that a rebuild is not taken for a repetition.
    pub generation: u32,
    /// Photos this build puts in.
    pub photos_total: u32,
    /// Photos that are in.
    pub photos_done: u32,
    /// When it stops being shown: seconds since 1970.
    pub expires_at: Option<i64>,
}

impl Gallery {
    /// The state at an instant: expiry holds when the gallery is read, not when somebody cleans up.
    pub fn state_at(&self, now_seconds: i64) -> GalleryState {
        let is_over = self.expires_at.is_some_and(|end| end <= now_seconds);
        match self.state {
            GalleryState::Published | GalleryState::Building | GalleryState::Draft if is_over => {
                GalleryState::Expired
            }
            GalleryState::Draft
            | GalleryState::Building
            | GalleryState::Published
            | GalleryState::Expired
            | GalleryState::Withdrawn => self.state,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gallery_whose_time_is_over_is_expired_whatever_the_row_says() {
        let gallery = Gallery {
            id: GalleryId::from_random([1; 16]),
            student: StudentId::from_random([2; 16]),
            state: GalleryState::Published,
            target: Target::Hosted,
            generation: 1,
            photos_total: 3,
            photos_done: 3,
            expires_at: Some(1_000),
        };
        assert_eq!(gallery.state_at(999), GalleryState::Published);
        assert_eq!(gallery.state_at(1_000), GalleryState::Expired);
    }
}
