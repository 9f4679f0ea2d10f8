//! A person's second factors: what they have, adding one, proving one, taking one away.

pub(crate) mod ceremony;
mod passkey;
mod recovery;
mod totp;

use domain::audit::{Action, Outcome};
use domain::second_factor::{FRESH_SECONDS, Method, NotOffered, may_set_up};
use domain::session::Proof;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use ceremony::{MadePasskey, PasskeyOptions};
pub(super) use passkey::options_of;
pub use passkey::{
    PasskeySignIn, begin_passkey, finish_passkey, options_of_anybody, remove_passkey,
    sign_in_by_passkey,
};
pub use recovery::{RecoveryCodes, new_recovery_codes};
pub(crate) use totp::modules;
pub use totp::{TotpSecret, begin_totp, confirm_totp, remove_totp};
pub(super) use totp::{begin_for, changes_of_first};

use crate::app::App;
use crate::http::error::ApiError;
use crate::http::response::json;
use crate::limits::tries::{self, Door, Reserved, Standing};
use crate::mail::Told;
use crate::scope::Caller;
use crate::sign_in::{Visitor, scope_of, session};
use crate::start::Response;
use crate::table::people::{self, Person};
use crate::table::{Change, audit, second_factors};
use crate::wire::time::rfc3339;
use http::StatusCode;

/// What somebody shows as a second factor.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum ShownFactor {
    /// Six digits of an app.
    Totp {
        /// The digits.
        code: String,
    },
    /// One of the ten codes on paper. It is used up.
    RecoveryCode {
        /// The code.
        code: String,
    },
    /// A passkey.
    Passkey {
        /// The name that came with the options.
        ceremony: String,
        /// What the browser answered, as `PublicKeyCredential.toJSON()` writes it.
        #[schema(value_type = Object)]
        credential: serde_json::Value,
    },
}

impl ShownFactor {
    const fn method(&self) -> Method {
        match self {
            Self::Totp { .. } => Method::Totp,
            Self::RecoveryCode { .. } => Method::RecoveryCode,
            Self::Passkey { .. } => Method::Passkey,
        }
    }
}

/// A second factor that was right, and what is written together with what it opens: only then it counts,
/// and only once.
pub(super) struct Proved {
    pub(super) proof: Proof,
    pub(super) changes: Vec<Change>,
    /// The try that it was, of what is counted.
    counted: Option<Reserved>,
}

impl Proved {
    pub(super) const fn new(proof: Proof, changes: Vec<Change>) -> Self {
        Self { proof, changes, counted: None }
    }

    /// What is left to do when it has opened something, or another was first with it.
    pub(super) async fn into_outcome(self, app: &App, has_opened: bool) -> Result<(), ApiError> {
        match self.counted {
            Some(counted) if has_opened => Ok(counted.right(app).await?),
            Some(counted) => Ok(counted.wrong(app).await?),
            None => Ok(()),
        }
    }
}

/// One answer for every code that does not count: wrong, used, of somebody else.
pub(crate) const fn wrong_code() -> ApiError {
    ApiError::Invalid { code: "wrong_code", field: "code" }
}

/// One answer for every passkey that does not count.
pub(crate) const fn wrong_passkey() -> ApiError {
    ApiError::Invalid { code: "wrong_passkey", field: "credential" }
}

