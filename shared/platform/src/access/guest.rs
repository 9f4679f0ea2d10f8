//! Guest of one gallery.

use domain::ids::GalleryId;

use crate::access::stores::StudentStore;

/// Guest of one gallery.
pub struct Guest {
    pub(crate) store: StudentStore,
    pub(crate) gallery: GalleryId,
}
