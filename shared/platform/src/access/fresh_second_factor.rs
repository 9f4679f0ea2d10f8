//! Proof that the user passed a second factor in the last ten minutes.

use domain::second_factor::FRESH_SECONDS;
use domain::session::Assurance;

use crate::access::photographer::{By, Photographer};
use crate::access::visitor::Visitor;
use crate::http::error::ApiError;

/// Proof that the visitor passed a second factor in the last ten minutes.
///
/// Only [`Visitor::fresh_second_factor`] creates one. Destructive operations take it by value, so a handler that does
/// not check for it does not compile.
pub struct FreshSecondFactor<'a> {
    visitor: &'a Visitor,
}

impl<'a> FreshSecondFactor<'a> {
    /// Returns the visitor who passed the second factor.
    pub fn visitor(&self) -> &'a Visitor {
        self.visitor
    }
}

impl Photographer {
    /// Delegates to [`Visitor::fresh_second_factor`]; a program has no second factor.
    ///
    /// # Errors
    ///
    /// 403 `second_factor_needed` for a visitor, 403 `not_for_programs` for a program.
    pub fn fresh_second_factor(&self) -> Result<FreshSecondFactor<'_>, ApiError> {
        match &self.by {
            By::Visitor(visitor) => visitor.fresh_second_factor(),
            By::Program(_) => Err(ApiError::Forbidden("not_for_programs")),
        }
    }
}

impl Visitor {
    /// Returns the proof that the visitor passed a second factor recently.
    ///
    /// # Errors
    ///
    /// 403 `second_factor_needed`: the page prompts for the second factor and retries.
    pub fn fresh_second_factor(&self) -> Result<FreshSecondFactor<'_>, ApiError> {
        let age = self.app.now().as_second().saturating_sub(self.session.proved_at);
        if self.session.assurance < Assurance::Aal2 || age >= FRESH_SECONDS {
            return Err(ApiError::Forbidden("second_factor_needed"));
        }
        Ok(FreshSecondFactor { visitor: self })
    }
}
