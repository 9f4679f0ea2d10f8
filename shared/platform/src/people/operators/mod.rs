//! Site administrators: a table of their own, encrypted with a ring of their own.
//!
//! Everything a sign-in needs is in one row. So one edit consumes the factor that was given, invalidates the older
//! session and begins the new one.

pub(crate) mod acting;
pub(crate) mod invitations;
pub(crate) mod passkeys;
pub(crate) mod sessions;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::email::EmailAddress;
use domain::ids::OperatorId;
use domain::second_factor::{RECOVERY_CODES, RecoveryCode};

use crate::base::app::App;
use crate::base::crypto::data_key::DataKey;
use crate::base::crypto::password_hash::StoredPassword;
use crate::base::crypto::totp::SECRET_BYTES;
use crate::people::persons::{read_password, with_password};
use crate::people::second_factors::recovery_place;
use crate::store::change::{Change, Edit};
use crate::store::error::StoreError;
use crate::store::item::{Item, number};
use crate::store::keys;

const CORRUPT: StoreError = StoreError::Corrupt("operator");

/// A site administrator as the table stores one.
pub(crate) struct StoredOperator {
    pub(crate) id: OperatorId,
    pub(crate) password: StoredPassword,
    /// The current epoch. Every sign-in begins a new one, and sessions of an older epoch are invalid.
    pub(crate) epoch: u32,
    root: String,
    sealed_email: Vec<u8>,
    sealed_totp: Vec<u8>,
    /// The attribute name and hash of each unused recovery code.
    recovery: Vec<(String, Vec<u8>)>,
    /// The attribute name and encrypted content of each passkey.
    passkeys: Vec<(String, Vec<u8>)>,
}

/// The data of a new site administrator.
pub(crate) struct NewOperator<'a> {
    pub(crate) id: &'a OperatorId,
    pub(crate) email: &'a EmailAddress,
    pub(crate) password: &'a StoredPassword,
    pub(crate) totp: &'a [u8; SECRET_BYTES],
    /// The time step of the code that was entered; it is consumed.
    pub(crate) step: i64,
    pub(crate) recovery_codes: &'a [RecoveryCode],
    pub(crate) epoch: u32,
}

/// Derives the key that encrypts one thing of this table, under one root of the ring.
async fn sealing_key(app: &App, root: &str, what: &str) -> Result<DataKey, StoreError> {
    let ring = app.operators_ring().await?;
    ring.wrapping_key(root, what).ok_or(StoreError::Corrupt("key ring"))
}

fn place<'a>(operator: &'a OperatorId, field: &'a str) -> [&'a str; 3] {
    ["operators", operator.as_str(), field]
}

async fn recovery_hash(
    app: &App,
    operator: &OperatorId,
    code: &RecoveryCode,
) -> Result<[u8; 32], StoreError> {
    let parts = [operator.as_str().as_bytes(), code.as_str().as_bytes()];
    Ok(app.operators_ring().await?.digest("recovery-code", &parts))
}

/// Returns the changes that store a new site administrator, or replace the credentials of an existing one.
pub(crate) async fn keep(app: &App, new: &NewOperator<'_>) -> Result<Vec<Change>, StoreError> {
    let ring = app.operators_ring().await?;
    let root = ring.current();
    let key = sealing_key(app, root, &format!("operator|{}", new.id)).await?;
    let item = Item::at(&keys::operators::operator(new.id))
        .with_text("root", root)
        .with_bytes("email", key.seal(&place(new.id, "email"), new.email.as_str().as_bytes()))
        .with_bytes("totp", key.seal(&place(new.id, "totp"), new.totp))
        .with_number("last_step", new.step)
        .with_number("epoch", new.epoch)
        .with_number("enrolled", app.now().as_second());
    let mut item = with_password(item, new.password);
    for (at, code) in new.recovery_codes.iter().enumerate() {
        let hash = recovery_hash(app, new.id, code).await?;
        item = item.with_bytes(&recovery_place(at), hash.to_vec());
    }
    let lookup = ring.lookup("email", new.email.lookup().as_bytes());
    let email = Item::at(&keys::operators::email(&lookup)).with_text("operator", new.id.as_str());
    let table = app.operators()?;
    Ok(vec![Change::put(table, item)?, Change::put(table, email)?])
}

