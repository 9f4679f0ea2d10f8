//! A photographer's account: sign-up and the confirmation of the address.

use domain::audit::{Action, Scope};
use domain::email::EmailAddress;
use domain::ids::StudioId;
use domain::password::Password;
use domain::person::{Membership, StudioRole};
use domain::studio::Studio;
use domain::text::Line;

use crate::app::App;
use crate::breached;
use crate::crypto::password_hash;
use crate::http::error::ApiError;
use crate::mail::Mail;
use crate::scope::Caller;
use crate::sign_in::{scope_of, session};
use crate::table::tokens::{self, Purpose};
use crate::table::{Change, Committed, audit, commit, people, student_keys, studios};

/// The zone of schools that name none, until the studio says otherwise.
const FIRST_TIME_ZONE: &str = "America/Denver";

/// Signs a studio up and mails the link that confirms the address. For an address that is known already
/// the answer and the work are the same, and the mail says so.
///
/// # Errors
///
/// When the store or the queue fails.
pub async fn sign_up(
    app: &'static App,
    caller: &Caller,
    studio_name: Line,
    email: &EmailAddress,
    password: Password,
) -> Result<(), ApiError> {
    breached::refuse(app, caller, &password, "password").await?;
    let password = password_hash::keep(app, password).await?;
    if let Some(known) = people::find_by_email(app, email).await? {
        return greet_again(app, known).await;
    }
    let studio = Studio {
        id: StudioId::from_random(app.random()),
        name: studio_name,
        time_zone: FIRST_TIME_ZONE.to_owned(),
    };
    let (person, mut changes) = people::create(app, email, Some(&password)).await?;
    let (_, studio_key) = student_keys::new_of_studio(app, &studio.id).await?;
    let (token, token_change) = tokens::issue(app, Purpose::VerifyEmail, &person).await?;
    let membership = Membership { studio: studio.id.clone(), role: StudioRole::Owner };
    let scope = Scope::Studio(studio.id.clone());
    let event = caller.event(app, scope, Action::StudioCreated, studio.id.as_str());
    let records = app.records()?;
    changes.extend([
        Change::create(records, people::membership_item(&person, &membership))?,
        Change::create(records, studios::item(&studio))?,
        studios::list(app, &studio, &person)?,
        studio_key,
        token_change,
        audit::add(app, &event).await?,
    ]);
    match commit(app, changes).await? {
        Committed::Yes => Mail::ConfirmAddress { person, token }.send(app).await,
        // Somebody with the same address was quicker; they got the mail.
        Committed::Refused(_) => Ok(()),
    }
}

/// A known address: confirmed ones are told that they have an account, others get a new link.
async fn greet_again(app: &App, id: domain::ids::PersonId) -> Result<(), ApiError> {
    let person = session::person_or_refuse(app, &id).await?;
    if person.is_verified {
        return Mail::AccountExists { person: id }.send(app).await;
    }
    let (token, change) = tokens::issue(app, Purpose::VerifyEmail, &id).await?;
    commit(app, vec![change]).await?;
    Mail::ConfirmAddress { person: id, token }.send(app).await
}

/// Confirms an address by the mailed token.
///
/// # Errors
///
/// 409 `link_used_or_expired` for a token that is not good any more, or never was.
pub async fn confirm_address(
    app: &'static App,
    caller: &Caller,
    token: &str,
) -> Result<(), ApiError> {
    let spent = || ApiError::Conflict("link_used_or_expired");
    let token = tokens::find(app, &[Purpose::VerifyEmail], token).await?.ok_or_else(spent)?;
    let person = session::person_or_refuse(app, &token.person).await?;
    let event = caller.event(app, scope_of(&person), Action::EmailVerified, person.id.as_str());
    let changes = vec![
        tokens::consume(app, &token)?,
        people::verify(app, &person.id)?,
        audit::add(app, &event).await?,
    ];
    match commit(app, changes).await? {
        Committed::Yes => Ok(()),
        Committed::Refused(_) => Err(spent()),
    }
}
