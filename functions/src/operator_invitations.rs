//! Invites a site administrator: the first one, and whoever has lost everything.
//!
//! It has no address on the web. Whoever has the right to invoke it gets a link, and hands it over by a way they
//! trust: `aws lambda invoke --function-name … --payload '{"email":"ann@example.org"}' answer.json`.

use domain::email::EmailAddress;
use platform::operators::{self, Invited};
use platform::{ApiError, App};
use serde::Deserialize;

/// Who is invited.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// The address they will sign in with.
    email: String,
}

/// A direct invocation.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, asked: Invitation) -> Result<Invited, ApiError> {
    let email = EmailAddress::parse(&asked.email)
        .map_err(|_| ApiError::Invalid { code: "bad_email", field: "email" })?;
    operators::invite(app, &email).await
}
