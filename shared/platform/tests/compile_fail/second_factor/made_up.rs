//! Attempt: construct the proof in the handler.

use platform::sign_in;
use platform::sign_in::{FreshSecondFactor, second_factor};
use platform::{ApiError, App, Request, Response};

pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    second_factor::remove_totp(FreshSecondFactor { visitor: &visitor }).await
}

fn main() {}
