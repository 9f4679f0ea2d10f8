//! The callers that a gallery's routes accept.

use crate::access::guest::Guest;
use crate::access::parent::Parent;
use crate::access::photographer::Photographer;

/// Who opens galleries.
pub enum GalleryVisitor {
    /// Sees all of the studio's.
    Photographer(Box<Photographer>),
    /// Sees their children's.
    Parent(Box<Parent>),
    /// Sees one.
    Guest(Box<Guest>),
}
