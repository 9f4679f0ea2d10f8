//! Attempt: remove the signed-in person's authenticator app without the proof.

use platform::sign_in;
use platform::sign_in::second_factor;
use platform::{ApiError, App, Request, Response};

pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::anyone(app, &request).await?;
    second_factor::remove_totp(&visitor).await
}

fn main() {}
