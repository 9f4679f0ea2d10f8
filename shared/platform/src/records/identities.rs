//! Links between a district's people and persons here: found by tenant and subject, never by e-mail address.

use domain::audit::{Action, Scope};
use domain::identity_provider::Known;
use domain::ids::PersonId;

use crate::base::app::App;
use crate::http::caller::Caller;
use crate::people::persons::{self, Person};
use crate::records::identity_providers::IdentityProvider;
use crate::store::audit;
use crate::store::change::{Change, commit};
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::keys::{self, Key};

/// Returns the person for a provider's identity, and creates the person at the first sign-in.
///
/// The person has no password and no mailed link, and no e-mail address leads to them: they can sign in only through
/// this provider. Another person with the same e-mail address stays separate.
pub(crate) async fn person_of(
    app: &App,
    caller: &Caller,
    provider: &IdentityProvider,
    known: &Known,
) -> Result<Person, StoreError> {
    let key = key(app, provider, &known.subject).await?;
    let mut found = find(app, &key).await?;
    if found.is_none() {
        let (person, _, mut changes) =
            persons::create_without_address(app, &known.email, None).await?;
        let scope = Scope::Studio(provider.studio.clone());
        let event = caller.event(app, scope, Action::IdentityLinked, person.as_str());
        changes.push(link(app, &key, &person)?);
        changes.push(audit::add(app, &event).await?);
        // Refused: another sign-in of the same person created them first.
        commit(app, changes).await?;
        found = find(app, &key).await?;
    }
    let person = found.ok_or(StoreError::Corrupt("identity"))?;
    persons::find(app, &person).await?.ok_or(StoreError::Corrupt("identity"))
}

/// Builds the change that links an identity to a person.
pub(crate) fn link(app: &App, key: &Key, person: &PersonId) -> Result<Change, StoreError> {
    Change::create(app.records()?, Item::at(key).with_text("person", person.as_str()))
}

/// Returns the person linked to a key.
pub(crate) async fn find(app: &App, key: &Key) -> Result<Option<PersonId>, StoreError> {
    let Some(row) = app.records()?.get(key).await? else {
        return Ok(None);
    };
    let person = row.text("person").and_then(|id| PersonId::parse(&id).ok());
    person.map(Some).ok_or(StoreError::Corrupt("identity"))
}

/// Derives the key of an identity from district, tenant and subject.
///
/// The district is part of it: another district's provider with the same tenant reaches no person of this district.
pub(crate) async fn key(
    app: &App,
    provider: &IdentityProvider,
    subject: &str,
) -> Result<Key, StoreError> {
    let tenant = serde_json::to_vec(&provider.settings.tenant);
    let tenant = tenant.map_err(|_| StoreError::Corrupt("tenant"))?;
    let parts = [provider.district.as_str().as_bytes(), &tenant, subject.as_bytes()];
    let digest = app.ring().await?.digest("identity", &parts);
    Ok(keys::identity(&data_encoding::HEXLOWER.encode(&digest)))
}
