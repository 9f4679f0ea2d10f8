//! Why an administrator does something, as it is typed.

use domain::reason::{Reason, Why};

use crate::http::error::ApiError;

/// Reads a reason and the number of its case.
///
/// # Errors
///
/// 422 `bad_case` for a number of another form.
pub fn reason(why: Why, case: Option<&str>) -> Result<Reason, ApiError> {
    Reason::new(why, case).map_err(|_| ApiError::Invalid { code: "bad_case", field: "case" })
}
