//! A person who works at schools, and the callers that a school's routes accept.

use crate::access::fresh_second_factor::FreshSecondFactor;
use crate::access::photographer::Photographer;
use crate::access::visitor::Visitor;
use crate::http::error::ApiError;

/// Somebody who is signed in at the school portal. The only way on to data is a school of theirs.
pub struct SchoolStaff {
    pub(crate) visitor: Visitor,
}

impl SchoolStaff {
    /// The person who is signed in.
    pub fn visitor(&self) -> &Visitor {
        &self.visitor
    }
}

/// Who comes for a school.
pub enum SchoolVisitor {
    /// Sees all of the studio's schools.
    Photographer(Box<Photographer>),
    /// Sees the schools where they work, and there what is assigned to them.
    Staff(Box<SchoolStaff>),
}

impl SchoolVisitor {
    /// Who asks, as an `Idempotency-Key` counts for one of them.
    pub fn person_id(&self) -> &domain::ids::PersonId {
        match self {
            Self::Photographer(photographer) => photographer.person_id(),
            Self::Staff(staff) => staff.visitor.person_id(),
        }
    }

    /// As [`Visitor::fresh_second_factor`]; a program has none.
    ///
    /// # Errors
    ///
    /// 403 `second_factor_needed`.
    pub fn fresh_second_factor(&self) -> Result<FreshSecondFactor<'_>, ApiError> {
        match self {
            Self::Photographer(photographer) => photographer.fresh_second_factor(),
            Self::Staff(staff) => staff.visitor.fresh_second_factor(),
        }
    }
}
