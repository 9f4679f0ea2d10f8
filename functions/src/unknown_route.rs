//! Every address nobody knows: even a 404 carries our headers.

use std::future::{Ready, ready};

use platform::{ApiError, App, Request, Response};

/// Everything that no other function answers.
///
/// # Errors
///
/// Always [`ApiError::NotFound`].
pub fn handle(_app: &'static App, _request: Request) -> Ready<Result<Response, ApiError>> {
    ready(Err(ApiError::NotFound))
}
