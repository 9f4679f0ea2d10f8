//! A site administrator's passkeys, in their own row: a sign-in writes the passkey's use together with its session.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::ids::PasskeyId;
use domain::text::Line;
use serde::{Deserialize, Serialize};
use webauthn_rs::prelude::Passkey;

use super::{CORRUPT, StoredOperator, place};
use crate::base::app::App;
use crate::store::change::Edit;
use crate::store::error::StoreError;

/// Maximum number of passkeys of one site administrator.
pub(crate) const MOST: usize = 5;

/// Returns the names of the attributes that hold passkeys.
pub(super) fn places() -> impl Iterator<Item = String> {
    (0..MOST).map(|number| format!("passkey{number}"))
}

/// The content of a passkey attribute, before encryption.
#[derive(Serialize, Deserialize)]
struct Kept {
    passkey: Passkey,
    name: String,
    added: i64,
    last_used: Option<i64>,
}

/// A decrypted passkey.
pub(crate) struct OperatorPasskey {
    place: String,
    pub(crate) id: PasskeyId,
    pub(crate) passkey: Passkey,
    pub(crate) name: String,
    /// When it was added, in Unix seconds.
    pub(crate) added: i64,
    pub(crate) last_used: Option<i64>,
}

/// Returns the id of a credential: the same for the same credential.
pub(crate) async fn id_of(app: &App, credential: &[u8]) -> Result<PasskeyId, StoreError> {
    let bits = app.operators_ring().await?.id_bits("passkey", &[credential]);
    Ok(PasskeyId::from_random(bits))
}

impl StoredOperator {
    /// Decrypts the passkeys, the oldest first.
    pub(crate) async fn passkeys(&self, app: &App) -> Result<Vec<OperatorPasskey>, StoreError> {
        let key = self.key(app).await?;
        let mut all = Vec::with_capacity(self.passkeys.len());
        for (at, sealed) in &self.passkeys {
            let plain = key.open(&place(&self.id, at), sealed)?;
            let Kept { passkey, name, added, last_used } =
                serde_json::from_slice(&plain).map_err(|_| CORRUPT)?;
            let id = id_of(app, passkey.cred_id().as_slice()).await?;
            all.push(OperatorPasskey { place: at.clone(), id, passkey, name, added, last_used });
        }
        all.sort_by_key(|passkey| passkey.added);
        Ok(all)
    }

    /// Returns the edit that adds a passkey; `None` when the administrator has [`MOST`] already.
    pub(crate) async fn add_passkey(
        &self,
        app: &App,
        passkey: Passkey,
        name: &Line,
    ) -> Result<Option<Edit>, StoreError> {
        let is_free = |at: &String| self.passkeys.iter().all(|(there, _)| there != at);
        let Some(at) = places().find(is_free) else {
            return Ok(None);
        };
        let (name, added) = (name.as_str().to_owned(), app.now().as_second());
        let kept = Kept { passkey, name, added, last_used: None };
        let edit = self.edit().expect_absent(&at);
        self.keep(app, edit, (&at, &kept)).await.map(Some)
    }

    /// Returns the edit that stores a use: the time, and the signature counter in the passkey.
    pub(crate) async fn use_passkey(
        &self,
        app: &App,
        used: OperatorPasskey,
    ) -> Result<Edit, StoreError> {
        let OperatorPasskey { place, id: _, passkey, name, added, last_used: _ } = used;
        let kept = Kept { passkey, name, added, last_used: Some(app.now().as_second()) };
        self.keep(app, self.edit(), (&place, &kept)).await
    }

    async fn keep(
        &self,
        app: &App,
        edit: Edit,
        (at, kept): (&str, &Kept),
    ) -> Result<Edit, StoreError> {
        let plain = serde_json::to_vec(kept).map_err(|_| CORRUPT)?;
        let sealed = self.key(app).await?.seal(&place(&self.id, at), &plain);
        Ok(edit.set(at, AttributeValue::B(Blob::new(sealed))))
    }

    /// Returns the edit that removes a passkey.
    pub(crate) fn remove_passkey(&self, passkey: &OperatorPasskey) -> Edit {
        self.edit().remove(&passkey.place)
    }
}
