//! The code that a site administrator shows besides the password: from the app, or a printed one.

use domain::second_factor::{RecoveryCode, TotpCode};
use domain::session::Proof;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::base::app::App;
use crate::base::crypto::totp;
use crate::http::error::ApiError;
use crate::people::operators::{StoredOperator, use_step};
use crate::store::change::Edit;

/// A code.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum ShownCode {
    /// Six digits of the authenticator app.
    Totp {
        /// The digits.
        code: String,
    },
    /// One of the ten printed recovery codes. It is used up.
    RecoveryCode {
        /// The code.
        code: String,
    },
}

/// Returns the proof of a valid code, and `edit` with the change that uses it up.
///
/// `None` for every invalid code: wrong, used or malformed.
pub(super) async fn check(
    app: &App,
    operator: &StoredOperator,
    shown: &ShownCode,
    edit: Edit,
) -> Result<Option<(Proof, Edit)>, ApiError> {
    match shown {
        ShownCode::Totp { code } => {
            let Ok(code) = TotpCode::parse(code) else {
                return Ok(None);
            };
            let secret = operator.totp(app).await?;
            let step = totp::matched_step(secret, &code, app.now().as_second());
            Ok(step.map(|step| (Proof::Totp, use_step(edit, step))))
        }
        ShownCode::RecoveryCode { code } => {
            let Ok(code) = RecoveryCode::parse(code) else {
                return Ok(None);
            };
            let edit = operator.use_recovery_code(app, edit, &code).await?;
            Ok(edit.map(|edit| (Proof::RecoveryCode, edit)))
        }
    }
}
