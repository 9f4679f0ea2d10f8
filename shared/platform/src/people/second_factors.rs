//! Second factors in the person's partition: the secret of an authenticator app, passkeys, recovery codes.
//!
//! Secrets and passkeys are encrypted with the person's key. So an attacker who can write to the table still cannot
//! add a factor of their own. Recovery codes are keyed hashes.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::ids::{PasskeyId, PersonId};
use domain::second_factor::{Method, RECOVERY_CODES, RecoveryCode};
use domain::text::Line;
use webauthn_rs::prelude::Passkey;

use crate::base::app::App;
use crate::base::crypto::totp::SECRET_BYTES;
use crate::store::change::{Change, Edit};
use crate::store::error::StoreError;
use crate::store::item::{Item, number};
use crate::store::{keys, student_keys};

/// A person's second factors, as stored: encrypted.
#[derive(Default)]
pub(crate) struct Factors {
    pub(crate) totp: Option<StoredTotp>,
    pub(crate) passkeys: Vec<StoredPasskey>,
    /// The attribute name and hash of each unused code.
    recovery: Vec<(String, Vec<u8>)>,
}

/// An authenticator app's secret.
pub(crate) struct StoredTotp {
    sealed: Vec<u8>,
    pub(crate) added: i64,
}

/// A passkey.
pub(crate) struct StoredPasskey {
    pub(crate) id: PasskeyId,
    sealed: Vec<u8>,
    sealed_name: Vec<u8>,
    /// Counts the uses, so that of two parallel uses only one is stored.
    pub(crate) uses: i64,
    pub(crate) added: i64,
    pub(crate) last_used: Option<i64>,
}

const CORRUPT: StoreError = StoreError::Corrupt("second factor");

fn place<'a>(person: &'a PersonId, what: &'a str) -> [&'a str; 3] {
    ["records", person.as_str(), what]
}

fn passkey_place<'a>(person: &'a PersonId, id: &'a PasskeyId, what: &'a str) -> [&'a str; 4] {
    ["records", person.as_str(), id.as_str(), what]
}

/// Returns the name of the attribute that holds a recovery code's hash.
pub(crate) fn recovery_place(number: usize) -> String {
    format!("code{number}")
}

impl Factors {
    /// Adds a row of the person's partition.
    pub(crate) fn read(&mut self, kind: &str, which: &str, row: &Item) -> Result<(), StoreError> {
        let bytes = |name: &str| row.bytes(name).map(<[u8]>::to_vec).ok_or(CORRUPT);
        let added = row.number("added").ok_or(CORRUPT)?;
        match (kind, which) {
            ("FACTOR", "TOTP") => {
                self.totp = Some(StoredTotp { sealed: bytes("secret")?, added });
            }
            ("FACTOR", "RECOVERY") => {
                self.recovery = (0..RECOVERY_CODES)
                    .map(recovery_place)
                    .filter_map(|place| Some((row.bytes(&place)?.to_vec(), place)))
                    .map(|(hash, place)| (place, hash))
                    .collect();
            }
            ("PASSKEY", id) => self.passkeys.push(StoredPasskey {
                id: PasskeyId::parse(id).map_err(|_| CORRUPT)?,
                sealed: bytes("passkey")?,
                sealed_name: bytes("name")?,
                uses: row.number("uses").ok_or(CORRUPT)?,
                added,
                last_used: row.number("last_used"),
            }),
            _ => return Err(CORRUPT),
        }
        Ok(())
    }

    /// Is there a second factor to request? Recovery codes alone do not count: they replace one that is lost.
    pub(crate) fn has_any(&self) -> bool {
        self.totp.is_some() || !self.passkeys.is_empty()
    }

    /// Returns the methods by which the person can prove a second factor now, the best first.
    pub(crate) fn methods(&self) -> Vec<Method> {
        let methods = [
            (Method::Passkey, !self.passkeys.is_empty()),
            (Method::Totp, self.totp.is_some()),
            (Method::RecoveryCode, self.has_any() && !self.recovery.is_empty()),
        ];
        methods.into_iter().filter_map(|(method, has)| has.then_some(method)).collect()
    }

