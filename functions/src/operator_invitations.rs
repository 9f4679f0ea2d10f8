//! Invites a site administrator: the first one, or one who has lost all sign-in factors.
//!
//! The function has no URL. A person with the right to invoke it gets a link and passes it on by a channel they
//! trust: `aws lambda invoke --function-name … --payload '{"email":"ann@example.org"}' answer.json`.

use domain::email::EmailAddress;
use platform::operators::{self, Invited};
use platform::{ApiError, App};
use serde::Deserialize;

/// The person to invite.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// The e-mail address they will sign in with.
    email: String,
}

/// Handles a direct invocation.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, asked: Invitation) -> Result<Invited, ApiError> {
    let email = EmailAddress::parse(&asked.email)
        .map_err(|_| ApiError::Invalid { code: "bad_email", field: "email" })?;
    operators::invite(app, &email).await
}
