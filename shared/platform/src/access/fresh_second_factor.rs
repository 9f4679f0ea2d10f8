//! The proof that a second factor was shown in the last ten minutes.

use domain::second_factor::FRESH_SECONDS;
use domain::session::Assurance;

use crate::access::photographer::{By, Photographer};
use crate::access::visitor::Visitor;
use crate::http::error::ApiError;

/// Somebody who has shown a second factor in the last ten minutes.
///
/// Only [`Visitor::fresh_second_factor`] makes one. What is destructive takes it by value, so that a handler
/// that does not ask for it does not compile.
pub struct FreshSecondFactor<'a> {
    visitor: &'a Visitor,
}

impl<'a> FreshSecondFactor<'a> {
    /// Who it is.
    pub fn visitor(&self) -> &'a Visitor {
        self.visitor
    }
}

impl Photographer {
    /// As [`Visitor::fresh_second_factor`]; a program has none.
    ///
    /// # Errors
    ///
    /// 403 `second_factor_needed`.
    pub fn fresh_second_factor(&self) -> Result<FreshSecondFactor<'_>, ApiError> {
        match &self.by {
            By::Visitor(visitor) => visitor.fresh_second_factor(),
            By::Program(_) => Err(ApiError::Forbidden("not_for_programs")),
        }
    }
}

impl Visitor {
    /// The proof that a second factor was shown lately.
    ///
    /// # Errors
    ///
    /// 403 `second_factor_needed`: the page asks for it, and tries again.
    pub fn fresh_second_factor(&self) -> Result<FreshSecondFactor<'_>, ApiError> {
        let age = self.app.now().as_second().saturating_sub(self.session.proved_at);
        if self.session.assurance < Assurance::Aal2 || age >= FRESH_SECONDS {
            return Err(ApiError::Forbidden("second_factor_needed"));
        }
        Ok(FreshSecondFactor { visitor: self })
    }
}