    /// The number of unused recovery codes.
    pub(crate) fn recovery_codes_left(&self) -> usize {
        self.recovery.len()
    }

    /// Forgets the recovery codes that were read; the stored ones stay.
    pub(crate) fn forget_recovery_codes(&mut self) {
        self.recovery.clear();
    }

    /// Returns the change that consumes a recovery code; `None` when it is not one of the unused codes.
    pub(crate) async fn use_recovery_code(
        &self,
        app: &App,
        person: &PersonId,
        code: &RecoveryCode,
    ) -> Result<Option<Change>, StoreError> {
        use aws_lc_rs::constant_time::verify_slices_are_equal;
        let hash = recovery_hash(app, person, code).await?;
        let mut same = self.recovery.iter().filter(|(_, stored)| {
            // Each comparison takes constant time; the search stops at the code that matches.
            verify_slices_are_equal(stored, &hash).is_ok()
        });
        let Some((place, _)) = same.next() else {
            return Ok(None);
        };
        let edit = Edit::default()
            .expect(place, AttributeValue::B(Blob::new(hash.to_vec())))
            .set("used", number(app.now().as_second()))
            .remove(place);
        Change::edit(app.records()?, &keys::recovery_codes(person), edit).map(Some)
    }
}

async fn recovery_hash(
    app: &App,
    person: &PersonId,
    code: &RecoveryCode,
) -> Result<[u8; 32], StoreError> {
    let parts = [person.as_str().as_bytes(), code.as_str().as_bytes()];
    Ok(app.ring().await?.digest("recovery-code", &parts))
}

/// Creates ten new codes.
pub(crate) fn new_codes(app: &App) -> Vec<RecoveryCode> {
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    while codes.len() < RECOVERY_CODES {
        codes.extend(RecoveryCode::from_random(&app.random::<32>()));
    }
    codes
}

/// Creates ten new codes, and the change that replaces any earlier ones with their hashes.
pub(crate) async fn fresh_recovery_codes(
    app: &App,
    person: &PersonId,
) -> Result<(Vec<RecoveryCode>, Change), StoreError> {
    let codes = new_codes(app);
    let mut item =
        Item::at(&keys::recovery_codes(person)).with_number("added", app.now().as_second());
    for (at, code) in codes.iter().enumerate() {
        let hash = recovery_hash(app, person, code).await?;
        item = item.with_bytes(&recovery_place(at), hash.to_vec());
    }
    Ok((codes, Change::put(app.records()?, item)?))
}

/// Returns the change that deletes all recovery codes.
pub(crate) fn end_recovery_codes(app: &App, person: &PersonId) -> Result<Change, StoreError> {
    Change::delete_if_there(app.records()?, &keys::recovery_codes(person))
}

impl StoredTotp {
    /// Decrypts the secret with the person's key.
    pub(crate) async fn secret(
        &self,
        app: &App,
        person: &PersonId,
    ) -> Result<[u8; SECRET_BYTES], StoreError> {
        open_secret(app, person, &self.sealed).await
    }
}

/// Encrypts an app's secret with the person's key, for storage.
pub(crate) async fn seal_secret(
    app: &App,
    person: &PersonId,
    secret: &[u8; SECRET_BYTES],
) -> Result<Vec<u8>, StoreError> {
    let key = student_keys::of_person(app, person).await?;
    Ok(key.seal(&place(person, "totp"), secret))
}

/// Decrypts what [`seal_secret`] encrypted.
pub(crate) async fn open_secret(
    app: &App,
    person: &PersonId,
    sealed: &[u8],
) -> Result<[u8; SECRET_BYTES], StoreError> {
    let key = student_keys::of_person(app, person).await?;
    key.open(&place(person, "totp"), sealed)?.try_into().map_err(|_| CORRUPT)
}

