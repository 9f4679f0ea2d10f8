//! The id is well-formed, so the gallery is the parent's.

use domain::ids::GalleryId;
use platform::ApiError;
use platform::sign_in::Parent;

async fn attack(parent: &Parent, id: GalleryId) -> Result<(), ApiError> {
    parent.gallery(&id).await.map(|_gallery| ())
}

fn main() {}
