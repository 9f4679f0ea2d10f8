//! A signed-in parent.

use crate::access::visitor::Visitor;

/// A signed-in parent.
pub struct Parent {
    pub(crate) visitor: Visitor,
}

impl Parent {
    /// The person who is signed in.
    pub fn visitor(&self) -> &Visitor {
        &self.visitor
    }
}