/// Returns the change that stores a person's app secret; the person must have none.
///
/// The time step of the code that was entered is consumed.
pub(crate) fn add_totp(
    app: &App,
    person: &PersonId,
    sealed: Vec<u8>,
    step: i64,
) -> Result<Change, StoreError> {
    let item = Item::at(&keys::totp(person))
        .with_bytes("secret", sealed)
        .with_number("last_step", step)
        .with_number("added", app.now().as_second());
    Change::create(app.records()?, item)
}

/// Returns the change that consumes a time step. It fails when this step or a later one was used.
///
/// So a code is valid once, and of two parallel requests with the same code one succeeds.
pub(crate) fn use_step(app: &App, person: &PersonId, step: i64) -> Result<Change, StoreError> {
    let edit =
        Edit::default().exists().expect_below("last_step", step).set("last_step", number(step));
    Change::edit(app.records()?, &keys::totp(person), edit)
}

/// Returns the change that deletes the app's secret.
pub(crate) fn remove_totp(app: &App, person: &PersonId) -> Result<Change, StoreError> {
    Change::delete(app.records()?, &keys::totp(person))
}

/// Returns the id of a credential: the same for the same credential.
pub(crate) async fn passkey_id(app: &App, credential: &[u8]) -> Result<PasskeyId, StoreError> {
    Ok(PasskeyId::from_random(app.ring().await?.id_bits("passkey", &[credential])))
}

/// Returns the change that adds a passkey; it fails when the person already has this one.
pub(crate) async fn add_passkey(
    app: &App,
    person: &PersonId,
    passkey: &Passkey,
    name: &Line,
) -> Result<Change, StoreError> {
    let id = passkey_id(app, passkey.cred_id().as_slice()).await?;
    let key = student_keys::of_person(app, person).await?;
    let item = Item::at(&keys::passkey(person, &id))
        .with_bytes("passkey", key.seal(&passkey_place(person, &id, "passkey"), &json(passkey)?))
        .with_bytes("name", key.seal(&passkey_place(person, &id, "name"), name.as_str().as_bytes()))
        .with_number("uses", 0)
        .with_number("added", app.now().as_second());
    Change::create(app.records()?, item)
}

/// Returns the change that deletes a passkey.
pub(crate) fn remove_passkey(
    app: &App,
    person: &PersonId,
    passkey: &PasskeyId,
) -> Result<Change, StoreError> {
    Change::delete(app.records()?, &keys::passkey(person, passkey))
}

fn json(passkey: &Passkey) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(passkey).map_err(|_| CORRUPT)
}

impl StoredPasskey {
    /// Decrypts the passkey with the person's key.
    pub(crate) async fn open(&self, app: &App, person: &PersonId) -> Result<Passkey, StoreError> {
        let key = student_keys::of_person(app, person).await?;
        let plain = key.open(&passkey_place(person, &self.id, "passkey"), &self.sealed)?;
        serde_json::from_slice(&plain).map_err(|_| CORRUPT)
    }

    /// Decrypts the name that the person gave it.
    pub(crate) async fn name(&self, app: &App, person: &PersonId) -> Result<String, StoreError> {
        let key = student_keys::of_person(app, person).await?;
        let plain = key.open(&passkey_place(person, &self.id, "name"), &self.sealed_name)?;
        String::from_utf8(plain).map_err(|_| CORRUPT)
    }

    /// Returns the change that stores what a use changed: the passkey with its signature counter, and the time.
    ///
    /// Of two parallel uses one succeeds.
    pub(crate) async fn used(
        &self,
        app: &App,
        person: &PersonId,
        passkey: &Passkey,
    ) -> Result<Change, StoreError> {
        let key = student_keys::of_person(app, person).await?;
        let sealed = key.seal(&passkey_place(person, &self.id, "passkey"), &json(passkey)?);
        let edit = Edit::default()
            .expect("uses", number(self.uses))
            .set("passkey", AttributeValue::B(Blob::new(sealed)))
            .set("uses", number(self.uses.saturating_add(1)))
            .set("last_used", number(app.now().as_second()));
        Change::edit(app.records()?, &keys::passkey(person, &self.id), edit)
    }
}
