//! Views that site administrators have of their own account and session.

use serde::Serialize;
use utoipa::ToSchema;

use super::session::Opened;
use crate::base::app::App;
use crate::http::error::ApiError;
use crate::operators::operator::Operator;
use crate::sign_in::csrf;
use crate::wire::time::rfc3339;

/// The response to a sign-in or a step-up; the cookie is set.
#[derive(Serialize, ToSchema)]
pub struct OperatorSignedIn {
    /// Always `signed_in`.
    status: &'static str,
    /// The CSRF token that writes carry in `X-CSRF-Token`.
    csrf_token: String,
}

impl OperatorSignedIn {
    pub(super) fn new(app: &App, opened: &Opened) -> Self {
        Self { status: "signed_in", csrf_token: opened.csrf_token(app) }
    }
}

/// The response to an enrolment; the cookie is set.
#[derive(Serialize, ToSchema)]
pub struct Enrolled {
    #[serde(flatten)]
    pub(super) session: OperatorSignedIn,
    /// Ten recovery codes in printed form, for the case that the app is lost; shown only once.
    pub(super) recovery_codes: Vec<String>,
}

/// The signed-in site administrator.
#[derive(Serialize, ToSchema)]
pub struct OperatorSession {
    /// The site administrator's id.
    id: String,
    /// Their e-mail address.
    email: String,
    /// The CSRF token that writes carry in `X-CSRF-Token`.
    csrf_token: String,
    /// The absolute expiry of the session.
    expires_at: String,
    /// How many of the ten recovery codes are left.
    recovery_codes_left: usize,
}

impl Operator {
    /// Returns the signed-in site administrator and the session.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn view(&self) -> Result<OperatorSession, ApiError> {
        Ok(OperatorSession {
            id: self.stored.id.to_string(),
            email: self.stored.email(self.app).await?.as_str().to_owned(),
            csrf_token: csrf::token(self.app, &self.session.csrf),
            expires_at: rfc3339(self.session.ends),
            recovery_codes_left: self.stored.recovery_codes_left(),
        })
    }
}
