//! A guest of one gallery.

use domain::ids::GalleryId;

use crate::access::stores::StudentStore;

/// A guest of one gallery.
pub struct Guest {
    pub(crate) store: StudentStore,
    pub(crate) gallery: GalleryId,
}
