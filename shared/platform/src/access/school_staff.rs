//! A person who works at schools, and the callers that the school routes accept.

use crate::access::fresh_second_factor::FreshSecondFactor;
use crate::access::photographer::Photographer;
use crate::access::visitor::Visitor;
use crate::http::error::ApiError;

/// A person who is signed in at the school portal.
///
/// This value gives no access to data by itself; the caller must choose one of the person's schools.
pub struct SchoolStaff {
    pub(crate) visitor: Visitor,
}

impl SchoolStaff {
    /// Returns the signed-in person.
    pub fn visitor(&self) -> &Visitor {
        &self.visitor
    }
}

/// A caller of the school routes.
pub enum SchoolVisitor {
    /// Sees all schools of the studio.
    Photographer(Box<Photographer>),
    /// Sees the schools where they work, and there only what is assigned to them.
    Staff(Box<SchoolStaff>),
}

impl SchoolVisitor {
    /// Returns the id of the calling person; an `Idempotency-Key` is scoped to it.
    pub fn person_id(&self) -> &domain::ids::PersonId {
        match self {
            Self::Photographer(photographer) => photographer.person_id(),
            Self::Staff(staff) => staff.visitor.person_id(),
        }
    }

    /// Delegates to [`Visitor::fresh_second_factor`]; a program has no second factor.
    ///
    /// # Errors
    ///
    /// 403 `second_factor_needed` for a visitor, 403 `not_for_programs` for a program.
    pub fn fresh_second_factor(&self) -> Result<FreshSecondFactor<'_>, ApiError> {
        match self {
            Self::Photographer(photographer) => photographer.fresh_second_factor(),
            Self::Staff(staff) => staff.visitor.fresh_second_factor(),
        }
    }
}
