//! Attempt: use a well-formed gallery id as if it were the parent's gallery.

use domain::ids::GalleryId;
use platform::ApiError;
use platform::sign_in::Parent;

async fn attack(parent: &Parent, id: GalleryId) -> Result<(), ApiError> {
    parent.gallery(&id).await.map(|_gallery| ())
}

fn main() {}
