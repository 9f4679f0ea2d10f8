//! What site administrators do with people: look them up, disable and enable them, impersonate them.

use domain::audit::{Action, Scope};
use domain::email::EmailAddress;
use domain::ids::PersonId;
use domain::person::{Portal, StudioRole};
use domain::reason::Reason;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::warrant::Warrant;
use crate::http::error::ApiError;
use crate::http::response::Response;
use crate::operators::operator::Operator;
use crate::operators::step_up::FreshOperator;
use crate::people::persons::{self, Person, scope_of};
use crate::sign_in::acting;
use crate::store::audit;
use crate::store::change::{Committed, commit};
use crate::store::untrusted::Untrusted;

/// A person as site administrators see one.
#[derive(Serialize, ToSchema)]
pub struct PersonEntry {
    /// The id.
    id: String,
    /// The e-mail address.
    email: String,
    /// Whether the e-mail address is confirmed.
    is_verified: bool,
    /// Whether the person is disabled: no credential works.
    is_disabled: bool,
    /// Whether they have a second factor.
    has_second_factor: bool,
    /// The studios they work for.
    studios: Vec<MemberOf>,
    /// How many children's galleries they have requested or may see.
    children: usize,
    /// The portals that they may enter.
    portals: Vec<&'static str>,
}

/// A studio that the person works for.
#[derive(Serialize, ToSchema)]
pub struct MemberOf {
    /// The studio.
    id: String,
    /// `owner` or `staff`.
    role: &'static str,
}

impl Operator {
    /// Returns the person of an e-mail address. The audit log records the lookup, found or not.
    ///
    /// # Errors
    ///
    /// 404 for an unknown address.
    pub async fn look_up(&self, email: &EmailAddress) -> Result<PersonEntry, ApiError> {
        let id = persons::find_by_email(self.app, email).await?;
        let to = id.as_ref().map_or("nobody", |id| id.as_str()).to_owned();
        let event = self.caller.event(self.app, Scope::Platform, Action::PersonLookedUp, to);
        audit::record(self.app, &event).await?;
        let found = match &id {
            Some(id) => persons::find(self.app, id).await?,
            None => None,
        };
        self.entry(&found.ok_or(ApiError::NotFound)?).await
    }

    /// Returns the person of an id.
    ///
    /// # Errors
    ///
    /// 404 for an unknown id.
    pub async fn person(&self, id: &Untrusted<PersonId>) -> Result<PersonEntry, ApiError> {
        let person = self.found(id).await?;
        let did = Action::PersonOpened;
        let event = self.caller.event(self.app, scope_of(&person), did, person.id.as_str());
        audit::record(self.app, &event).await?;
        self.entry(&person).await
    }

    async fn found(&self, id: &Untrusted<PersonId>) -> Result<Person, ApiError> {
        persons::find(self.app, id.inner()).await?.ok_or(ApiError::NotFound)
    }

    async fn entry(&self, person: &Person) -> Result<PersonEntry, ApiError> {
        let studio = |member: &domain::person::Membership| MemberOf {
            id: member.studio.to_string(),
            role: match member.role {
                StudioRole::Owner => "owner",
                StudioRole::Staff => "staff",
            },
        };
        let portals = Portal::ALL.into_iter().filter(|portal| person.may_enter(*portal));
        Ok(PersonEntry {
            id: person.id.to_string(),
            email: person.email(self.app).await?.as_str().to_owned(),
            is_verified: person.is_verified,
            is_disabled: person.is_disabled,
            has_second_factor: person.factors.has_any(),
            studios: person.memberships.iter().map(studio).collect(),
            children: person.grants.len(),
            portals: portals.map(Portal::name).collect(),
        })
    }
}

/// Disables or enables a person. Disabling stops their sessions, programs' tokens, guest tokens and links at the next
/// request.
///
/// The proof of a fresh second factor is a parameter, so no handler can call this without one.
///
/// # Errors
///
/// 404 for an unknown id; 409 `already_so`, or `wrong_state` when the account changed in parallel.
pub async fn set_disabled(
    fresh: FreshOperator<'_>,
    id: &Untrusted<PersonId>,
    is_disabled: bool,
    reason: &Reason,
) -> Result<(), ApiError> {
    let operator = fresh.operator();
    let app = operator.app;
    let person = operator.found(id).await?;
    if person.is_disabled == is_disabled {
        return Err(ApiError::Conflict("already_so"));
    }
    let did = if is_disabled { Action::PersonDisabled } else { Action::PersonEnabled };
    let mut event = operator.caller.event(app, scope_of(&person), did, person.id.as_str());
    event.details = Some(reason.text());
    let changes = vec![
        persons::disabling::set_disabled(app, &person, is_disabled)?,
        audit::add(app, &event).await?,
    ];
    match commit(app, changes).await? {
        Committed::Yes => Ok(()),
        Committed::Refused(_) => Err(ApiError::Conflict("wrong_state")),
    }
}

/// Begins to impersonate a person at one portal.
///
/// Site administrators are not stored as people, so none of them can be impersonated. The proof of a fresh second
/// factor is a parameter, so no handler can call this without one.
///
/// # Errors
///
/// 404 for an unknown id; 409 `not_at_this_portal`.
pub async fn act_as(
    fresh: FreshOperator<'_>,
    id: &Untrusted<PersonId>,
    portal: Portal,
    reason: &Reason,
) -> Result<Response, ApiError> {
    let operator = fresh.operator();
    let person = operator.found(id).await?;
    let warrant =
        Warrant::Site { operator: operator.stored.id.clone(), epoch: operator.stored.epoch };
    acting::start(operator.app, &operator.caller, warrant, person, portal, reason).await
}
