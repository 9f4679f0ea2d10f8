//! Answers every unknown URL, so that even a 404 carries our headers.

use std::future::{Ready, ready};

use platform::{ApiError, App, Request, Response};

/// Answers all requests that no other function serves.
///
/// # Errors
///
/// Always [`ApiError::NotFound`].
pub fn handle(_app: &'static App, _request: Request) -> Ready<Result<Response, ApiError>> {
    ready(Err(ApiError::NotFound))
}