/// Finds a site administrator by id.
pub(crate) async fn find(app: &App, id: &OperatorId) -> Result<Option<StoredOperator>, StoreError> {
    let row = app.operators()?.get(&keys::operators::operator(id)).await?;
    row.map(|row| read(id, &row)).transpose()
}

/// Finds a site administrator by e-mail address. Reads as much for an unknown address as for a known one.
pub(crate) async fn find_of_address(
    app: &App,
    email: &EmailAddress,
) -> Result<Option<StoredOperator>, StoreError> {
    let lookup = app.operators_ring().await?.lookup("email", email.lookup().as_bytes());
    let row = app.operators()?.get(&keys::operators::email(&lookup)).await?;
    let id = match row {
        Some(row) => row.text("operator").and_then(|id| OperatorId::parse(&id).ok()),
        None => Some(OperatorId::from_random(app.random())),
    };
    find(app, &id.ok_or(CORRUPT)?).await
}

fn read(id: &OperatorId, row: &Item) -> Result<StoredOperator, StoreError> {
    let bytes = |name: &str| row.bytes(name).map(<[u8]>::to_vec).ok_or(CORRUPT);
    let kept = |place: String| Some((row.bytes(&place)?.to_vec(), place));
    let in_place = |(bytes, place): (Vec<u8>, String)| (place, bytes);
    Ok(StoredOperator {
        id: id.clone(),
        password: read_password(row).ok_or(CORRUPT)?,
        epoch: row.number("epoch").ok_or(CORRUPT)?,
        root: row.text("root").ok_or(CORRUPT)?,
        sealed_email: bytes("email")?,
        sealed_totp: bytes("totp")?,
        recovery: (0..RECOVERY_CODES).map(recovery_place).filter_map(kept).map(in_place).collect(),
        passkeys: passkeys::places().filter_map(kept).map(in_place).collect(),
    })
}

impl StoredOperator {
    async fn key(&self, app: &App) -> Result<DataKey, StoreError> {
        sealing_key(app, &self.root, &format!("operator|{}", self.id)).await
    }

    /// Decrypts the e-mail address.
    pub(crate) async fn email(&self, app: &App) -> Result<EmailAddress, StoreError> {
        let plain = self.key(app).await?.open(&place(&self.id, "email"), &self.sealed_email)?;
        let text = String::from_utf8(plain).map_err(|_| CORRUPT)?;
        EmailAddress::parse(&text).map_err(|_| CORRUPT)
    }

    /// Decrypts the secret of the authenticator app.
    pub(crate) async fn totp(&self, app: &App) -> Result<[u8; SECRET_BYTES], StoreError> {
        let plain = self.key(app).await?.open(&place(&self.id, "totp"), &self.sealed_totp)?;
        plain.try_into().map_err(|_| CORRUPT)
    }

    /// The number of unused recovery codes.
    pub(crate) fn recovery_codes_left(&self) -> usize {
        self.recovery.len()
    }

    /// Starts an edit of the row as it was read; it fails when another sign-in happened since.
    pub(crate) fn edit(&self) -> Edit {
        Edit::default().expect("epoch", number(self.epoch))
    }

    /// Returns the edit that consumes a recovery code; `None` when it is not one of the unused codes.
    pub(crate) async fn use_recovery_code(
        &self,
        app: &App,
        edit: Edit,
        code: &RecoveryCode,
    ) -> Result<Option<Edit>, StoreError> {
        let hash = recovery_hash(app, &self.id, code).await?;
        let mut same = self
            .recovery
            .iter()
            .filter(|(_, stored)| verify_slices_are_equal(stored, &hash).is_ok());
        let Some((place, _)) = same.next() else {
            return Ok(None);
        };
        let hash = AttributeValue::B(Blob::new(hash.to_vec()));
        Ok(Some(edit.expect(place, hash).remove(place)))
    }

    /// Returns the change that applies an edit to this site administrator's row.
    pub(crate) fn change(&self, app: &App, edit: Edit) -> Result<Change, StoreError> {
        Change::edit(app.operators()?, &keys::operators::operator(&self.id), edit)
    }
}

/// Returns the edit that consumes a time step of the app: a code is valid once.
pub(crate) fn use_step(edit: Edit, step: i64) -> Edit {
    edit.expect_below("last_step", step).set("last_step", number(step))
}
