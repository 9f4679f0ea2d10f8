//! State that lives for minutes on the way to a second factor.
//!
//! It is an authenticator app's secret before its first code, or the challenge that a passkey must sign.

use data_encoding::BASE64URL_NOPAD;
use domain::ids::{OperatorId, PersonId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::base::app::App;
use crate::base::crypto::ring::KeyRing;
use crate::base::crypto::totp::SECRET_BYTES;
use crate::people::second_factors;
use crate::store::change::{Change, Committed, commit};
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::keys::{self, Key};
use crate::store::table::Table;

/// Seconds in which the first code of a new secret must be entered.
const ENROLMENT_SECONDS: i64 = 10 * 60;
/// Seconds in which a device must sign. Source: the ceremony's state is kept for five minutes (A13, passkeys).
const CEREMONY_SECONDS: i64 = 5 * 60;

/// Stores a new secret until its first code is entered. It replaces one that was waiting.
pub(crate) async fn begin_enrolment(
    app: &App,
    person: &PersonId,
    secret: &[u8; SECRET_BYTES],
) -> Result<(), StoreError> {
    let ends = app.now().as_second().saturating_add(ENROLMENT_SECONDS);
    let item = Item::at(&keys::totp_enrolment(person))
        .with_bytes("secret", second_factors::seal_secret(app, person, secret).await?)
        .ending(ends);
    commit(app, vec![Change::put(app.access()?, item)?]).await?;
    Ok(())
}

/// Returns the encrypted secret that waits for its first code; `None` when there is none or it has expired.
pub(crate) async fn enrolment(app: &App, person: &PersonId) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(item) = app.access()?.get(&keys::totp_enrolment(person)).await? else {
        return Ok(None);
    };
    let corrupt = || StoreError::Corrupt("enrolment");
    let ends: i64 = item.number("ends").ok_or_else(corrupt)?;
    let sealed = item.bytes("secret").ok_or_else(corrupt)?.to_vec();
    Ok((app.now().as_second() < ends).then_some(sealed))
}

/// Returns the change that consumes the waiting secret; it fails when another request consumed it first.
pub(crate) fn end_enrolment(app: &App, person: &PersonId) -> Result<Change, StoreError> {
    Change::delete(app.access()?, &keys::totp_enrolment(person))
}

/// The purpose of a ceremony. State of one purpose is never accepted for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose<'a> {
    /// A person adds a passkey.
    Register(&'a PersonId),
    /// A known person proves one of their passkeys.
    Prove(&'a PersonId),
    /// A sign-in in which the device says who the person is (a discoverable credential).
    SignIn,
    /// A site administrator adds a passkey.
    RegisterOperator(&'a OperatorId),
    /// A site administrator's sign-in in which the device says who it is (a discoverable credential).
    SignInOperator,
}

impl Purpose<'_> {
    fn name(self) -> String {
        match self {
            Self::Register(person) => format!("register {person}"),
            Self::Prove(person) => format!("prove {person}"),
            Self::SignIn => "sign_in".to_owned(),
            Self::RegisterOperator(operator) => format!("register {operator}"),
            Self::SignInOperator => "sign_in operator".to_owned(),
        }
    }

    /// Returns the table and key of the state.
    ///
    /// Site administrators' state is in their own table, and their own ring hashes its name.
    async fn place<'b>(self, app: &'b App, name: &str) -> Result<(Table<'b>, Key), StoreError> {
        let lookup = |ring: &KeyRing| ring.lookup("ceremony", name.as_bytes());
        match self {
            Self::Register(_) | Self::Prove(_) | Self::SignIn => {
                Ok((app.access()?, keys::ceremony(&lookup(app.ring().await?))))
            }
            Self::RegisterOperator(_) | Self::SignInOperator => {
                let hmac = lookup(app.operators_ring().await?);
                Ok((app.operators()?, keys::operators::ceremony(&hmac)))
            }
        }
    }
}

/// Stores the state of a ceremony and returns its name, which the page sends back with the device's response.
pub(crate) async fn begin(
    app: &App,
    purpose: Purpose<'_>,
    state: &impl Serialize,
) -> Result<String, StoreError> {
    let name = BASE64URL_NOPAD.encode(&app.random::<32>());
    let ends = app.now().as_second().saturating_add(CEREMONY_SECONDS);
    let (table, key) = purpose.place(app, &name).await?;
    let item =
        Item::at(&key).with_text("purpose", purpose.name()).with_json("state", state).ending(ends);
    commit(app, vec![Change::create(table, item)?]).await?;
    Ok(name)
}

/// Takes the state of a ceremony. It can be taken once, whatever the result.
///
/// `None` when it has expired, was taken, has another purpose, or never existed.
pub(crate) async fn take<T: DeserializeOwned>(
    app: &App,
    purpose: Purpose<'_>,
    name: &str,
) -> Result<Option<T>, StoreError> {
    let (table, key) = purpose.place(app, name).await?;
    let Some(item) = table.get(&key).await? else {
        return Ok(None);
    };
    let corrupt = || StoreError::Corrupt("ceremony");
    let ends: i64 = item.number("ends").ok_or_else(corrupt)?;
    let is_good = app.now().as_second() < ends && item.text("purpose") == Some(purpose.name());
    if !is_good {
        return Ok(None);
    }
    match commit(app, vec![Change::delete(table, &key)?]).await? {
        Committed::Yes => item.json("state").map(Some).ok_or_else(corrupt),
        Committed::Refused(_) => Ok(None),
    }
}
