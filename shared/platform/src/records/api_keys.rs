//! API keys of programs: 256 random bits, stored as a keyed hash.
//!
//! A key belongs to a person, in one studio.

use crate::people::api_keys::StoredApiKey;
use std::collections::BTreeSet;

use data_encoding::BASE64URL_NOPAD;
use domain::api_key::{ApiKey, MOST_KEYS, Scope};
use domain::audit::Action;
use domain::ids::{ApiKeyId, PersonId};
use domain::text::Line;

use crate::access::photographer::Photographer;
use crate::base::app::App;
use crate::http::error::ApiError;
use crate::people::persons::{self, Person};
use crate::records::schools::Created;
use crate::store::change::{Change, Committed, commit};
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::untrusted::Untrusted;
use crate::store::{audit, keys, student_keys};

/// Prefix of a key, so that a secret scanner recognizes one in source code.
const PREFIX: &str = "pdk_";

/// An API key that a photographer requests.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// The photographer's name for the program.
    pub label: Line,
    /// Scopes that the key gets.
    pub scopes: BTreeSet<Scope>,
    /// Random bits of the key's id; a repeated request sends the same bits.
    pub bits: [u8; 16],
}

/// A key with its label and, directly after its creation, the secret.
pub struct LabelledKey {
    /// Public part of the key: id, studio, scopes and creation time.
    pub key: ApiKey,
    /// The photographer's name for the program.
    pub label: Line,
    /// The secret key; returned only once.
    pub secret: Option<String>,
}

fn label_place<'a>(person: &'a PersonId, key: &'a ApiKeyId) -> [&'a str; 4] {
    ["records", person.as_str(), key.as_str(), "label"]
}

/// Finds the person and key id of a secret.
///
/// The person's rows record whether the key is still valid.
pub(crate) async fn find(
    app: &App,
    secret: &str,
) -> Result<Option<(PersonId, ApiKeyId)>, StoreError> {
    let is_ours = secret.strip_prefix(PREFIX).is_some_and(|rest| rest.len() == 43);
    if !is_ours {
        return Ok(None);
    }
    let hmac = app.ring().await?.lookup("api-key", secret.as_bytes());
    let Some(row) = app.records()?.get(&keys::api_key_lookup(&hmac)).await? else {
        return Ok(None);
    };
    let person = row.text("person").and_then(|id| PersonId::parse(&id).ok());
    let key = row.text("id").and_then(|id| ApiKeyId::parse(&id).ok());
    person.zip(key).map(Some).ok_or(StoreError::Corrupt("api key"))
}

/// Returns a person's keys with decrypted labels.
pub(crate) async fn opened(app: &App, person: &Person) -> Result<Vec<LabelledKey>, StoreError> {
    let sealing = student_keys::of_person(app, &person.id).await?;
    let open = |stored: &StoredApiKey| {
        let key = &stored.key;
        let plain = sealing.open(&label_place(&person.id, &key.id), &stored.sealed_label)?;
        let label = String::from_utf8(plain).ok().and_then(|text| Line::parse(&text).ok());
        let label = label.ok_or(StoreError::Corrupt("api key"))?;
        Ok(LabelledKey { key: key.clone(), label, secret: None })
    };
    person.api_keys.iter().map(open).collect()
}

impl Photographer {
    /// Returns the API keys of this photographer in this studio.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn api_keys(&self) -> Result<Vec<LabelledKey>, StoreError> {
        let mut keys = opened(self.store.app, self.person()).await?;
        keys.retain(|labelled| labelled.key.studio == self.store.studio);
        keys.sort_by_key(|labelled| labelled.key.created_at);
        Ok(keys)
    }

    /// Creates a key. A repeated request returns the first key, without its secret.
    ///
    /// # Errors
    ///
    /// 409 when the person has too many keys, or their sessions were ended in the meantime; when the store fails.
    pub async fn create_api_key(&self, new: NewApiKey) -> Result<Created<LabelledKey>, ApiError> {
        let (app, person) = (self.store.app, self.person());
        let id = ApiKeyId::from_random(new.bits);
        if let Some(found) = opened(app, person).await?.into_iter().find(|it| it.key.id == id) {
            let is_same = found.label == new.label && found.key.scopes == new.scopes;
            return Ok(if is_same { Created::Done(found) } else { Created::Differs });
        }
        if person.api_keys.len() >= MOST_KEYS {
            return Err(ApiError::Conflict("too_many_api_keys"));
        }
        let secret = format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&app.random::<32>()));
        let hmac = app.ring().await?.lookup("api-key", secret.as_bytes());
        let studio = self.store.studio.clone();
        let key = ApiKey { id, studio, scopes: new.scopes, created_at: app.now().as_second() };
        let sealing = student_keys::of_person(app, &person.id).await?;
        let label = sealing.seal(&label_place(&person.id, &key.id), new.label.as_str().as_bytes());
        let records = app.records()?;
        let lookup = Item::at(&keys::api_key_lookup(&hmac))
            .with_text("person", person.id.as_str())
            .with_text("id", key.id.as_str());
        let public = Item::at(&keys::api_key(&person.id, &key.id))
            .with_json("key", &key)
            .with_bytes("label", label)
            .with_text("hmac", hmac);
        let mut event = self.store.event(Action::ApiKeyCreated, key.id.as_str());
        event.details = Some(domain::api_key::scope_list(&key.scopes));
        let changes = vec![
            Change::create(records, public)?,
            Change::create(records, lookup)?,
            // A reset at the same moment revokes every key; this condition makes it cover the new key, too.
            persons::unchanged(app, person)?,
            audit::add(app, &event).await?,
        ];
        match commit(app, changes).await? {
            Committed::Yes => {
                Ok(Created::Done(LabelledKey { key, label: new.label, secret: Some(secret) }))
            }
            // The same request ran a second time at the same moment, and the other response has the secret. Or the
            // person's sessions were ended in the meantime.
            Committed::Refused(_) => {
                let again = persons::find(app, &person.id).await?;
                let again = again.ok_or(StoreError::Corrupt("person"))?;
                let found = opened(app, &again).await?.into_iter().find(|it| it.key.id == key.id);
                let found = found.ok_or(ApiError::Conflict("wrong_state"))?;
                let is_same = found.label == new.label && found.key.scopes == key.scopes;
                Ok(if is_same { Created::Done(found) } else { Created::Differs })
            }
        }
    }

    /// Revokes a key: it and the access tokens obtained with it are rejected from the next request on.
    ///
    /// Returns `false` if the photographer has no such key (any more).
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn revoke_api_key(&self, id: &Untrusted<ApiKeyId>) -> Result<bool, StoreError> {
        let (app, records) = (self.store.app, self.store.app.records()?);
        let place = keys::api_key(&self.person().id, id.inner());
        let Some(row) = records.get(&place).await? else {
            return Ok(false);
        };
        let hmac = row.text("hmac").ok_or(StoreError::Corrupt("api key"))?;
        let event = self.store.event(Action::ApiKeyRevoked, id.inner().as_str());
        let changes = vec![
            Change::delete(records, &place)?,
            Change::delete_if_there(records, &keys::api_key_lookup(&hmac))?,
            audit::add(app, &event).await?,
        ];
        Ok(commit(app, changes).await? == Committed::Yes)
    }
}
