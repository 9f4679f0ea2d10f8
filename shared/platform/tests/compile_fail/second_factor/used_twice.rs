//! Attempt: use one proof for two operations.

use platform::sign_in;
use platform::sign_in::second_factor;
use platform::{ApiError, App, Request, Response};

pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    let fresh = visitor.fresh_second_factor()?;
    second_factor::new_recovery_codes(fresh).await?;
    second_factor::remove_totp(fresh).await
}

fn main() {}
