//! Every address nobody knows: even a 404 carries our headers.

use platform::{ApiError, App, Request, Response};

/// Everything that no other function answers.
///
/// # Errors
///
/// Always [`ApiError::NotFound`].
pub async fn handle(_app: &'static App, _request: Request) -> Result<Response, ApiError> {
    Err(ApiError::NotFound)
}
