//! API keys of a person's programs, as stored in the person's partition.

use domain::api_key::ApiKey;
use domain::ids::PersonId;

use crate::base::app::App;
use crate::store::change::Change;
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::keys;

/// An API key as the person's row stores it.
pub(crate) struct StoredApiKey {
    /// The public part of the key.
    pub(crate) key: ApiKey,
    pub(crate) sealed_label: Vec<u8>,
    /// The keyed hash of the API key, by which it is looked up.
    pub(crate) hmac: String,
}

impl StoredApiKey {
    pub(crate) fn read(row: &Item) -> Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt("api key");
        Ok(Self {
            key: row.json("key").ok_or_else(corrupt)?,
            sealed_label: row.bytes("label").ok_or_else(corrupt)?.to_vec(),
            hmac: row.text("hmac").ok_or_else(corrupt)?,
        })
    }

    /// Returns the changes that delete the key, whether or not it was revoked meanwhile.
    pub(crate) fn end(&self, app: &App, person: &PersonId) -> Result<[Change; 2], StoreError> {
        let records = app.records()?;
        Ok([
            Change::delete_if_there(records, &keys::api_key(person, &self.key.id))?,
            Change::delete_if_there(records, &keys::api_key_lookup(&self.hmac))?,
        ])
    }
}