/// Checks what a person shows. Codes are counted before they are looked at, by what was proven before: ten in an hour.
pub(super) async fn check(
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
        // A device's signature is not guessed.
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

/// A person's second factors, as they see them.
#[derive(Serialize, ToSchema)]
pub struct SecondFactors {
    /// The authenticator app.
    totp: Option<AddedTotp>,
    /// The passkeys, the oldest first.
    passkeys: Vec<AddedPasskey>,
    /// How many recovery codes are left of ten.
    recovery_codes_left: usize,
    /// How the person can prove a second factor now: `passkey`, `totp`, `recovery_code`.
    #[schema(value_type = Vec<String>)]
    methods: Vec<Method>,
}

/// An authenticator app that shares a secret with us.
#[derive(Serialize, ToSchema)]
struct AddedTotp {
    /// Since when.
    added_at: String,
}

/// A passkey.
#[derive(Serialize, ToSchema)]
struct AddedPasskey {
    /// The id.
    id: String,
    /// What the person calls it.
    name: String,
    /// Since when.
    added_at: String,
    /// When it was last used.
    last_used_at: Option<String>,
}

impl Visitor {
    /// The second factors of whoever is signed in.
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

    /// Whether a second factor may be added now. Who has one shows it first; who has none has signed in
    /// lately: a browser left open on a desk is not enough to make the account somebody else's.
    fn may_add_factor(&self) -> Result<(), ApiError> {
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

/// The answer when a second factor was added.
#[derive(Serialize, ToSchema)]
pub struct FactorAdded {
    /// What writes carry in `X-CSRF-Token` from now on.
    csrf_token: String,
    /// Ten codes for the day the factor is lost: shown this once. Absent when the person has some already.
    recovery_codes: Option<Vec<String>>,
}

/// Writes that a factor was added: all other sessions end, this one goes on under a new id and with the
/// assurance that was just shown, and its person is told by mail.
async fn added(
    visitor: &Visitor,
    method: Method,
    proof: Proof,
    mut changes: Vec<Change>,
) -> Result<Response, ApiError> {
    let (app, person) = (visitor.app, &visitor.person);
    let mut recovery_codes = None;
    if !person.factors.has_any() {
        let (codes, change) = second_factors::fresh_recovery_codes(app, &person.id).await?;
        recovery_codes = Some(recovery::grouped(&codes));
        changes.push(change);
    }
    changes
        .push(factor_event(app, &visitor.caller, person, Action::SecondFactorAdded, method).await?);
    let now = app.now().as_second();
    let replaced = replace_after(visitor, (proof, now), changes).await?;
    let answer = FactorAdded { csrf_token: replaced.csrf_token(app), recovery_codes };
    let mut response = json(StatusCode::CREATED, &answer)?;
    replaced.set_cookie(&mut response);
    let portal = visitor.session.portal;
    Told::SecondFactorAdded { person: person.id.clone(), method, portal }.send(app).await?;
    Ok(response)
}

/// Writes that a factor was taken away, in the same way.
async fn removed(
    visitor: &Visitor,
    method: Method,
    is_last: bool,
    mut changes: Vec<Change>,
) -> Result<Response, ApiError> {
    let (app, person) = (visitor.app, &visitor.person);
    if is_last {
        // Codes that stand in for nothing open nothing.
        changes.push(second_factors::end_recovery_codes(app, &person.id)?);
    }
    let event = factor_event(app, &visitor.caller, person, Action::SecondFactorRemoved, method);
    changes.push(event.await?);
    // What was shown before was shown then: taking a factor away makes it no fresher.
    let shown = (visitor.session.proof, visitor.session.proved_at);
    let replaced = replace_after(visitor, shown, changes).await?;
    let mut response = crate::http::response::no_content();
    replaced.set_cookie(&mut response);
    let portal = visitor.session.portal;
    Told::SecondFactorRemoved { person: person.id.clone(), method, portal }.send(app).await?;
    Ok(response)
}

pub(super) async fn factor_event(
    app: &App,
    caller: &Caller,
    person: &Person,
    did: Action,
    method: Method,
) -> Result<Change, ApiError> {
    let mut event = caller.event(app, scope_of(person), did, person.id.as_str());
    event.details = Some(method.name().to_owned());
    Ok(audit::add(app, &event).await?)
}

/// Commits `changes`, ends every session of the person, and puts a new one in the place of this one.
async fn replace_after(
    visitor: &Visitor,
    shown: (Proof, i64),
    mut changes: Vec<Change>,
) -> Result<session::Replaced, ApiError> {
    changes.push(people::end_older_sessions(visitor.app, &visitor.person)?);
    let epoch = visitor.person.epoch.saturating_add(1);
    session::replace(visitor, epoch, shown, changes).await
}
