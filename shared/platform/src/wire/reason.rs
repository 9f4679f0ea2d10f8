//! The reason an administrator enters for an action.

use domain::reason::{Reason, Why};

use crate::http::error::ApiError;

/// Parses a reason with its case number.
///
/// # Errors
///
/// 422 `bad_case` for a case number in a wrong format.
pub fn reason(why: Why, case: Option<&str>) -> Result<Reason, ApiError> {
    Reason::new(why, case).map_err(|_| ApiError::Invalid { code: "bad_case", field: "case" })
}
