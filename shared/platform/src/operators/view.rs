//! What site administrators are told of themselves and of their session.

use serde::Serialize;
use utoipa::ToSchema;

use super::session::Opened;
use crate::base::app::App;
use crate::http::error::ApiError;
use crate::operators::operator::Operator;
use crate::sign_in::csrf;
use crate::wire::time::rfc3339;

/// The answer to a sign-in or a step-up; the cookie is set.
#[derive(Serialize, ToSchema)]
pub struct OperatorSignedIn {
    /// `signed_in`.
    status: &'static str,
    /// What writes carry in `X-CSRF-Token`.
    csrf_token: String,
}

impl OperatorSignedIn {
    pub(super) fn new(app: &App, opened: &Opened) -> Self {
        Self { status: "signed_in", csrf_token: opened.csrf_token(app) }
    }
}

/// The answer to an enrolment; the cookie is set.
#[derive(Serialize, ToSchema)]
pub struct Enrolled {
    #[serde(flatten)]
    pub(super) session: OperatorSignedIn,
    /// Ten codes for the day the app is lost, as they are printed: shown this once.
    pub(super) recovery_codes: Vec<String>,
}

/// Who is signed in at the site administrators' door.
#[derive(Serialize, ToSchema)]
pub struct OperatorSession {
    /// The site administrator's id.
    id: String,
    /// Their address.
    email: String,
    /// What writes carry in `X-CSRF-Token`.
    csrf_token: String,
    /// When the session is over in any case.
    expires_at: String,
    /// How many recovery codes are left of ten.
    recovery_codes_left: usize,
}

impl Operator {
    /// Who is signed in.
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
