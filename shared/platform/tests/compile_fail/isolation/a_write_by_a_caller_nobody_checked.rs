//! Attempt: sign up a studio from a request without the cross-site check.

use domain::email::EmailAddress;
use platform::{ApiError, App, Request, sign_in};

async fn attack(app: &'static App, request: Request, email: EmailAddress) -> Result<(), ApiError> {
    sign_in::sign_up(app, &request, &email).await
}

fn main() {}
