//! Sealing of JSON parts of an import.

use domain::ids::ImportId;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::base::crypto::data_key::DataKey;
use crate::store::error::StoreError;

/// Decrypts a part that [`seal`] has sealed.
pub(super) fn open<T: DeserializeOwned>(
    key: &DataKey,
    import: &ImportId,
    part: &str,
    sealed: Option<&[u8]>,
) -> Result<T, StoreError> {
    let corrupt = StoreError::Corrupt("roster import");
    let Some(sealed) = sealed else { return Err(corrupt) };
    let plain = key.open(&["records", import.as_str(), part], sealed)?;
    serde_json::from_slice(&plain).map_err(|_| corrupt)
}

/// Seals a part of an import under the studio's key, because headers and sheet names may contain anything.
pub(super) fn seal<T: Serialize>(
    key: &DataKey,
    import: &ImportId,
    part: &str,
    value: &T,
) -> Vec<u8> {
    let plain = serde_json::to_vec(value).unwrap_or_default();
    key.seal(&["records", import.as_str(), part], &plain)
}
