//! Signing a studio up straight from the request, without the check for other sites.

use domain::email::EmailAddress;
use domain::password::Password;
use domain::text::Line;
use platform::{ApiError, App, Request, sign_in};

async fn attack(
    app: &'static App,
    request: Request,
    name: Line,
    email: EmailAddress,
    password: Password,
) -> Result<(), ApiError> {
    sign_in::sign_up(app, &request, name, &email, password).await
}

fn main() {}
