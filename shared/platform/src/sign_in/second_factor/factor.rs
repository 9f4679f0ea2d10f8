//! The common part of every kind of second factor: checking, listing, and the permission to add one.

use super::{passkey, recovery, totp};
use crate::sign_in::second_factor::proved::Proved;
use domain::audit::{Action, Outcome};
use domain::second_factor::{FRESH_SECONDS, Method, NotOffered, may_set_up};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::visitor::Visitor;
use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::limits::tries::{self, Door, Standing};
use crate::people::persons::{Person, scope_of};
use crate::store::audit;
use crate::wire::time::rfc3339;

/// A second factor that a person shows.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum ShownFactor {
    /// Six digits of an authenticator app.
    Totp {
        /// The digits.
        code: String,
    },
    /// One of the ten printed recovery codes. It is used up.
    RecoveryCode {
        /// The code.
        code: String,
    },
    /// A passkey.
    Passkey {
        /// The ceremony name that came with the options.
        ceremony: String,
        /// The browser's response, as `PublicKeyCredential.toJSON()` writes it.
        #[schema(value_type = Object)]
        credential: serde_json::Value,
    },
}

impl ShownFactor {
    pub(in crate::sign_in) const fn method(&self) -> Method {
        match self {
            Self::Totp { .. } => Method::Totp,
            Self::RecoveryCode { .. } => Method::RecoveryCode,
            Self::Passkey { .. } => Method::Passkey,
        }
    }
}

/// Checks a second factor.
///
/// Codes are counted before they are verified, by what the caller has proven before: ten in an hour.
pub(in crate::sign_in) async fn check(
    app: &App,
    caller: &Caller,
    person: &Person,
    (shown, did): (&ShownFactor, Action),
    standing: &Standing<'_>,
) -> Result<Proved, ApiError> {
    let counted = match shown {
        ShownFactor::Totp { .. } | ShownFactor::RecoveryCode { .. } => {
            Some(tries::reserve_or_refuse(app, Door::SECOND_FACTOR, standing).await?)
        }
        // A signature cannot be guessed.
        ShownFactor::Passkey { .. } => None,
    };
    let checked = match shown {
        ShownFactor::Totp { code } => totp::check(app, person, code).await,
        ShownFactor::RecoveryCode { code } => recovery::check(app, caller, person, code).await,
        ShownFactor::Passkey { ceremony, credential } => {
            passkey::check(app, person, ceremony, credential).await
        }
    };
    match checked {
        Ok(proved) => Ok(Proved { counted, ..proved }),
        Err(error) => {
            let mut event = caller.event(app, scope_of(person), did, person.id.as_str());
            event.outcome = Outcome::Refused;
            event.details = Some(shown.method().name().to_owned());
            audit::record(app, &event).await?;
            if let Some(counted) = counted {
                counted.wrong(app).await?;
            }
            Err(error)
        }
    }
}

/// A person's own second factors.
#[derive(Serialize, ToSchema)]
pub struct SecondFactors {
    /// The authenticator app.
    totp: Option<AddedTotp>,
    /// The passkeys, oldest first.
    passkeys: Vec<AddedPasskey>,
    /// How many of the ten recovery codes are left.
    recovery_codes_left: usize,
    /// The methods the person can use now: `passkey`, `totp`, `recovery_code`.
    #[schema(value_type = Vec<String>)]
    methods: Vec<Method>,
}

/// An enrolled authenticator app.
#[derive(Serialize, ToSchema)]
pub(in crate::sign_in) struct AddedTotp {
    /// When it was added.
    added_at: String,
}

/// A passkey.
#[derive(Serialize, ToSchema)]
pub(in crate::sign_in) struct AddedPasskey {
    /// The id.
    id: String,
    /// The name that the person gave it.
    name: String,
    /// When it was added.
    added_at: String,
    /// When it was last used.
    last_used_at: Option<String>,
}

impl Visitor {
    /// Returns the second factors of the signed-in person.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn second_factors(&self) -> Result<SecondFactors, ApiError> {
        let (app, person) = (self.app, &self.person);
        let mut passkeys = Vec::with_capacity(person.factors.passkeys.len());
        let mut stored: Vec<_> = person.factors.passkeys.iter().collect();
        stored.sort_by_key(|passkey| passkey.added);
        for passkey in stored {
            passkeys.push(AddedPasskey {
                id: passkey.id.to_string(),
                name: passkey.name(app, &person.id).await?,
                added_at: rfc3339(passkey.added),
                last_used_at: passkey.last_used.map(rfc3339),
            });
        }
        let totp = person.factors.totp.as_ref();
        Ok(SecondFactors {
            totp: totp.map(|totp| AddedTotp { added_at: rfc3339(totp.added) }),
            passkeys,
            recovery_codes_left: person.factors.recovery_codes_left(),
            methods: person.factors.methods(),
        })
    }

    /// Checks whether a second factor may be added now.
    ///
    /// A person with a second factor must show it first. A person without one must have signed in recently, because an
    /// unattended browser must not be enough to take over the account.
    pub(in crate::sign_in) fn may_add_factor(&self) -> Result<(), ApiError> {
        match may_set_up(self.session.proof, self.session.portal) {
            Ok(()) => {}
            Err(NotOffered::ToParents) => {
                return Err(ApiError::Forbidden("second_factor_not_offered"));
            }
            Err(NotOffered::ToFederatedStaff) => {
                return Err(ApiError::Forbidden("second_factor_of_district"));
            }
        }
        let age = self.app.now().as_second().saturating_sub(self.session.proved_at);
        let is_fresh = age < FRESH_SECONDS;
        if self.person.factors.has_any() {
            self.fresh_second_factor().map(|_| ())
        } else if is_fresh {
            Ok(())
        } else {
            Err(ApiError::Forbidden("sign_in_again"))
        }
    }
}
