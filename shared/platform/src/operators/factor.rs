//! What a site administrator shows beside the password: a code of the app, or one from paper.

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
    /// Six digits of the app.
    Totp {
        /// The digits.
        code: String,
    },
    /// One of the ten codes on paper. It is used up.
    RecoveryCode {
        /// The code.
        code: String,
    },
}

/// The proof of a code that is right, and `edit` with what uses it up. `None` for every code that does not
/// count: wrong, used, of no such form.
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
