//! A signed-in parent.

use crate::access::visitor::Visitor;

/// A signed-in parent.
pub struct Parent {
    pub(crate) visitor: Visitor,
}

impl Parent {
    /// Returns the signed-in person.
    pub fn visitor(&self) -> &Visitor {
        &self.visitor
    }
}
