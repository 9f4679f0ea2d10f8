//! Callers that the gallery routes accept.

use crate::access::guest::Guest;
use crate::access::parent::Parent;
use crate::access::photographer::Photographer;

/// A caller of the gallery routes.
pub enum GalleryVisitor {
    /// Sees all galleries of the studio.
    Photographer(Box<Photographer>),
    /// Sees the galleries of their children.
    Parent(Box<Parent>),
    /// Sees one gallery.
    Guest(Box<Guest>),
}
