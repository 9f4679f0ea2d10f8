//! The answer to a sign-in.

use serde::Serialize;

/// The answer to a sign-in.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SignedIn {
    /// `signed_in`.
    pub(super) status: &'static str,
    /// What writes carry in `X-CSRF-Token`.
    pub(super) csrf_token: String,
    /// Who signed in.
    pub(super) person: PersonView,
}

/// A person as they see themselves.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PersonView {
    /// The id.
    pub id: String,
    /// The address.
    pub email: String,
}
