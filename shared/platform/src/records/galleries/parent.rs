//! A parent's view: the students whose galleries are open, and one of those galleries.

use domain::consent;
use domain::ids::GalleryId;

use crate::access::parent::Parent;
use crate::access::stores::StudentStore;
use crate::http::error::ApiError;
use crate::records::galleries::open::OpenGallery;
use crate::records::schools;
use crate::store::error::StoreError;
use crate::store::untrusted::Untrusted;

impl Parent {
    /// Returns the students whose galleries are open to this parent: granted, and consented to in the current
    /// wording.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn students(&self) -> Result<Vec<StudentStore>, StoreError> {
        let visitor = &self.visitor;
        let mut students = Vec::new();
        if !visitor.person.has_consented(&consent::PARENT_ACCESS) {
            return Ok(students);
        }
        for grant in &visitor.person.grants {
            if schools::shows_photos(visitor.app, grant).await? {
                let caller = visitor.caller.clone();
                students.push(StudentStore::of_grant(visitor.app, grant, caller));
            }
        }
        Ok(students)
    }

    /// Returns the gallery with this id, if it is one of this parent's students' and shown to families now.
    ///
    /// # Errors
    ///
    /// 404 for every other id.
    pub async fn gallery(&self, id: &Untrusted<GalleryId>) -> Result<OpenGallery, ApiError> {
        for student in self.students().await? {
            if let Some(gallery) = student.gallery(id).await? {
                return Ok(gallery);
            }
        }
        Err(ApiError::NotFound)
    }
}
