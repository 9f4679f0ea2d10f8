//! The response to a successful sign-in.

use serde::Serialize;

/// The response to a successful sign-in.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SignedIn {
    /// Always `signed_in`.
    pub(super) status: &'static str,
    /// The CSRF token that writes carry in `X-CSRF-Token`.
    pub(super) csrf_token: String,
    /// The person who signed in.
    pub(super) person: PersonView,
}

/// A person's own view of themselves.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PersonView {
    /// The id.
    pub id: String,
    /// The e-mail address.
    pub email: String,
}
