//! An e-mail address in a queue message, encrypted by the key ring because the address may not have a person yet.

use domain::email::EmailAddress;
use domain::ids::StudioId;
use serde::{Deserialize, Serialize};

use crate::base::app::App;
use crate::base::crypto::data_key::DataKey;
use crate::store::error::StoreError;
use crate::store::student_keys;

const PLACE: [&str; 2] = ["mail", "sign-up"];
const CORRUPT: StoreError = StoreError::Corrupt("sealed address");

/// The encrypted address.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SealedAddress {
    root: String,
    sealed: Vec<u8>,
}

impl SealedAddress {
    pub(crate) async fn of(app: &App, email: &EmailAddress) -> Result<Self, StoreError> {
        let root = app.ring().await?.current().to_owned();
        let sealed = key(app, &root).await?.seal(&PLACE, email.as_str().as_bytes());
        Ok(Self { root, sealed })
    }

    /// Decrypts the address.
    pub(super) async fn open(&self, app: &App) -> Result<EmailAddress, StoreError> {
        let plain = key(app, &self.root).await?.open(&PLACE, &self.sealed)?;
        let text = String::from_utf8(plain).map_err(|_| CORRUPT)?;
        EmailAddress::parse(&text).map_err(|_| CORRUPT)
    }
}

async fn key(app: &App, root: &str) -> Result<DataKey, StoreError> {
    app.ring().await?.wrapping_key(root, "sign-up|mail").ok_or(StoreError::Corrupt("key ring"))
}

/// Returns the encryption context of a mailed invitation's address.
pub(crate) fn of_studio_place(studio: &StudioId) -> [&str; 3] {
    ["mail", studio.as_str(), "invitation"]
}

/// Decrypts the address that a mailed invitation goes to.
pub(super) async fn open_of_studio(
    app: &App,
    studio: &StudioId,
    sealed: &[u8],
) -> Result<EmailAddress, StoreError> {
    let corrupt = || StoreError::Corrupt("invitation");
    let key = student_keys::of_studio(app, studio).await?;
    let plain = key.open(&of_studio_place(studio), sealed)?;
    let text = String::from_utf8(plain).map_err(|_| corrupt())?;
    EmailAddress::parse(&text).map_err(|_| corrupt())
}
